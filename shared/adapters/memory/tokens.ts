import { lanesOf, shardOf } from '../../rate-limiter/capacity.ts';
import { reserveSlots } from '../../rate-limiter/gcra.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Member, TokenStore } from '../../rate-limiter/store.ts';

interface Connection {
  readonly lanes: Map<number, number>;
  readonly throttledUntilUs: Map<number, number>;
  readonly members: Map<string, { readonly place: number; readonly seenUs: number }>;
}

/** Keeps the rate limiter's state of one process in memory, for local development. Times are of the monotonic clock. */
export function memoryTokens(clock: Clock): TokenStore {
  const connections = new Map<string, Connection>();
  const nowUs = (): number => Math.floor(clock.monotonicMs() * 1000);
  const stateOf = (name: string): Connection => {
    const state = connections.get(name) ?? { lanes: new Map(), throttledUntilUs: new Map(), members: new Map() };
    connections.set(name, state);
    return state;
  };
  const recordMember = ({ connection, id, place }: Member): void =>
    void stateOf(connection).members.set(id, { place, seenUs: nowUs() });
  return {
    join(member) {
      recordMember(member);
      return Promise.resolve({ atUs: nowUs() });
    },
    countMembers({ connection, place }, sinceUs) {
      const seen = [...stateOf(connection).members.values()].filter(({ seenUs }) => seenUs >= sinceUs);
      const rank = seen.filter((other) => other.place < place).length;
      return Promise.resolve({ live: seen.length, rank, atUs: nowUs() });
    },
    reserve({ member, requests, notBeforeUs, renew }) {
      if (renew) recordMember(member);
      const state = stateOf(member.connection);
      const grants = requests.map(({ lane, count, spacingUs, delayUs = 0 }) => {
        const nextUs = state.lanes.get(lane) ?? 0;
        const throttledUntilUs = state.throttledUntilUs.get(shardOf(lane)) ?? 0;
        if (count === 0) return { firstUs: nextUs, throttledUntilUs };
        const { firstUs, tatUs } = reserveSlots(nextUs, notBeforeUs + delayUs, count * spacingUs);
        state.lanes.set(lane, tatUs);
        return { firstUs, throttledUntilUs };
      });
      const shards = new Set(requests.map(({ lane }) => shardOf(lane)));
      const lanes = [...shards]
        .flatMap((shard) => lanesOf(shard))
        .map((lane) => ({ lane, nextUs: state.lanes.get(lane) ?? 0 }));
      return Promise.resolve({ grants, lanes, atUs: nowUs() });
    },
    throttle({ connection, shards, throttledUntilUs, notBeforeUs }) {
      for (let shard = 0; shard < shards; shard += 1) {
        const state = stateOf(connection);
        state.throttledUntilUs.set(shard, Math.max(state.throttledUntilUs.get(shard) ?? 0, throttledUntilUs));
        for (const lane of lanesOf(shard)) state.lanes.set(lane, Math.max(state.lanes.get(lane) ?? 0, notBeforeUs));
      }
      return Promise.resolve({ atUs: nowUs() });
    },
    set(connection, shards, throttledUntilUs) {
      for (let shard = 0; shard < shards; shard += 1) stateOf(connection).throttledUntilUs.set(shard, throttledUntilUs);
      return Promise.resolve({ atUs: nowUs() });
    },
    leave({ connection, id }) {
      stateOf(connection).members.delete(id);
      return Promise.resolve();
    },
  };
}
