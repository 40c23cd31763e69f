import type { DeadLetter, DeadLetters } from '../../ports/dead-letter-store.ts';
import {
  connectionOf,
  databaseOf,
  firestoreClient,
  commitAgain,
  readAll,
  readFirst,
  type FirestoreOptions,
} from './firestore-client.ts';
import { timestamp } from './firestore-time.ts';
import type { StoredDocuments } from './stored-documents.ts';
import { LETTER_VERSION } from './stored-versions.ts';
import { NO_RETRY } from './rest.ts';

/**
 * The dead letters of a connection: `connections/{name}/deadLetters/{id}`, the letter as JSON in `letter`, with `at` to
 * order them by and a TTL policy on `expireAt`.
 */
export function firestoreDeadLetters(
  options: FirestoreOptions,
  connection: string,
  stored: StoredDocuments,
  client = firestoreClient(options),
): DeadLetters {
  const database = databaseOf(options);
  const parent = connectionOf(options, connection);
  return {
    async put(one, keptMs) {
      const fields = {
        v: { integerValue: String(LETTER_VERSION) },
        at: { timestampValue: timestamp(one.atMs * 1000) },
        reason: { stringValue: one.reason },
        letter: { stringValue: JSON.stringify(one) },
        expireAt: { timestampValue: timestamp((one.atMs + keptMs) * 1000) },
      };
      const write = { update: { name: `${parent}/deadLetters/${one.id}`, fields } };
      await commitAgain(client, { database, writes: [write] });
    },
    async get(id) {
      const { found } = await readFirst<{ found?: { fields?: unknown } | null }>(() =>
        client.batchGetDocuments({ database, documents: [`${parent}/deadLetters/${id}`] }, NO_RETRY),
      );
      return found ? stored.letter(found.fields) : undefined;
    },
    async list(most) {
      const query = {
        from: [{ collectionId: 'deadLetters' }],
        orderBy: [{ field: { fieldPath: 'at' }, direction: 'DESCENDING' as const }],
        limit: { value: most },
      };
      const found = await readAll<{ document?: { fields?: unknown } | null }>(() =>
        client.runQuery({ parent, structuredQuery: query }, NO_RETRY),
      );
      return found.flatMap(({ document }): DeadLetter[] => (document ? [stored.letter(document.fields)] : []));
    },
  };
}
