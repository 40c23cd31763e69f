import { hash, randomUUID } from 'node:crypto';
import type { Likely, OperationRecord, OperationStore } from '../../idempotency/store.ts';
import type { Clock } from '../../ports/clock.ts';
import type { OnServerTime } from '../../ports/clock-sample.ts';
import { StoreUnavailableError } from '../../ports/store-errors.ts';
import {
  connectionOf,
  databaseOf,
  firestoreClient,
  commitOnce,
  isTransient,
  readFirst,
  toStoreError,
  type FirestoreOptions,
} from './firestore-client.ts';
import { microseconds, timestamp, type Time } from './firestore-time.ts';
import { correctClockSkew } from './clock-skew.ts';
import type { StoredDocuments } from './stored-documents.ts';
import { OPERATION_VERSION } from './stored-versions.ts';
import { NO_RETRY, grpcStatusOf } from './rest.ts';

/** Another instance wrote in the meantime: read the document again. */
const CONFLICTS: ReadonlySet<string> = new Set(['FAILED_PRECONDITION', 'ALREADY_EXISTS', 'ABORTED', 'NOT_FOUND']);
const MAX_TRANSACTION_ATTEMPTS = 8;
/** The second commit follows a lost response. */
const MAX_COMMITS_PER_WRITE = 2;

interface Found {
  readonly found?: { readonly fields?: DocumentFields | null; readonly updateTime?: Time | null } | null;
  readonly readTime?: Time | null;
}

/** The field of a stored document that this file reads: the id of its last commit. */
interface DocumentFields {
  readonly writer?: { readonly stringValue?: string };
}

/** A record as this instance wrote it. It is current unless another instance has written since. */
interface WriteTimes {
  readonly record: OperationRecord;
  readonly at: Time;
}
const MAX_REMEMBERED_RECORDS = 1000;

/** The assumed record and the current time: Firestore's, or the local clock's if `writtenUs` is set. */
interface Guess extends Partial<WriteTimes> {
  readonly nowUs: number;
  readonly writtenUs?: number;
}

/**
 * Stores the operations of a connection in `connections/{name}/operations/{SHA-256 of the id}`.
 *
 * The document holds the id itself in `id`, and a TTL policy on `expireAt` deletes it. A step reads one document and
 * writes it under the condition that no other instance wrote in between, so no lock is held. The time of a step is
 * Firestore's read time.
 *
 * The store skips the read if it can assume the current state. It writes a new id under the condition that no document
 * exists. The holder of an operation writes the end under the condition that its own beginning is still the last write.
 * A Stripe write therefore costs two Firestore writes and no read.
 *
 * A record that was written without a read carries in `writtenUs` the writer's clock. The reader corrects its times by
 * the document's `updateTime`, so a wrong clock does not spoil a lease.
 *
 * If the response to a commit is lost (a connection that closed while the instance was frozen, a timeout), the store
 * retries it once. `writer` is a new id for each commit: it shows whether the document is already the one to write.
 */
export function firestoreOperations(
  options: FirestoreOptions,
  connection: string,
  stored: StoredDocuments,
  clock: Pick<Clock, 'epochMs' | 'monotonicMs'>,
  heard: OnServerTime = () => undefined,
  client = firestoreClient(options),
  newWriter: () => string = randomUUID,
): OperationStore {
  const database = databaseOf(options);

  const read = (name: string): Promise<Found> =>
    readFirst<Found>(() => client.batchGetDocuments({ database, documents: [name] }, NO_RETRY));

  /** The last write of this instance for each operation that it executes. */
  const written = new Map<string, WriteTimes>();

  /** Writes the record. Returns false if another instance wrote in between. */
  const write = async (
    name: string,
    id: string,
    record: OperationRecord,
    before: Time | undefined,
    writtenUs?: number,
  ): Promise<boolean> => {
    const currentDocument = before === undefined ? { exists: false } : { updateTime: before };
    const writer = newWriter();
    const writes = [{ update: { name, fields: encode(id, record, writer, writtenUs) }, currentDocument }];
    written.delete(name);
    const kept = (at: Time): true => {
      const wrongUs = writtenUs === undefined ? 0 : microseconds(at) - writtenUs;
      if (record.state === 'calling') remember(name, { record: correctClockSkew(record, wrongUs), at });
      return true;
    };
    /** Returns the time of the write if the document is already this commit's. */
    const landed = async (): Promise<Time | undefined> => {
      const { found: match } = await read(name);
      return match?.fields?.writer?.stringValue === writer ? (match.updateTime ?? undefined) : undefined;
    };
    for (let tries = 1; ; tries += 1) {
      try {
        const askedMs = clock.monotonicMs();
        const { writeResults, commitTime } = await commitOnce(client, { database, writes } as never);
        if (commitTime) heard(askedMs, clock.monotonicMs(), microseconds(commitTime));
        const at = writeResults?.[0]?.updateTime;
        return at ? kept(at) : true;
      } catch (cause) {
        const conflict = CONFLICTS.has(grpcStatusOf(cause));
        if (conflict && tries === 1) return false;
        if (!conflict && tries === MAX_COMMITS_PER_WRITE) return toStoreError(cause);
        if (!conflict && !isTransient(cause)) return toStoreError(cause);
        const at = await landed();
        if (at !== undefined) return kept(at);
        if (conflict) return false;
      }
    }
  };

  const remember = (name: string, what: WriteTimes): void => {
    written.set(name, what);
    // Entries of calls that ended without a final write are not needed any more.
    for (const oldest of written.keys()) {
      if (written.size <= MAX_REMEMBERED_RECORDS) break;
      written.delete(oldest);
    }
  };

  const guessed = (name: string, likely: Likely | undefined): Guess | undefined => {
    if (likely === 'none') {
      const nowUs = Math.floor(clock.epochMs() * 1000);
      return { nowUs, writtenUs: nowUs };
    }
    const own = likely === 'own' ? written.get(name) : undefined;
    return own && { ...own, nowUs: microseconds(own.at) };
  };

  return {
    async update(id, change, likely) {
      const name = `${connectionOf(options, connection)}/operations/${hash('sha256', id)}`;
      const guess = guessed(name, likely);
      if (guess !== undefined) {
        const { record, result } = change(guess.record, guess.nowUs);
        if (record !== undefined && (await write(name, id, record, guess.at, guess.writtenUs))) return result;
      }
      for (let tries = 0; tries < MAX_TRANSACTION_ATTEMPTS; tries += 1) {
        const { found: match, readTime } = await read(name);
        const before = match ? stored.operation(match.fields, microseconds(match.updateTime)) : undefined;
        const { record, result } = change(before, microseconds(readTime));
        if (record === undefined) return result;
        if (await write(name, id, record, match?.updateTime ?? undefined)) return result;
      }
      throw new StoreUnavailableError('too many concurrent writes to one operation; retry the call');
    },
  };
}

function encode(
  id: string,
  { expiresUs, requestIds, ...record }: OperationRecord,
  writer: string,
  writtenUs: number | undefined,
): Record<string, object> {
  const guessed = writtenUs === undefined ? {} : { writtenUs };
  const fields = Object.entries({ v: OPERATION_VERSION, id, writer, ...record, ...guessed }).map(([field, value]) => [
    field,
    typeof value === 'number' ? { integerValue: String(value) } : { stringValue: value },
  ]);
  return {
    ...(Object.fromEntries(fields) as Record<string, object>),
    expireAt: { timestampValue: timestamp(expiresUs) },
    requestIds: { arrayValue: { values: requestIds.map((stringValue) => ({ stringValue })) } },
  };
}
