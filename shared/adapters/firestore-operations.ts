import { createHash } from 'node:crypto';
import { Status } from 'google-gax';
import * as z from 'zod';
import type { OperationRecord, OperationStore } from '../ports/operation-store.ts';
import { StoreUnanswered } from '../ports/token-store.ts';
import {
  connectionOf,
  databaseOf,
  firestoreClient,
  firstOf,
  microseconds,
  ONE_TRY,
  timestamp,
  unanswered,
  type FirestoreOptions,
  type Time,
} from './firestore-client.ts';

/** Of the documents' fields. Whoever finds a newer one than it knows stops. */
const STATE_VERSION = 1;

/** Somebody else wrote in between: read again. */
const CONFLICTS: readonly unknown[] = [
  Status.FAILED_PRECONDITION,
  Status.ALREADY_EXISTS,
  Status.ABORTED,
  Status.NOT_FOUND,
];
const MOST_TRIES = 8;

const integer = z.object({ integerValue: z.coerce.number().int() }).transform(({ integerValue }) => integerValue);
const text = z.object({ stringValue: z.string() }).transform(({ stringValue }) => stringValue);

const stored = z.object({
  v: integer,
  state: text.pipe(z.enum(['received', 'calling', 'succeeded', 'failed', 'indeterminate'])),
  fingerprint: text,
  generation: integer,
  fence: integer,
  leaseEndsUs: integer,
  firstCalledUs: integer,
  expireAt: z
    .object({ timestampValue: z.object({ seconds: z.coerce.number(), nanos: z.number().nullish() }) })
    .transform(({ timestampValue }) => microseconds(timestampValue)),
  tries: integer,
  requestIds: z
    .object({ arrayValue: z.object({ values: z.array(text).nullish() }) })
    .transform(({ arrayValue }) => arrayValue.values ?? []),
  outcome: text,
});

interface Found {
  readonly found?: { readonly fields?: unknown; readonly updateTime?: Time | null } | null;
  readonly readTime?: Time | null;
}

/**
 * The operations of a connection: `connections/{name}/operations/{SHA-256 of the id}`, with the id itself in `id` and
 * a TTL policy on `expireAt`. A step reads one document and writes it on the condition that nobody wrote in between:
 * no lock is held, and the time of the read is Firestore's.
 */
export function firestoreOperations(
  options: FirestoreOptions,
  connection: string,
  client = firestoreClient(options),
): OperationStore {
  const database = databaseOf(options);

  const read = (name: string): Promise<Found> =>
    firstOf<Found>(client.batchGetDocuments({ database, documents: [name] }, ONE_TRY));

  /** False where somebody else wrote in between. */
  const write = async (name: string, fields: object, before: Time | undefined): Promise<boolean> => {
    const currentDocument = before === undefined ? { exists: false } : { updateTime: before };
    const call = client.commit({ database, writes: [{ update: { name, fields }, currentDocument }] } as never, ONE_TRY);
    return call.then(
      () => true,
      (cause: unknown) => (CONFLICTS.includes((cause as { code?: unknown }).code) ? false : unanswered(cause)),
    );
  };

  return {
    async update(id, change) {
      const name = `${connectionOf(options, connection)}/operations/${createHash('sha256').update(id).digest('hex')}`;
      for (let tries = 0; tries < MOST_TRIES; tries += 1) {
        const { found, readTime } = await read(name);
        const { record, result } = change(found ? decode(found.fields) : undefined, microseconds(readTime));
        if (record === undefined) return result;
        if (await write(name, encode(id, record), found?.updateTime ?? undefined)) return result;
      }
      throw new StoreUnanswered('others write the operation all the time');
    },
  };
}

function decode(fields: unknown): OperationRecord {
  const { v, expireAt, ...record } = stored.parse(fields);
  if (v > STATE_VERSION) throw new Error(`the operation is of version ${v}; this revision knows ${STATE_VERSION}`);
  return { ...record, expiresUs: expireAt };
}

function encode(id: string, { expiresUs, requestIds, ...record }: OperationRecord): Record<string, object> {
  const fields = Object.entries({ v: STATE_VERSION, id, ...record }).map(([field, value]) => [
    field,
    typeof value === 'number' ? { integerValue: String(value) } : { stringValue: value },
  ]);
  return {
    ...(Object.fromEntries(fields) as Record<string, object>),
    expireAt: { timestampValue: timestamp(expiresUs) },
    requestIds: { arrayValue: { values: requestIds.map((stringValue) => ({ stringValue })) } },
  };
}
