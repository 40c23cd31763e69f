import type { Filled, Member, Roster, TokenStore } from '../../rate-limiter/store.ts';
import {
  connectionOf,
  databaseOf,
  firestoreClient,
  commitOnce,
  readFirst,
  toStoreError,
  type Committed,
  type FirestoreOptions,
  type WriteResult,
} from './firestore-client.ts';
import { microseconds, timestamp, type Time } from './firestore-time.ts';
import { NO_RETRY } from './rest.ts';

/** Of the documents' fields. Whoever finds a newer one than it knows stops, because it cannot keep its promise. */
const STATE_VERSION = 2;

/** Microseconds after its last renewal that a member's document may be removed as garbage. */
const GARBAGE_US = 86_400_000_000;

/**
 * The token store of a fleet, under `connections/{name}/`:
 *   shards/{index}  v, tat (next free slot, microseconds), calm (until when the pace is reduced, microseconds)
 *   members/{id}    v, place, seen (last renewal), expireAt (garbage after it: the field of a TTL policy)
 * A reservation is one blind commit: `maximum` then `increment` on the same number run atomically and in order at the
 * server, so there is no read, no lock and no retry loop. What is shared besides (`calm`, `v`) comes back with the
 * same writes. A look is two counts; the second needs the composite index (place, seen) of `members`.
 * Source: `Commit.writes` and `FieldTransform` in google/firestore/v1 (firestore.proto, write.proto).
 */
export function firestoreTokens(options: FirestoreOptions, client = firestoreClient(options)): TokenStore {
  const database = databaseOf(options);
  const root = (connection: string): string => connectionOf(options, connection);
  const shardName = (connection: string, shard: number): string => `${root(connection)}/shards/${shard}`;

  const commit = (writes: readonly object[]): Promise<Committed> => {
    // A repeat of a lost answer would only throw slots away.
    return commitOnce(client, { database, writes: [...writes] }).catch(toStoreError);
  };

  const count = async (connection: string, filters: readonly object[]): Promise<{ count: number; atUs: number }> => {
    const query = {
      structuredQuery: {
        from: [{ collectionId: 'members' }],
        where: { compositeFilter: { op: 'AND', filters } },
      },
      aggregations: [{ alias: 'members', count: {} }],
    };
    const requested = { parent: root(connection), structuredAggregationQuery: query } as never;
    const { result, readTime } = await readFirst<CountAnswer>(() => client.runAggregationQuery(requested, NO_RETRY));
    return { count: Number(result?.aggregateFields?.['members']?.integerValue), atUs: microseconds(readTime) };
  };

  return {
    async join(member) {
      return { atUs: microseconds((await commit([memberWrite(root(member.connection), member)])).commitTime) };
    },

    async look({ connection, place }, sinceUs): Promise<Roster> {
      const seen = fieldFilter('seen', 'GREATER_THAN_OR_EQUAL', { timestampValue: timestamp(sinceUs) });
      const before = fieldFilter('place', 'LESS_THAN', { doubleValue: place });
      const [live, rank] = await Promise.all([count(connection, [seen]), count(connection, [seen, before])]);
      return { live: live.count, rank: rank.count, atUs: Math.min(live.atUs, rank.atUs) };
    },

    async reserve({ member, orders, notBeforeUs, renew }) {
      const shards = orders.map(({ shard, count: slots, spacingUs }) =>
        shardWrite(shardName(member.connection, shard), [
          integerTransform('tat', 'maximum', notBeforeUs),
          integerTransform('tat', 'increment', slots * spacingUs),
          integerTransform('calm', 'maximum', 0),
        ]),
      );
      const renewal = renew ? [memberWrite(root(member.connection), member, notBeforeUs)] : [];
      const committed = await commit([...shards, ...renewal]);
      const filled = orders.map(({ count: slots, spacingUs }, index): Filled => {
        const [, tatUs = NaN, calmUs = NaN] = results(committed.writeResults?.[index]);
        return { firstUs: tatUs - slots * spacingUs, calmUs };
      });
      return { filled, atUs: microseconds(committed.commitTime) };
    },

    async slow({ connection, shards, calmUs, notBeforeUs }) {
      const writes = Array.from({ length: shards }, (_, shard) =>
        shardWrite(shardName(connection, shard), [
          integerTransform('tat', 'maximum', notBeforeUs),
          integerTransform('calm', 'maximum', calmUs),
        ]),
      );
      return { atUs: microseconds((await commit(writes)).commitTime) };
    },

    async set(connection, shards, calmUs) {
      const writes = Array.from({ length: shards }, (_, shard) => ({
        update: { name: shardName(connection, shard), fields: { calm: { integerValue: String(calmUs) } } },
        updateMask: { fieldPaths: ['calm'] },
        updateTransforms: [integerTransform('v', 'maximum', STATE_VERSION)],
      }));
      return { atUs: microseconds((await commit(writes)).commitTime) };
    },

    async leave({ connection, id }) {
      await commit([{ delete: `${root(connection)}/members/${id}` }]);
    },
  };
}

interface CountAnswer {
  readonly result?: { readonly aggregateFields?: Record<string, { integerValue?: unknown }> };
  readonly readTime?: Time | null;
}

/** The version goes up with the state, and comes back with every write: its transform is the last. */
function shardWrite(document: string, fieldTransforms: readonly object[]): object {
  return {
    transform: { document, fieldTransforms: [...fieldTransforms, integerTransform('v', 'maximum', STATE_VERSION)] },
  };
}

function memberWrite(root: string, { id, place }: Member, nowUs?: number): object {
  const fields = {
    v: { integerValue: String(STATE_VERSION) },
    place: { doubleValue: place },
    ...(nowUs === undefined ? {} : { expireAt: { timestampValue: timestamp(nowUs + GARBAGE_US) } }),
  };
  return {
    update: { name: `${root}/members/${id}`, fields },
    updateTransforms: [{ fieldPath: 'seen', setToServerValue: 'REQUEST_TIME' }],
  };
}

function integerTransform(fieldPath: string, transform: 'maximum' | 'increment', value: number): object {
  return { fieldPath, [transform]: { integerValue: String(value) } };
}

function fieldFilter(fieldPath: string, op: string, value: object): object {
  return { fieldFilter: { field: { fieldPath }, op, value } };
}

/** The numbers that a shard's transforms left, in order. */
function results(write: WriteResult | undefined): number[] {
  const numbers = (write?.transformResults ?? []).map(({ integerValue }) => Number(integerValue));
  if (numbers.length === 0 || numbers.some((number) => !Number.isSafeInteger(number)))
    throw new Error('Firestore answered no transform results');
  const version = numbers.at(-1) ?? 0;
  if (version > STATE_VERSION)
    throw new Error(`the limiter's state is of version ${version}; this revision knows ${STATE_VERSION}`);
  return numbers;
}
