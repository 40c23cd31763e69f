import { reserveSlots } from '../../rate-limiter/gcra.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Member, TokenStore } from '../../rate-limiter/store.ts';

interface Connection {
  readonly shards: Map<number, { tatUs: number; calmUs: number }>;
  readonly members: Map<string, { readonly place: number; readonly seenUs: number }>;
}

/** Keeps the rate limiter's state of one process in memory, for local development. Its time is the monotonic clock. */
export function memoryTokens(clock: Clock): TokenStore {
  const connections = new Map<string, Connection>();
  const nowUs = (): number => Math.floor(clock.monotonicMs() * 1000);
  const of = (name: string): Connection => {
    const cached = connections.get(name) ?? { shards: new Map(), members: new Map() };
    connections.set(name, cached);
    return cached;
  };
  const shardOf = (name: string, shard: number): { tatUs: number; calmUs: number } => {
    const { shards } = of(name);
    const cached = shards.get(shard) ?? { tatUs: 0, calmUs: 0 };
    shards.set(shard, cached);
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
    reserve({ member, orders, notBeforeUs, renew }) {
      if (renew) see(member);
      const filled = orders.map(({ shard, count, spacingUs }) => {
        const state = shardOf(member.connection, shard);
        const { firstUs, tatUs } = reserveSlots(state.tatUs, notBeforeUs, count * spacingUs);
        state.tatUs = tatUs;
        return { firstUs, calmUs: state.calmUs };
      });
      return Promise.resolve({ filled, atUs: nowUs() });
    },
    slow({ connection, shards, calmUs, notBeforeUs }) {
      for (let shard = 0; shard < shards; shard += 1) {
        const state = shardOf(connection, shard);
        state.calmUs = Math.max(state.calmUs, calmUs);
        state.tatUs = Math.max(state.tatUs, notBeforeUs);
      }
      return Promise.resolve({ atUs: nowUs() });
    },
    set(connection, shards, calmUs) {
      for (let shard = 0; shard < shards; shard += 1) shardOf(connection, shard).calmUs = calmUs;
      return Promise.resolve({ atUs: nowUs() });
    },
    leave({ connection, id }) {
      of(connection).members.delete(id);
      return Promise.resolve();
    },
  };
}
