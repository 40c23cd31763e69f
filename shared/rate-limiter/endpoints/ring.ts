import { SECOND_US } from '../../ports/time-units.ts';
import { lanesBefore } from '../capacity.ts';
import { GOLDEN } from '../lanes/golden-ratio.ts';
import type { StoreAnswer } from '../store.ts';

/**
 * Lanes of the endpoints. An endpoint with a ceiling of c a second may use c lanes at most, and each lane starts one
 * transaction a second at most. So an endpoint never exceeds its ceiling, and a call needs no second slot for the limit
 * of its endpoint. The lanes of an endpoint depend on its position and on the ring, which is the number of lanes in
 * use. The lanes of several endpoints cover the ring, so that together the endpoints use the whole capacity.
 *
 * All nodes must use the same ring at the same time, therefore the store holds it. A change applies `LEAD_US` after the
 * store's time of its commit: by then each node has read the change, or has stopped using the ring that it read before.
 */
export interface Ring {
  /** Number of lanes of the ring: `before` applies until `changedUs + LEAD_US`, `after` from then on. */
  readonly before: number;
  readonly after: number;
  /** Commit time of the change; undefined while no change was stored. */
  readonly changedUs: number | undefined;
}

/**
 * The version of the rule that derives lanes from positions. It is stored with the positions. It never changes for a
 * connection, because all revisions that share a database must agree. If a revision that knows only layout 1
 * wrote the first positions, the connection keeps layout 1.
 */
export type Layout = 1 | 2;

/** The layout of a connection that has no positions yet. */
export const NEW_LAYOUT: Layout = 2;

/** The fields that a write of the positions replaces. */
export type Positions = Pick<Allocation, 'positions' | 'positionsChangedUs' | 'layout'>;

/** The stored state: the ring, and the positions of the endpoints. A position never changes. */
export interface Allocation extends StoreAnswer {
  readonly ring: Ring;
  readonly positions: Readonly<Record<string, number>>;
  readonly layout: Layout;
  /** Commit time of the last new position; undefined before the first one. */
  readonly positionsChangedUs: number | undefined;
}

/** Microseconds from a change of the ring to its effect. */
export const LEAD_US = 30 * SECOND_US;

/**
 * The ring of a connection that has not stored one. It is not above the lowest of Stripe's default ceilings, so with
 * these ceilings no endpoint needs separate lanes. It is a constant, because revisions with different settings must use
 * the same ring.
 */
export const FIRST_RING = 20;

/**
 * The fractional part of the square root of 2. Its multiples, modulo 1, are spread evenly like those of `GOLDEN`, and
 * independently of them.
 */
const SQUARE_ROOT = 0.414_213_562_373_095;

/**
 * Returns the lanes of an endpoint. The ring is divided into pieces of `ring / ceiling` lanes, and the endpoint has one
 * lane of each piece. So each node has some of the endpoint's lanes. Endpoints with successive positions have different
 * lanes of most pieces, so that `ring / ceiling` of them together have nearly all lanes. The lanes of an endpoint are at
 * nearly equal distances, except in layout 1. An endpoint whose ceiling is not below the ring has all lanes.
 */
export function lanesOfEndpoint(ring: number, position: number, ceiling: number, layout = NEW_LAYOUT): number[] {
  const count = Math.max(1, Math.floor(ceiling));
  if (count >= ring) return lanesBefore(ring);
  const width = ring / count;
  const lanes = new Set<number>();
  for (let index = 0; index < count; index += 1) {
    const shift = layout === 1 ? index * SQUARE_ROOT : 1 - index / count;
    const offset = (position * GOLDEN + shift) % 1;
    const lane = Math.floor((index + offset) * width);
    // A piece that is not a whole number of lanes may end in the first lane of the next one.
    lanes.add(lanes.has(lane) ? Math.min(lane + 1, ring - 1) : lane);
  }
  return [...lanes];
}

/** The shared state of the endpoints' lanes. Each call is one atomic step. */
export interface AllocationStore {
  /** Reads the allocation. `atUs` of the answer is the time of the read. */
  read(connection: string): Promise<Allocation>;
  /** Changes the ring if its last change was at `changedUs`. Otherwise nothing happens. */
  changeRing(connection: string, ring: Ring): Promise<void>;
  /** Replaces the positions if their last change was at `positions.positionsChangedUs`. Otherwise nothing happens. */
  replacePositions(connection: string, positions: Positions): Promise<void>;
}
