import { hash } from 'node:crypto';
import type { OperationLog } from '../../../idempotency/store.ts';
import { connectionOf, readAll, type FirestoreClient, type FirestoreOptions } from '../firestore-client.ts';
import { microseconds, type Time } from '../firestore-time.ts';
import { NO_RETRY } from '../rest.ts';
import type { StoredDocuments } from '../stored-documents.ts';

interface OperationFound {
  readonly document?: {
    readonly name?: string | null;
    readonly fields?: { readonly id?: { readonly stringValue?: string } } | null;
    readonly updateTime?: Time | null;
  } | null;
  readonly readTime?: Time | null;
}

/**
 * Reads the operations in the order of their documents' names. This order needs no additional index. An index would slow
 * down every write. The cursor of a page is the id of the last operation on the previous page.
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
            : { before: false, values: [{ referenceValue: `${parent}/operations/${hash('sha256', after)}` }] },
      };
      const results = await readAll<OperationFound>(() =>
        client.runQuery({ parent, structuredQuery: query }, NO_RETRY),
      );
      const entries = results.flatMap(({ document }) => {
        const id = document?.fields?.id?.stringValue;
        if (!document || id === undefined) return [];
        return [{ id, record: stored.operation(document.fields, microseconds(document.updateTime)) }];
      });
      const last = results.findLast(({ readTime }) => readTime)?.readTime;
      return {
        entries,
        nowUs: microseconds(last),
        next: entries.length === max ? entries.at(-1)?.id : undefined,
      };
    },
  };
}
