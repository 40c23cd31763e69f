import { v1 } from '@google-cloud/firestore';
import { googleAuthLibrary, grpc, Status } from 'google-gax';
import { StoreUnanswered, type Filled, type Member, type Roster, type TokenStore } from '../ports/token-store.ts';

export interface FirestoreOptions {
  readonly projectId: string;
  readonly databaseId: string;
  /** `host:port` of an emulator: clear text and no credentials there. */
  readonly emulatorHost?: string;
}

/** Of the documents' fields. Whoever finds a newer one than it knows stops, because it cannot keep its promise. */
const STATE_VERSION = 2;

/** Milliseconds that one question may take; then it counts as unanswered (and its slots, if any, as lost). */
const RPC_TIMEOUT_MS = 2000;

/** Milliseconds: a Firestore that is back is found at once, not after gRPC's own two minutes. */
const RECONNECT = { 'grpc.initial_reconnect_backoff_ms': 100, 'grpc.max_reconnect_backoff_ms': 400 };

/** Microseconds after its last renewal that a member's document may be removed as garbage. */
const GARBAGE_US = 86_400_000_000;

/** What passes by itself. Source: google/rpc/code.proto, and Firestore's documentation of its error codes. */
const PASSING: readonly unknown[] = [
  Status.ABORTED,
  Status.CANCELLED,
  Status.DEADLINE_EXCEEDED,
  Status.INTERNAL,
  Status.RESOURCE_EXHAUSTED,
  Status.UNAVAILABLE,
  Status.UNKNOWN,
];

interface Time {
  readonly seconds?: unknown;
  readonly nanos?: number | null;
}
interface WriteResult {
  readonly transformResults?: readonly { readonly integerValue?: unknown }[] | null;
}
interface CommitAnswer {
  readonly writeResults?: readonly WriteResult[] | null;
  readonly commitTime?: Time | null;
}

/**
 * The token store of a fleet, under `connections/{name}/`:
 *   shards/{index}  v, tat (next free slot, microseconds), calm (until when the pace is reduced, microseconds)
 *   members/{id}    v, place, seen (last renewal), expireAt (garbage after it: the field of a TTL policy)
 * A reservation is one blind commit: `maximum` then `increment` on the same number run atomically and in order at the
 * server, so there is no read, no lock and no retry loop. What is shared besides (`calm`, `v`) comes back with the
 * same writes. A look is two counts; the second needs the composite index (place, seen) of `members`.
 * Source: `Commit.writes` and `FieldTransform` in google/firestore/v1 (firestore.proto, write.proto).
 */
export function firestoreTokens(options: FirestoreOptions): TokenStore {
  const client = new v1.FirestoreClient(clientOptions(options));
  const database = `projects/${options.projectId}/databases/${options.databaseId}`;
  const root = (connection: string): string => `${database}/documents/connections/${connection}`;
  const shardName = (connection: string, shard: number): string => `${root(connection)}/shards/${shard}`;

  const commit = async (writes: readonly object[]): Promise<CommitAnswer> => {
    // No retry codes: a repeat of a lost answer would only throw slots away; the caller decides.
    const call = client.commit(
      { database, writes: [...writes] },
      { timeout: RPC_TIMEOUT_MS, retry: { retryCodes: [] } },
    );
    const [answer] = await call.catch(unanswered);
    return answer;
  };

  const count = (connection: string, filters: readonly object[]): Promise<{ count: number; atUs: number }> => {
    const query = {
      structuredQuery: {
        from: [{ collectionId: 'members' }],
        where: { compositeFilter: { op: 'AND', filters } },
      },
      aggregations: [{ alias: 'members', count: {} }],
    };
    return new Promise<CountAnswer>((resolve, reject) => {
      client
        .runAggregationQuery({ parent: root(connection), structuredAggregationQuery: query } as never, {
          timeout: RPC_TIMEOUT_MS,
          retry: { retryCodes: [] },
        })
        .on('data', resolve)
        .on('error', reject)
        .on('end', () => reject(new StoreUnanswered('Firestore counted nothing')));
    }).then(
      ({ result, readTime }) => ({
        count: Number(result?.aggregateFields?.['members']?.integerValue),
        atUs: microseconds(readTime),
      }),
      unanswered,
    );
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
          integer('tat', 'maximum', notBeforeUs),
          integer('tat', 'increment', slots * spacingUs),
          integer('calm', 'maximum', 0),
        ]),
      );
      const renewal = renew ? [memberWrite(root(member.connection), member, notBeforeUs)] : [];
      const answer = await commit([...shards, ...renewal]);
      const filled = orders.map(({ count: slots, spacingUs }, index): Filled => {
        const [, tatUs = NaN, calmUs = NaN] = results(answer.writeResults?.[index]);
        return { firstUs: tatUs - slots * spacingUs, calmUs };
      });
      return { filled, atUs: microseconds(answer.commitTime) };
    },

    async slow({ connection, shards, calmUs, notBeforeUs }) {
      const writes = Array.from({ length: shards }, (_, shard) =>
        shardWrite(shardName(connection, shard), [
          integer('tat', 'maximum', notBeforeUs),
          integer('calm', 'maximum', calmUs),
        ]),
      );
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

function unanswered(cause: unknown): never {
  throw PASSING.includes((cause as { code?: unknown }).code)
    ? new StoreUnanswered('Firestore gave no answer', { cause })
    : cause;
}

/** The version goes up with the state, and comes back with every write: its transform is the last. */
function shardWrite(document: string, fieldTransforms: readonly object[]): object {
  return { transform: { document, fieldTransforms: [...fieldTransforms, integer('v', 'maximum', STATE_VERSION)] } };
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

function integer(fieldPath: string, transform: 'maximum' | 'increment', value: number): object {
  return { fieldPath, [transform]: { integerValue: String(value) } };
}

function fieldFilter(fieldPath: string, op: string, value: object): object {
  return { fieldFilter: { field: { fieldPath }, op, value } };
}

/** The numbers that a shard's transforms left, in order. */
function results(write: WriteResult | undefined): number[] {
  const numbers = (write?.transformResults ?? []).map(({ integerValue }) => Number(integerValue));
  if (numbers.length === 0 || numbers.some((one) => !Number.isSafeInteger(one)))
    throw new Error('Firestore answered no transform results');
  const version = numbers.at(-1) ?? 0;
  if (version > STATE_VERSION)
    throw new Error(`the limiter's state is of version ${version}; this revision knows ${STATE_VERSION}`);
  return numbers;
}

function microseconds(time: Time | null | undefined): number {
  if (time === undefined || time === null) throw new Error('Firestore answered no time');
  return Number(time.seconds) * 1_000_000 + Math.floor((time.nanos ?? 0) / 1000);
}

function timestamp(us: number): { seconds: number; nanos: number } {
  return { seconds: Math.floor(us / 1_000_000), nanos: (us % 1_000_000) * 1000 };
}

function clientOptions({
  projectId,
  emulatorHost,
}: FirestoreOptions): ConstructorParameters<typeof v1.FirestoreClient>[0] {
  if (emulatorHost === undefined) return { projectId, ...RECONNECT };
  const [host, port] = emulatorHost.split(':');
  return {
    projectId,
    ...RECONNECT,
    servicePath: host ?? '127.0.0.1',
    port: Number(port),
    sslCreds: grpc.credentials.createInsecure(),
    authClient: new googleAuthLibrary.PassThroughClient() as never,
  };
}
