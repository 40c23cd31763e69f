import type { Clock } from '../../ports/clock.ts';
import { FIRST_RING, NEW_LAYOUT, type Allocation, type AllocationStore } from '../../rate-limiter/endpoints/ring.ts';

type StoredAllocation = Omit<Allocation, 'atUs'>;

const INITIAL_ALLOCATION: StoredAllocation = {
  ring: { before: FIRST_RING, after: FIRST_RING, changedUs: undefined },
  positions: {},
  positionsChangedUs: undefined,
  layout: NEW_LAYOUT,
};

/**
 * Keeps the ring and the endpoints' positions in the memory of this process, for local development. Times are those of
 * the monotonic clock. A write of the ring or of the positions is ignored if another write has changed them since the
 * caller read them (compare-and-set).
 */
export function memoryAllocations(clock: Pick<Clock, 'monotonicMs'>): AllocationStore {
  const states = new Map<string, StoredAllocation>();
  const nowUs = (): number => Math.floor(clock.monotonicMs() * 1000);
  const stateOf = (connection: string): StoredAllocation => states.get(connection) ?? INITIAL_ALLOCATION;
  return {
    read: (connection) => Promise.resolve({ ...stateOf(connection), atUs: nowUs() }),
    changeRing(connection, { before, after, changedUs }) {
      const state = stateOf(connection);
      if (state.ring.changedUs === changedUs)
        states.set(connection, { ...state, ring: { before, after, changedUs: nowUs() } });
      return Promise.resolve();
    },
    replacePositions(connection, { positions, positionsChangedUs, layout }) {
      const state = stateOf(connection);
      if (state.positionsChangedUs === positionsChangedUs)
        states.set(connection, { ...state, positions, layout, positionsChangedUs: nowUs() });
      return Promise.resolve();
    },
  };
}
