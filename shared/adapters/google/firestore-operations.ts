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

/** Somebody else wrote in between: read again. */
const CONFLICTS: ReadonlySet<string> = new Set(['FAILED_PRECONDITION', 'ALREADY_EXISTS', 'ABORTED', 'NOT_FOUND']);
const MOST_TRIES = 8;
/** Commits of one write at most: the second after an answer that was lost. */
const MOST_COMMITS = 2;

interface Found {
  readonly found?: { readonly fields?: Fields | null; readonly updateTime?: Time | null } | null;
  readonly readTime?: Time | null;
}

/** As much of a stored document as is looked at here: who wrote it last. */
interface Fields {
  readonly writer?: { readonly stringValue?: string };
}

/** A record as it stands unless somebody else wrote since. */
interface Written {
  readonly record: OperationRecord;
  readonly at: Time;
}
const MOST_WRITTEN = 1000;

/** What probably stands, and what time it is: Firestore's, or this machine's own where it is told in `writtenUs`. */
interface Guess extends Partial<Written> {
  readonly nowUs: number;
  readonly writtenUs?: number;
}

/**
 * The operations of a connection: `connections/{name}/operations/{SHA-256 of the id}`, with the id itself in `id` and
 * a TTL policy on `expireAt`. A step reads one document and writes it on the condition that nobody wrote in between:
 * no lock is held, and the time of the read is Firestore's. What is likely to stand is not read: a new id is written on the
 * condition that there is none, and whoever holds an operation writes its end behind its own beginning, so a write costs
 * two writes and no read. A record that was written without a read carries in `writtenUs` what time its writer took it to
 * be; its times are put right by the document's own `updateTime`, so that a wrong clock spoils no lease.
 * A commit whose answer is lost (a connection that was closed while the instance was frozen, a timeout) is tried once more:
 * `writer`, another one for each commit, tells whether the document is already the one that was to be written.
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

  /** What this instance wrote last of the operations that it works on. */
  const written = new Map<string, Written>();

  /** False where somebody else wrote in between. */
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
    /** When the document was written, if it is this one. */
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
        if (!conflict && tries === MOST_COMMITS) return toStoreError(cause);
        if (!conflict && !isTransient(cause)) return toStoreError(cause);
        const at = await landed();
        if (at !== undefined) return kept(at);
        if (conflict) return false;
      }
    }
  };

  const remember = (name: string, what: Written): void => {
    written.set(name, what);
    // Of a call that ended without a word nothing is needed any more.
    for (const oldest of written.keys()) {
      if (written.size <= MOST_WRITTEN) break;
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
      for (let tries = 0; tries < MOST_TRIES; tries += 1) {
        const { found: match, readTime } = await read(name);
        const before = match ? stored.operation(match.fields, microseconds(match.updateTime)) : undefined;
        const { record, result } = change(before, microseconds(readTime));
        if (record === undefined) return result;
        if (await write(name, id, record, match?.updateTime ?? undefined)) return result;
      }
      throw new StoreUnavailableError('others write the operation all the time');
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
