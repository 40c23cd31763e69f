import { lanesOf, shardOf } from '../../rate-limiter/capacity.ts';
import { reserveSlots } from '../../rate-limiter/gcra.ts';
import type { Clock } from '../../ports/clock.ts';
import type { LaneReport, Member, SlotRequest, TokenStore } from '../../rate-limiter/store.ts';

interface Connection {
  readonly lanes: Map<number, number>;
  readonly calmUs: Map<number, number>;
  readonly countedUs: Map<number, number>;
  /** The lanes of each endpoint, by its key. */
  readonly endpoints: Map<string, Map<number, number>>;
  readonly members: Map<string, { readonly place: number; readonly seenUs: number }>;
}

/** Keeps the rate limiter's state of one process in memory, for local development. Its time is the monotonic clock. */
export function memoryTokens(clock: Clock): TokenStore {
  const connections = new Map<string, Connection>();
  const nowUs = (): number => Math.floor(clock.monotonicMs() * 1000);
  const of = (name: string): Connection => {
    const cached = connections.get(name) ?? {
      lanes: new Map(),
      calmUs: new Map(),
      countedUs: new Map(),
      endpoints: new Map(),
      members: new Map(),
    };
    connections.set(name, cached);
    return cached;
  };
  const see = ({ connection, id, place }: Member): void =>
    void of(connection).members.set(id, { place, seenUs: nowUs() });
  return {
    join(member) {
      see(member);
      return Promise.resolve({ atUs: nowUs() });
    },
    look({ connection, place }, sinceUs) {
      const seen = [...of(connection).members.values()].filter(({ seenUs }) => seenUs >= sinceUs);
      const rank = seen.filter((other) => other.place < place).length;
      return Promise.resolve({ live: seen.length, rank, atUs: nowUs() });
    },
    reserve({ member, requests, endpoints = [], mark, notBeforeUs, renew }) {
      if (renew) see(member);
      const state = of(member.connection);
      for (let shard = 0; mark !== undefined && shard < mark.shards; shard += 1)
        state.countedUs.set(shard, Math.max(state.countedUs.get(shard) ?? 0, mark.untilUs));
      const reports = endpoints.map(({ endpoint, requests: asked }) => {
        const lanes = state.endpoints.get(endpoint.key) ?? new Map<number, number>();
        state.endpoints.set(endpoint.key, lanes);
        return takeSlots(lanes, asked, notBeforeUs, () => ({ calmUs: 0, countedUs: 0 }));
      });
      const report = takeSlots(state.lanes, requests, notBeforeUs, (shard) => ({
        calmUs: state.calmUs.get(shard) ?? 0,
        countedUs: state.countedUs.get(shard) ?? 0,
      }));
      return Promise.resolve({ ...report, endpoints: reports, atUs: nowUs() });
    },
    slow({ connection, shards, calmUs, notBeforeUs }) {
      for (let shard = 0; shard < shards; shard += 1) {
        const state = of(connection);
        state.calmUs.set(shard, Math.max(state.calmUs.get(shard) ?? 0, calmUs));
        for (const lane of lanesOf(shard)) state.lanes.set(lane, Math.max(state.lanes.get(lane) ?? 0, notBeforeUs));
      }
      return Promise.resolve({ atUs: nowUs() });
    },
    set(connection, shards, calmUs) {
      for (let shard = 0; shard < shards; shard += 1) of(connection).calmUs.set(shard, calmUs);
      return Promise.resolve({ atUs: nowUs() });
    },
    leave({ connection, id }) {
      of(connection).members.delete(id);
      return Promise.resolve();
    },
  };
}

/** Takes the slots of one row of lanes. `shared` are the numbers that the lanes of a shard have in common. */
function takeSlots(
  nextUs: Map<number, number>,
  requests: readonly SlotRequest[],
  notBeforeUs: number,
  shared: (shard: number) => { readonly calmUs: number; readonly countedUs: number },
): LaneReport {
  const grants = requests.map(({ lane, count, spacingUs, delayUs = 0 }) => {
    const beforeUs = nextUs.get(lane) ?? 0;
    if (count === 0) return { firstUs: beforeUs, ...shared(shardOf(lane)) };
    const { firstUs, tatUs } = reserveSlots(beforeUs, notBeforeUs + delayUs, count * spacingUs);
    nextUs.set(lane, tatUs);
    return { firstUs, ...shared(shardOf(lane)) };
  });
  const shards = new Set(requests.map(({ lane }) => shardOf(lane)));
  const lanes = [...shards].flatMap((shard) => lanesOf(shard)).map((lane) => ({ lane, nextUs: nextUs.get(lane) ?? 0 }));
  return { grants, lanes };
}
