import { FIRST_RING, NEW_LAYOUT, type AllocationStore } from '../../../rate-limiter/endpoints/ring.ts';
import {
  commitOnce,
  connectionOf,
  databaseOf,
  readAll,
  throwStoreError,
  type FirestoreClient,
  type FirestoreOptions,
} from '../firestore-client.ts';
import { isConflict, type StoredDocument } from '../firestore-documents.ts';
import { microseconds, timestamp, type Time } from '../firestore-time.ts';
import { NO_RETRY } from '../rest.ts';
import type { StoredDocuments } from '../stored-documents.ts';
import { RING_VERSION } from '../stored-versions.ts';

interface BatchGetMessage {
  readonly found?: (StoredDocument & { readonly name?: string }) | null;
  readonly readTime?: Time | null;
}

/**
 * Stores which endpoints use which lanes, in two documents of a connection under `lanes/`:
 *   ring       v, before, after. The document's `updateTime` is the time of the change.
 *   positions  v (the layout), positions (a map from endpoints to positions on the ring)
 * A write has the last `updateTime` as its precondition, so only one of several concurrent writes succeeds.
 */
export function firestoreAllocations(
  options: FirestoreOptions,
  stored: StoredDocuments,
  client: FirestoreClient,
): AllocationStore {
  const database = databaseOf(options);
  const nameOf = (connection: string, document: 'ring' | 'positions'): string =>
    `${connectionOf(options, connection)}/lanes/${document}`;

  /**
   * Replaces a document that was last written at `lastUs`, or creates it if `lastUs` is undefined. Writes nothing if
   * another instance has written it since.
   */
  const replace = async (name: string, v: number, fields: object, lastUs: number | undefined): Promise<void> => {
    const currentDocument = lastUs === undefined ? { exists: false } : { updateTime: timestamp(lastUs) };
    const update = { name, fields: { v: toInteger(v), ...fields } };
    try {
      await commitOnce(client, { database, writes: [{ update, currentDocument }] });
    } catch (cause) {
      if (!isConflict(cause)) throwStoreError(cause);
    }
  };

  return {
    async read(connection) {
      const names = { ring: nameOf(connection, 'ring'), positions: nameOf(connection, 'positions') };
      const documents = [names.ring, names.positions];
      const messages = await readAll<BatchGetMessage>(() =>
        client.batchGetDocuments({ database, documents }, NO_RETRY),
      );
      const found = new Map(messages.map((message) => [message.found?.name, message.found]));
      const [ring, positions] = [found.get(names.ring), found.get(names.positions)];
      return {
        ring: ring
          ? { ...stored.ring(ring.fields), changedUs: microseconds(ring.updateTime) }
          : { before: FIRST_RING, after: FIRST_RING, changedUs: undefined },
        ...(positions ? stored.positions(positions.fields) : { positions: {}, layout: NEW_LAYOUT }),
        positionsChangedUs: positions ? microseconds(positions.updateTime) : undefined,
        atUs: Math.min(...messages.map(({ readTime }) => microseconds(readTime))),
      };
    },

    changeRing: (connection, { before, after, changedUs }) =>
      replace(
        nameOf(connection, 'ring'),
        RING_VERSION,
        { before: toInteger(before), after: toInteger(after) },
        changedUs,
      ),

    replacePositions: (connection, { positions, positionsChangedUs, layout }) => {
      const fields = Object.fromEntries(Object.entries(positions).map(([key, position]) => [key, toInteger(position)]));
      return replace(
        nameOf(connection, 'positions'),
        layout,
        { positions: { mapValue: { fields } } },
        positionsChangedUs,
      );
    },
  };
}

function toInteger(value: number): object {
  return { integerValue: String(value) };
}
