import { SECOND_US } from '../../ports/time-units.ts';
import { laneCount, lanesBefore, type Limits } from '../capacity.ts';
import type { Now } from '../gcra.ts';
import { LaneSet } from '../lanes/lane-set.ts';
import type { LaneWindow } from '../lanes/queue-lanes.ts';
import { ceilingOf, type Endpoint } from './endpoint.ts';
import {
  FIRST_RING,
  lanesOfEndpoint,
  LEAD_US,
  NEW_LAYOUT,
  type Allocation,
  type Positions,
  type Ring,
} from './ring.ts';

/** While calls come, the allocation is read again after this many microseconds: a failed read can then be repeated. */
const REFRESH_US = 0.4 * LEAD_US;

/** The allocation as one instance last read it: which lanes the queue of an endpoint may use, and when. */
export class AllocationView {
  private ring: Ring = { before: FIRST_RING, after: FIRST_RING, changedUs: undefined };
  private positions: Allocation['positions'] = {};
  private positionsChangedUs: number | undefined;
  private layout = NEW_LAYOUT;
  private readUs = -Infinity;
  private readonly sets = new Map<string, LaneSet>();
  private readonly lanesOfRing = new Map<string, ReadonlySet<number>>();

  constructor(private readonly limits: Limits) {}

  /** Learns the answer to a read. An answer that is older than the last one is ignored. */
  learn({ ring, positions, positionsChangedUs, layout, atUs }: Allocation): void {
    if (atUs < this.readUs) return;
    this.ring = ring;
    this.positions = positions;
    this.positionsChangedUs = positionsChangedUs;
    this.layout = layout;
    this.readUs = atUs;
    this.sets.clear();
    this.lanesOfRing.clear();
  }

  /** The stored state that a change replaces. */
  get stored(): Pick<Allocation, 'ring'> & Positions {
    return {
      ring: this.ring,
      positions: this.positions,
      positionsChangedUs: this.positionsChangedUs,
      layout: this.layout,
    };
  }

  /** When the last change of the ring applies. */
  get switchUs(): number {
    return this.ring.changedUs === undefined ? -Infinity : this.ring.changedUs + LEAD_US;
  }

  /**
   * The time until which the ring that was read certainly applies. A change that is committed just after the read takes
   * effect `LEAD_US` later, but the lanes that it removes are used until a second before that only.
   */
  get knownUntilUs(): number {
    return this.readUs + LEAD_US - SECOND_US;
  }

  /** True if it is time to read the allocation again. */
  refreshDue(nowUs: number): boolean {
    return nowUs >= this.readUs + REFRESH_US;
  }

  /**
   * Returns the number of lanes of the ring in use, or of the next one from a second before it applies. An endpoint with a
   * lower ceiling has a separate queue.
   */
  ringAt(nowUs: number): number {
    return nowUs < this.switchUs - SECOND_US ? this.ring.before : this.ring.after;
  }

  /** True if a separate queue serves the endpoint, because its ceiling is below the ring. */
  isSeparate(endpoint: Endpoint, nowUs: number): boolean {
    return ceilingOf(endpoint, this.limits) < this.ringAt(nowUs);
  }

  /** True if the endpoint needs a position before it can use the ring. */
  lacksPosition({ key }: Endpoint): boolean {
    return this.positions[key] === undefined;
  }

  /**
   * Returns the lanes of the capacity that an endpoint may use, or that the calls in the shared queue may use. In the
   * second before a change of the ring applies, these are the lanes that both rings give.
   */
  lanes(endpoint: Endpoint | undefined, { earliestUs }: Now, perSecond: number): LaneSet {
    const changing = earliestUs < this.switchUs && earliestUs >= this.switchUs - SECOND_US;
    const phase = changing ? 'both' : earliestUs < this.switchUs ? 'before' : 'after';
    const count = laneCount(perSecond);
    const key = `${phase} ${count} ${endpoint?.key ?? ''}`;
    const cached = this.sets.get(key);
    if (cached !== undefined) return cached;
    const { before, after } = this.ring;
    const later = this.lanesOf(endpoint, after);
    const lanes = phase === 'after' ? [...later] : [...this.lanesOf(endpoint, before)];
    const usable = lanes.filter((lane) => lane < count && (phase !== 'both' || later.has(lane)));
    const rate = Math.min(1, perSecond, endpoint === undefined ? 1 : ceilingOf(endpoint, this.limits));
    const set = new LaneSet(usable, rate);
    this.sets.set(key, set);
    return set;
  }

  /** Returns when the queue of an endpoint may use a lane. Undefined if the lane does not belong to the endpoint. */
  window(endpoint: Endpoint | undefined, lane: number): LaneWindow | undefined {
    const { before, after } = this.ring;
    const early = this.lanesOf(endpoint, before).has(lane);
    const late = this.lanesOf(endpoint, after).has(lane);
    if (!late && !early) return undefined;
    return {
      fromUs: early ? -Infinity : this.switchUs,
      untilUs: late ? Infinity : this.switchUs - SECOND_US,
      knownUntilUs: this.knownUntilUs,
    };
  }

  /** Returns the lanes of an endpoint in a ring. They are cached, because each step compares each slot with them. */
  private lanesOf(endpoint: Endpoint | undefined, ring: number): ReadonlySet<number> {
    const key = `${ring} ${endpoint?.key ?? ''}`;
    const lanes = this.lanesOfRing.get(key) ?? new Set(this.lanesIn(endpoint, ring));
    this.lanesOfRing.set(key, lanes);
    return lanes;
  }

  /**
   * Computes the lanes of an endpoint in a ring of `ring` lanes. Without an endpoint, these are all lanes. An endpoint
   * without a position has lanes only if it may use all of them.
   */
  private lanesIn(endpoint: Endpoint | undefined, ring: number): number[] {
    if (endpoint === undefined) return lanesBefore(ring);
    const ceiling = ceilingOf(endpoint, this.limits);
    const position = this.positions[endpoint.key];
    if (position !== undefined) return lanesOfEndpoint(ring, position, ceiling, this.layout);
    return ceiling >= ring ? lanesBefore(ring) : [];
  }
}
