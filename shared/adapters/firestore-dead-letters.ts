import * as z from 'zod';
import type { DeadLetter, DeadLetters } from '../ports/dead-letters.ts';
import {
  connectionOf,
  databaseOf,
  firestoreClient,
  firstOf,
  ONE_TRY,
  timestamp,
  unanswered,
  type FirestoreOptions,
} from './firestore-client.ts';

const STATE_VERSION = 1;

const letter = z.object({
  id: z.string(),
  operationId: z.string(),
  atMs: z.number(),
  reason: z.string(),
  message: z.string(),
  fingerprint: z.string(),
  generation: z.number(),
  original: z
    .object({ data: z.string(), attributes: z.record(z.string(), z.string()), orderingKey: z.string() })
    .nullable(),
  replayedMs: z.number(),
});

const stored = z.object({
  v: z.object({ integerValue: z.coerce.number().max(STATE_VERSION) }),
  letter: z.object({ stringValue: z.string().transform((text) => letter.parse(JSON.parse(text))) }),
});

/**
 * The dead letters of a connection: `connections/{name}/deadLetters/{id}`, the letter as JSON in `letter`, with `at` to
 * order them by and a TTL policy on `expireAt`.
 */
export function firestoreDeadLetters(
  options: FirestoreOptions,
  connection: string,
  client = firestoreClient(options),
): DeadLetters {
  const database = databaseOf(options);
  const parent = connectionOf(options, connection);
  return {
    async put(one, keptMs) {
      const fields = {
        v: { integerValue: String(STATE_VERSION) },
        at: { timestampValue: timestamp(one.atMs * 1000) },
        reason: { stringValue: one.reason },
        letter: { stringValue: JSON.stringify(one) },
        expireAt: { timestampValue: timestamp((one.atMs + keptMs) * 1000) },
      };
      const write = { update: { name: `${parent}/deadLetters/${one.id}`, fields } };
      await client.commit({ database, writes: [write] }, ONE_TRY).catch(unanswered);
    },
    async get(id) {
      const { found } = await firstOf<{ found?: { fields?: unknown } | null }>(
        client.batchGetDocuments({ database, documents: [`${parent}/deadLetters/${id}`] }, ONE_TRY),
      );
      return found ? stored.parse(found.fields).letter.stringValue : undefined;
    },
    list(most) {
      const query = {
        from: [{ collectionId: 'deadLetters' }],
        orderBy: [{ field: { fieldPath: 'at' }, direction: 'DESCENDING' as const }],
        limit: { value: most },
      };
      return new Promise<DeadLetter[]>((resolve, reject) => {
        const letters: DeadLetter[] = [];
        client
          .runQuery({ parent, structuredQuery: query }, ONE_TRY)
          .on('data', ({ document }: { document?: { fields?: unknown } | null }) => {
            if (document) letters.push(stored.parse(document.fields).letter.stringValue);
          })
          .on('error', reject)
          .on('end', () => resolve(letters));
      }).catch(unanswered);
    },
  };
}
