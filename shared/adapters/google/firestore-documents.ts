import type { StoreClock } from '../../ports/store-clock.ts';
import { commitOnce, isTransient, readFirst, throwStoreError, type FirestoreClient } from './firestore-client.ts';
import { microseconds, type Time } from './firestore-time.ts';
import { NO_RETRY, grpcStatusOf } from './rest.ts';

/** Statuses of a failed precondition: another instance wrote in the meantime. */
const CONFLICTS: ReadonlySet<string> = new Set(['FAILED_PRECONDITION', 'ALREADY_EXISTS', 'ABORTED', 'NOT_FOUND']);

/** Fields in Firestore's wire format. `writer` is the id of the commit that wrote them. */
export type DocumentFields = Readonly<Record<string, object>> & { readonly writer?: { readonly stringValue?: string } };

export interface StoredDocument {
  readonly fields?: DocumentFields | null;
  /** When the document was last written. */
  readonly updateTime?: Time | null;
}

/** What a write requires: that no document exists, or that the document was last written at the time `updateTime`. */
export type Precondition = { readonly exists: false } | { readonly updateTime: Time };

interface BatchGetResponse {
  readonly found?: StoredDocument | null;
  readonly readTime?: Time | null;
}

/** Single documents, read and written without transactions. */
export interface FirestoreDocuments {
  read(name: string): Promise<BatchGetResponse>;
  /**
   * Writes a document if the precondition holds.
   *
   * After a transient failure the commit is sent once more, for example after a timeout, or if the connection closed
   * while the instance was frozen. Each write has a new id in the field `writer`. The id in the stored document shows
   * whether the first commit was applied.
   *
   * @returns the time of the write; undefined if the precondition does not hold
   * @throws the errors of `throwStoreError`. After a StoreUnavailableError it is unknown whether the document was
   * written
   */
  write(name: string, fields: DocumentFields, precondition: Precondition): Promise<Time | undefined>;
}

/**
 * Creates the access to the documents of a database. `clock` receives the store's time of each commit. `newWriter`
 * returns a new id for the field `writer`.
 */
export function firestoreDocuments(
  client: FirestoreClient,
  database: string,
  clock: StoreClock,
  newWriter: () => string,
): FirestoreDocuments {
  async function read(name: string): Promise<BatchGetResponse> {
    return readFirst<BatchGetResponse>(() => client.batchGetDocuments({ database, documents: [name] }, NO_RETRY));
  }

  async function commit(write: object): Promise<Time> {
    const sentMs = clock.monotonicMs();
    const { writeResults, commitTime } = await commitOnce(client, { database, writes: [write] });
    clock.observe(sentMs, microseconds(commitTime));
    return requireTime(writeResults?.[0]?.updateTime);
  }

  /** Returns the time of a document's last write if `writer` made that write. */
  async function timeOfWrite(name: string, writer: string): Promise<Time | undefined> {
    const { found } = await read(name);
    return found?.fields?.writer?.stringValue === writer ? requireTime(found.updateTime) : undefined;
  }

  async function write(name: string, fields: DocumentFields, precondition: Precondition): Promise<Time | undefined> {
    const writer = newWriter();
    const write = {
      update: { name, fields: { ...fields, writer: { stringValue: writer } } },
      currentDocument: precondition,
    };
    try {
      return await commit(write);
    } catch (cause) {
      if (isConflict(cause)) return undefined;
      if (!isTransient(cause)) return throwStoreError(cause);
    }
    try {
      return await commit(write);
    } catch (cause) {
      // If the first commit was applied, the precondition of the second one does not hold.
      return isConflict(cause) ? timeOfWrite(name, writer) : throwStoreError(cause);
    }
  }

  return { read, write };
}

/** Returns whether the precondition of a write did not hold. */
export function isConflict(cause: unknown): boolean {
  return CONFLICTS.has(grpcStatusOf(cause));
}

/** Returns the time. Throws if it is missing or invalid. */
function requireTime(time: Time | null | undefined): Time {
  microseconds(time);
  return time as Time;
}
