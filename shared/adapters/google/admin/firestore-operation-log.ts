import type { OperationEntries, OperationLog } from '../../../idempotency/store.ts';
import { isLaterVersion } from '../../../ports/store-errors.ts';
import { connectionOf, readAll, type FirestoreClient, type FirestoreOptions } from '../firestore-client.ts';
import { microseconds, type Time } from '../firestore-time.ts';
import { NO_RETRY } from '../rest.ts';
import type { StoredDocuments } from '../stored-documents.ts';

interface OperationDocument {
  readonly name?: string | null;
  readonly fields?: { readonly id?: { readonly stringValue?: string } } | null;
  readonly updateTime?: Time | null;
}

interface OperationFound {
  readonly document?: OperationDocument | null;
  readonly readTime?: Time | null;
}

/**
 * Reads the operations in the order of their documents' names. This order needs no additional index. An index would
 * slow down every write. `after` is the key of the previous page's last document: the last part of the document's name.
 */
export function firestoreOperationLog(
  options: FirestoreOptions,
  connection: string,
  stored: StoredDocuments,
  client: FirestoreClient,
): OperationLog {
  const parent = connectionOf(options, connection);
  return {
    async page(max, after) {
      const query = {
        from: [{ collectionId: 'operations' }],
        orderBy: [{ field: { fieldPath: '__name__' }, direction: 'ASCENDING' as const }],
        limit: { value: max },
        startAt:
          after === undefined
            ? null
            : { before: false, values: [{ referenceValue: `${parent}/operations/${after.replaceAll('/', '')}` }] },
      };
      const results = await readAll<OperationFound>(() =>
        client.runQuery({ parent, structuredQuery: query }, NO_RETRY),
      );
      const documents = results.flatMap(({ document }) => document ?? []);
      const last = results.findLast(({ readTime }) => readTime)?.readTime;
      return {
        ...parseDocuments(documents, stored),
        nowUs: microseconds(last),
        next: documents.length === max ? documentKey(documents.at(-1)) : undefined,
      };
    },
  };
}

/**
 * Parses the documents of a page. A damaged document is listed in `unreadable`, so that it does not hide the others.
 * Throws if a newer revision wrote a document.
 */
function parseDocuments(
  documents: readonly OperationDocument[],
  stored: StoredDocuments,
): Pick<OperationEntries, 'entries' | 'unreadable'> {
  const entries: OperationEntries['entries'][number][] = [];
  const unreadable: string[] = [];
  for (const document of documents) {
    const id = document.fields?.id?.stringValue;
    try {
      if (id === undefined) unreadable.push(documentKey(document));
      else entries.push({ id, record: stored.operation(document.fields, microseconds(document.updateTime)) });
    } catch (error) {
      if (id === undefined || isLaterVersion(error)) throw error;
      unreadable.push(id);
    }
  }
  return { entries, unreadable };
}

/** Returns the last part of a document's name. */
function documentKey(document: OperationDocument | undefined): string {
  return document?.name?.split('/').at(-1) ?? '';
}
