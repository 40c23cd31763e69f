/** Firestore's commits with preconditions, its reads of one document and its queries by name, in memory. */
import { Readable } from 'node:stream';
import type { FirestoreClient } from '../../shared/adapters/google/firestore-client.ts';

interface StoredDocument {
  fields: Record<string, unknown>;
  updateTime: { seconds: number; nanos: number };
}

interface Write {
  readonly update: { readonly name: string; readonly fields: Record<string, unknown> };
  readonly currentDocument?: {
    readonly exists?: boolean;
    readonly updateTime?: StoredDocument['updateTime'];
  };
}

/** A query in the order of the documents' names, which begins after one of them. */
interface NameQuery {
  readonly structuredQuery: {
    readonly limit: { readonly value: number };
    readonly startAt: { readonly values: readonly { readonly referenceValue: string }[] } | null;
  };
}

/** A commit that fails: before it is applied, or after it is applied, so that only its response is lost. */
export interface CommitFailure {
  readonly at: 'before' | 'after';
  readonly error: Error;
}

/** Returns an error with a status that the client library reports in `code`. */
export function failure(code: string, message = code): Error {
  return Object.assign(new Error(message), { code });
}

/** Creates a database. Its clock advances by one second with each request. Each of `failures` meets one commit. */
export function fakeFirestore(failures: CommitFailure[] = []): {
  client: FirestoreClient;
  commits: () => number;
  /** The documents by name, to damage them. */
  documents: Map<string, StoredDocument>;
} {
  const documents = new Map<string, StoredDocument>();
  let nowS = 1_795_478_400;
  let commits = 0;
  const now = (): StoredDocument['updateTime'] => ({ seconds: (nowS += 1), nanos: 0 });
  const holds = ({ update, currentDocument }: Write): boolean => {
    if (currentDocument === undefined) return true;
    const stored = documents.get(update.name);
    if (currentDocument.exists === false) return stored === undefined;
    return stored?.updateTime.seconds === currentDocument.updateTime?.seconds;
  };
  const commit = async ({ writes }: { writes: Write[] }): Promise<unknown> => {
    commits += 1;
    const failed = failures.shift();
    if (failed?.at === 'before') throw failed.error;
    if (!writes.every(holds)) throw failure('x', '{"error":{"status":"FAILED_PRECONDITION"}}');
    const updateTime = now();
    for (const { update } of writes) documents.set(update.name, { fields: update.fields, updateTime });
    if (failed?.at === 'after') throw failed.error;
    return Promise.resolve([{ writeResults: [{ updateTime }], commitTime: updateTime }]);
  };
  const batchGetDocuments = ({ documents: [name = ''] }: { documents: string[] }): Readable => {
    const found = documents.get(name);
    return Readable.from([found === undefined ? { missing: name, readTime: now() } : { found, readTime: now() }]);
  };
  const runQuery = ({ structuredQuery: { limit, startAt } }: NameQuery): Readable => {
    const after = startAt?.values[0]?.referenceValue ?? '';
    const names = [...documents.keys()].filter((name) => name > after).sort();
    const readTime = now();
    const page = names.slice(0, limit.value).map((name) => ({ document: { name, ...documents.get(name) }, readTime }));
    return Readable.from(page.length === 0 ? [{ readTime }] : page);
  };
  const client = { commit, batchGetDocuments, runQuery } as unknown as FirestoreClient;
  return { client, commits: () => commits, documents };
}
