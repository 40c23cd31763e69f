import { definedFields } from '../../../defined-fields.ts';
import { lanesOf, shardOf } from '../../../rate-limiter/capacity.ts';
import { LaterVersionError } from '../../../ports/store-errors.ts';
import type { LaneState, Member, Roster, SlotGrant, SlotRequest, TokenStore } from '../../../rate-limiter/store.ts';
import {
  connectionOf,
  databaseOf,
  firestoreClient,
  commitOnce,
  readFirst,
  throwStoreError,
  type Committed,
  type FirestoreOptions,
  type WriteResult,
} from '../firestore-client.ts';
import { microseconds, timestamp, type Time } from '../firestore-time.ts';
import { NO_RETRY } from '../rest.ts';

/** Schema version of the documents. A reader that finds a newer version fails, because it cannot keep the rate. */
const STATE_VERSION = 3;

/** Time after a member's last renewal at which Firestore may delete the member's document, in microseconds. */
const GARBAGE_US = 86_400_000_000;

/**
 * The token store of a connection, under `connections/{name}/`:
 *   shards/{index}  v, tat0 to tat5 (next free slot of each lane, microseconds), calm (when the reduced pace ends)
 *   members/{id}    v, place, seen (last renewal), expireAt (when a TTL policy may delete the document)
 * A reservation is one commit without a read: the server runs `maximum` and then `increment` on the same number,
 * atomically and in this order. So the reservation needs no lock and no retry loop. The response to the write also
 * returns the document's other lanes and its shared fields (`calm`, `v`): `maximum` with 0 changes nothing and returns
 * the number. `countMembers` runs two count queries; the second one needs the composite index (place, seen) of
 * `members`. Source: `Commit.writes` and `FieldTransform` in google/firestore/v1 (firestore.proto, write.proto).
 */
export function firestoreTokens(options: FirestoreOptions, client = firestoreClient(options)): TokenStore {
  const database = databaseOf(options);
  const root = (connection: string): string => connectionOf(options, connection);
  const shardName = (connection: string, shard: number): string => `${root(connection)}/shards/${shard}`;

  const commit = (writes: readonly object[]): Promise<Committed> => {
    // There is no retry. If only the response was lost, a retry would reserve the slots a second time.
    return commitOnce(client, { database, writes: [...writes] }).catch(throwStoreError);
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

    async countMembers({ connection, place }, sinceUs): Promise<Roster> {
      const seen = fieldFilter('seen', 'GREATER_THAN_OR_EQUAL', { timestampValue: timestamp(sinceUs) });
      const before = fieldFilter('place', 'LESS_THAN', { doubleValue: place });
      const [live, rank] = await Promise.all([count(connection, [seen]), count(connection, [seen, before])]);
      return { live: live.count, rank: rank.count, atUs: Math.min(live.atUs, rank.atUs) };
    },

    async reserve({ member, requests, notBeforeUs, renew }) {
      const shards = [...new Set(requests.map(({ lane }) => shardOf(lane)))];
      const taken = new Map(requests.filter(({ count: slots }) => slots > 0).map((request) => [request.lane, request]));
      const writes = shards.map((shard) =>
        shardWrite(shardName(member.connection, shard), [
          ...lanesOf(shard).flatMap((lane) => laneTransforms(lane, taken.get(lane), notBeforeUs)),
          integerTransform('calm', 'maximum', 0),
        ]),
      );
      const renewal = renew ? [memberWrite(root(member.connection), member, notBeforeUs)] : [];
      const committed = await commit([...writes, ...renewal]);
      const states = shards.map((shard, index) => shardState(shard, taken, results(committed.writeResults?.[index])));
      const throttledUntilUs = new Map(states.map((state) => [state.shard, state.throttledUntilUs]));
      const lanes = states.flatMap((state) => state.lanes);
      const nextUs = new Map(lanes.map((state) => [state.lane, state.nextUs]));
      const grants = requests.map(({ lane, count: slots, spacingUs }): SlotGrant => ({
        firstUs: (nextUs.get(lane) ?? NaN) - slots * spacingUs,
        throttledUntilUs: throttledUntilUs.get(shardOf(lane)) ?? NaN,
      }));
      return { grants, lanes, atUs: microseconds(committed.commitTime) };
    },

    async throttle({ connection, shards, throttledUntilUs, notBeforeUs }) {
      const writes = Array.from({ length: shards }, (_, shard) =>
        shardWrite(shardName(connection, shard), [
          ...lanesOf(shard).map((lane) => integerTransform(laneField(lane), 'maximum', notBeforeUs)),
          integerTransform('calm', 'maximum', throttledUntilUs),
        ]),
      );
      return { atUs: microseconds((await commit(writes)).commitTime) };
    },

    async set(connection, shards, throttledUntilUs) {
      const writes = Array.from({ length: shards }, (_, shard) => ({
        update: { name: shardName(connection, shard), fields: { calm: { integerValue: String(throttledUntilUs) } } },
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

/**
 * Returns the write of a shard. Its last transform raises the document's version to `STATE_VERSION` if it is lower, and
 * returns the version in the response.
 */
function shardWrite(document: string, fieldTransforms: readonly object[]): object {
  return {
    transform: { document, fieldTransforms: [...fieldTransforms, integerTransform('v', 'maximum', STATE_VERSION)] },
  };
}

/** Returns the name of a lane's field in the document of its shard. */
function laneField(lane: number): string {
  return `tat${lane - (lanesOf(shardOf(lane))[0] ?? 0)}`;
}

/** Returns the transforms that reserve slots of a lane. Without a request, the transform only returns the lane's state. */
function laneTransforms(lane: number, request: SlotRequest | undefined, notBeforeUs: number): object[] {
  const field = laneField(lane);
  if (request === undefined) return [integerTransform(field, 'maximum', 0)];
  const fromUs = notBeforeUs + (request.delayUs ?? 0);
  return [
    integerTransform(field, 'maximum', fromUs),
    integerTransform(field, 'increment', request.count * request.spacingUs),
  ];
}

interface ShardState {
  readonly shard: number;
  readonly lanes: readonly LaneState[];
  readonly throttledUntilUs: number;
}

/**
 * Reads a shard's state. `numbers` are the results of its transforms, in the order in which `reserve` sends them: the
 * lanes, then `calm`. A lane with reserved slots has two results, and the second one is its state.
 */
function shardState(shard: number, taken: ReadonlyMap<number, unknown>, numbers: readonly number[]): ShardState {
  let readCount = 0;
  const lanes = lanesOf(shard).map((lane) => {
    readCount += taken.has(lane) ? 2 : 1;
    return { lane, nextUs: numbers[readCount - 1] ?? NaN };
  });
  return { shard, lanes, throttledUntilUs: numbers[readCount] ?? NaN };
}

/**
 * Returns the write of a member's document. Firestore sets `seen` to the time of the write. `expireAt` is set only if
 * the caller has an estimate of the time (`nowUs`).
 */
function memberWrite(root: string, { id, place }: Member, nowUs?: number): object {
  const fields = definedFields({
    v: { integerValue: String(STATE_VERSION) },
    place: { doubleValue: place },
    expireAt: nowUs === undefined ? undefined : { timestampValue: timestamp(nowUs + GARBAGE_US) },
  });
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

/**
 * Returns the results of a shard's transforms, in order. Throws if there are none, or if a newer revision wrote the
 * document.
 */
function results(write: WriteResult | undefined): number[] {
  const numbers = (write?.transformResults ?? []).map(({ integerValue }) => Number(integerValue));
  if (numbers.length === 0 || numbers.some((number) => !Number.isSafeInteger(number)))
    throw new Error('Firestore returned no transform results');
  const version = numbers.at(-1) ?? 0;
  if (version > STATE_VERSION)
    throw new LaterVersionError(
      `the limiter's state has version ${version}, but this revision supports up to ${STATE_VERSION}; deploy a newer one`,
    );
  return numbers;
}
