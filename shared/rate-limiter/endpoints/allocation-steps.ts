import { MS_US } from '../../ports/time-units.ts';
import { capacity, laneCount, type Limits } from '../capacity.ts';
import type { Now } from '../gcra.ts';
import type { View } from '../membership.ts';
import type { AllocationView } from './allocation-view.ts';
import type { Endpoint } from './endpoint.ts';
import { FIRST_RING, type Allocation, type Positions } from './ring.ts';

/**
 * The next call to the store about the allocation: a read, new positions of endpoints, or a new ring. A write succeeds
 * only if the stored state has not changed since it was read.
 */
export type AllocationStep =
  | { readonly kind: 'allocation' }
  | ({ readonly kind: 'position' } & Positions)
  | {
      readonly kind: 'ring';
      readonly before: number;
      readonly after: number;
      readonly changedUs: number | undefined;
    };

/** Milliseconds between a failed call and the next one. */
const PAUSE_MS = 4000;

/** A ring that is too small by less than this part is not changed, unless the change gives it its largest size. */
const MIN_GROWTH = 0.1;

/**
 * The live node with rank 0 changes the ring. After this time any other node may change it, because the node with
 * rank 0 may have no calls.
 */
const HANDOVER_MS = 15_000;

/** Decides when an instance reads or changes the allocation. One call at a time. */
export class AllocationSteps {
  private busy = false;
  private reading = false;
  private nextMs = -Infinity;
  /** Since when the ring does not fit the number of live nodes. Undefined if it fits. */
  private mismatchMs: number | undefined;
  /** True after a write, until the allocation is read again. */
  private stale = false;

  constructor(
    private readonly view: AllocationView,
    private readonly limits: Limits,
  ) {}

  /** Returns the next call to the store, if one is due. `endpoints`: the endpoints with waiting callers. */
  next(
    nowMs: number,
    now: Now | undefined,
    members: View | undefined,
    endpoints: readonly Endpoint[],
  ): AllocationStep | undefined {
    if (this.busy || nowMs < this.nextMs) return undefined;
    const step =
      now === undefined || this.stale || this.view.refreshDue(now.earliestUs)
        ? ({ kind: 'allocation' } as const)
        : (this.newPosition(now, endpoints) ?? this.newRing(nowMs, now, members));
    this.busy = step !== undefined;
    this.reading = step?.kind === 'allocation';
    return step;
  }

  /** True while a read of the allocation is in flight. */
  get isReading(): boolean {
    return this.busy && this.reading;
  }

  /** Records the answer to a read of the allocation. */
  read(allocation: Allocation): void {
    this.busy = false;
    this.stale = false;
    this.view.learn(allocation);
  }

  /** Records that a write ended. Another instance may have written first, so the state is read again. */
  written(): void {
    this.busy = false;
    this.stale = true;
    this.mismatchMs = undefined;
  }

  /** Records that a call failed. The next call follows after a pause. */
  failed(nowMs: number): void {
    this.busy = false;
    this.nextMs = nowMs + PAUSE_MS;
  }

  /** When to step again if nothing happens before. */
  wakeMs(nowMs: number, now: Now | undefined): number | undefined {
    if (this.nextMs > nowMs) return this.nextMs;
    if (now === undefined) return undefined;
    const { switchUs } = this.view;
    return switchUs > now.earliestUs ? nowMs + (switchUs - now.earliestUs) / MS_US + 1 : undefined;
  }

  /** Returns the write that gives positions to the waiting endpoints that have none. Undefined if all have one. */
  private newPosition(now: Now, endpoints: readonly Endpoint[]): AllocationStep | undefined {
    const missing = endpoints.filter(
      (endpoint) => this.view.isSeparate(endpoint, now.earliestUs) && this.view.lacksPosition(endpoint),
    );
    if (missing.length === 0) return undefined;
    const { positions, positionsChangedUs, layout } = this.view.stored;
    const next = Object.keys(positions).length;
    const added = Object.fromEntries(missing.map(({ key }, index) => [key, next + index]));
    return { kind: 'position', positions: { ...positions, ...added }, positionsChangedUs, layout };
  }

  /**
   * Returns the change that makes the ring fit the number of live nodes. Undefined if the ring fits, if the nodes are not
   * counted, while an earlier change does not apply yet, or if another node is to change the ring first.
   */
  private newRing(nowMs: number, now: Now, members: View | undefined): AllocationStep | undefined {
    const { ring } = this.view.stored;
    if (members === undefined || now.earliestUs < this.view.switchUs) return undefined;
    const lanes = (nodes: number): number => Math.max(FIRST_RING, laneCount(capacity(nodes, this.limits).perSecond));
    const wanted = lanes(members.live);
    const tooSmall = wanted > ring.after * (1 + MIN_GROWTH) || (wanted > ring.after && wanted === lanes(Infinity));
    if (!tooSmall && wanted >= ring.after) {
      this.mismatchMs = undefined;
      return undefined;
    }
    this.mismatchMs ??= nowMs;
    if (members.rank > 0 && nowMs < this.mismatchMs + HANDOVER_MS) return undefined;
    return { kind: 'ring', before: ring.after, after: wanted, changedUs: ring.changedUs };
  }
}
