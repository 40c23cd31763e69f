import type { DeadLetter, DeadLetterStore } from '../../ports/dead-letter-store.ts';
import {
  connectionOf,
  databaseOf,
  firestoreClient,
  commitWithRetry,
  readAll,
  readFirst,
  type FirestoreOptions,
} from './firestore-client.ts';
import { timestamp } from './firestore-time.ts';
import type { StoredDocuments } from './stored-documents.ts';
import { DEAD_LETTER_VERSION } from './stored-versions.ts';
import { NO_RETRY } from './rest.ts';

/**
 * Stores the dead letters of a connection in `connections/{name}/deadLetters/{id}`.
 *
 * The field `letter` contains the dead letter as JSON. `list` reads the documents in the order of `at`. A TTL policy on
 * `expireAt` deletes the documents.
 */
export function firestoreDeadLetters(
  options: FirestoreOptions,
  connection: string,
  stored: StoredDocuments,
  client = firestoreClient(options),
): DeadLetterStore {
  const database = databaseOf(options);
  const parent = connectionOf(options, connection);
  return {
    async put(deadLetter, keptMs) {
      const fields = {
        v: { integerValue: String(DEAD_LETTER_VERSION) },
        at: { timestampValue: timestamp(deadLetter.atMs * 1000) },
        reason: { stringValue: deadLetter.reason },
        letter: { stringValue: JSON.stringify(deadLetter) },
        expireAt: { timestampValue: timestamp((deadLetter.atMs + keptMs) * 1000) },
      };
      const write = { update: { name: `${parent}/deadLetters/${deadLetter.id}`, fields } };
      await commitWithRetry(client, { database, writes: [write] });
    },
    async get(id) {
      const { found: match } = await readFirst<{ found?: { fields?: unknown } | null }>(() =>
        client.batchGetDocuments({ database, documents: [`${parent}/deadLetters/${id}`] }, NO_RETRY),
      );
      return match ? stored.letter(match.fields) : undefined;
    },
    async list(max) {
      const query = {
        from: [{ collectionId: 'deadLetters' }],
        orderBy: [{ field: { fieldPath: 'at' }, direction: 'DESCENDING' as const }],
        limit: { value: max },
      };
      const documents = await readAll<{ document?: { fields?: unknown } | null }>(() =>
        client.runQuery({ parent, structuredQuery: query }, NO_RETRY),
      );
      return documents.flatMap(({ document }): DeadLetter[] => (document ? [stored.letter(document.fields)] : []));
    },
  };
}
