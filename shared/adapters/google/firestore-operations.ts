import { hash, randomUUID } from 'node:crypto';
import type { OperationRecord, OperationStore, Transition } from '../../idempotency/store.ts';
import type { StoreClock } from '../../ports/store-clock.ts';
import { StoreUnavailableError } from '../../ports/store-errors.ts';
import { connectionOf, databaseOf, firestoreClient, type FirestoreOptions } from './firestore-client.ts';
import { firestoreDocuments, type DocumentFields } from './firestore-documents.ts';
import { microseconds, timestamp, type Time } from './firestore-time.ts';
import type { StoredDocuments } from './stored-documents.ts';
import { OPERATION_VERSION } from './stored-versions.ts';

/**
 * Maximum number of attempts of an update. An attempt fails if another instance writes the document between its read
 * and its write.
 */
const MAX_UPDATE_ATTEMPTS = 8;
/**
 * Maximum number of this instance's writes in memory. If a write was dropped, the next write of its operation reads the
 * document first.
 */
const MAX_OWN_WRITES = 1000;

/** A record as this instance wrote it. It is current unless another instance has written the document since. */
interface OwnWrite {
  readonly record: OperationRecord;
  readonly updateTime: Time;
}

/**
 * Stores the operations of a connection in `connections/{name}/operations/{SHA-256 of the id}`.
 *
 * The field `id` contains the id, and a TTL policy on `expireAt` deletes the document. Every write has a precondition,
 * so no lock is needed:
 *   - `update` reads the document and requires that it was not written since. It computes leases with Firestore's read time.
 *   - `create` requires that no document exists. It computes leases with the time of the write.
 *   - `replaceOwn` requires that this instance's last write is still the last one. It computes leases with the store's clock.
 * A write to Stripe therefore costs two Firestore writes and no read.
 *
 * The commit time of a `create` is only known after the write. `writtenUs` therefore contains this instance's estimate
 * of it, and a reader moves all times of the record by `updateTime - writtenUs`. So a wrong local clock does not
 * lengthen or shorten a lease.
 */
export function firestoreOperations(
  options: FirestoreOptions,
  connection: string,
  stored: StoredDocuments,
  clock: StoreClock,
  client = firestoreClient(options),
  newWriter: () => string = randomUUID,
): OperationStore {
  const documents = firestoreDocuments(client, databaseOf(options), clock, newWriter);
  const nameOf = (id: string): string => `${connectionOf(options, connection)}/operations/${hash('sha256', id)}`;

  /** The last write of this instance for each operation that it executes. */
  const ownWrites = new Map<string, OwnWrite>();

  /** Remembers the last write of this instance, as long as the instance executes the operation. */
  function rememberWrite(name: string, write: OwnWrite): void {
    if (write.record.state !== 'calling') return;
    ownWrites.set(name, write);
    // Drops the oldest entry. Its call probably ended without a final write, which would have removed the entry.
    const [oldest = name] = ownWrites.keys();
    if (ownWrites.size > MAX_OWN_WRITES) ownWrites.delete(oldest);
  }

  async function update<T>(id: string, transition: Transition<T>): Promise<T> {
    const name = nameOf(id);
    for (let attempt = 0; attempt < MAX_UPDATE_ATTEMPTS; attempt += 1) {
      const { found, readTime } = await documents.read(name);
      const current = found ? stored.operation(found.fields, microseconds(found.updateTime)) : undefined;
      const { record, result } = transition(current, microseconds(readTime));
      if (record === undefined) return result;
      ownWrites.delete(name);
      const precondition = found?.updateTime ? { updateTime: found.updateTime } : ({ exists: false } as const);
      const updateTime = await documents.write(name, encode(id, record), precondition);
      if (updateTime !== undefined) {
        rememberWrite(name, { record, updateTime });
        return result;
      }
    }
    throw new StoreUnavailableError('too many concurrent writes to one operation; retry the call');
  }

  async function create<T>(id: string, transition: Transition<T>): Promise<T> {
    const name = nameOf(id);
    const estimatedUs = clock.nowUs();
    const { record } = transition(undefined, estimatedUs);
    if (record === undefined) return update(id, transition);
    const updateTime = await documents.write(name, encode(id, record, estimatedUs), { exists: false });
    if (updateTime === undefined) return update(id, transition);
    const created = transition(undefined, microseconds(updateTime));
    if (created.record !== undefined) rememberWrite(name, { record: created.record, updateTime });
    return created.result;
  }

  async function replaceOwn<T>(id: string, transition: Transition<T>): Promise<T> {
    const name = nameOf(id);
    const ownWrite = ownWrites.get(name);
    if (ownWrite === undefined) return update(id, transition);
    const nowUs = Math.max(clock.nowUs(), microseconds(ownWrite.updateTime));
    const { record, result } = transition(ownWrite.record, nowUs);
    if (record === undefined) return update(id, transition);
    ownWrites.delete(name);
    const updateTime = await documents.write(name, encode(id, record), { updateTime: ownWrite.updateTime });
    if (updateTime === undefined) return update(id, transition);
    rememberWrite(name, { record, updateTime });
    return result;
  }

  return { create, update, replaceOwn };
}

/**
 * Encodes a record. `writtenUs` is this instance's estimate of the time, if the record was computed with the estimate.
 */
function encode(id: string, { expiresUs, requestIds, ...record }: OperationRecord, writtenUs?: number): DocumentFields {
  const fields: Record<string, object> = {
    expireAt: { timestampValue: timestamp(expiresUs) },
    requestIds: { arrayValue: { values: requestIds.map((stringValue) => ({ stringValue })) } },
  };
  for (const [field, value] of Object.entries({ v: OPERATION_VERSION, id, ...record, writtenUs }))
    if (value !== undefined)
      fields[field] = typeof value === 'number' ? { integerValue: String(value) } : { stringValue: value };
  return fields;
}
