import type { AllocationStep } from './endpoints/allocation-steps.ts';
import type { FleetView } from './lanes/fleet-view.ts';
import type { SlotRequest } from './store.ts';
import type { Brake } from './throttle.ts';
import type { Settled } from './queue/turn.ts';

/**
 * A write to the store of the limiter: the node joins the fleet, slows the connection or reserves slots. At most one
 * commit and one count of the nodes are in flight.
 */
export type Commit =
  | { readonly kind: 'join' }
  | ({ readonly kind: 'throttle'; readonly shards: number } & Brake)
  | Reserve;

export interface Reserve {
  readonly kind: 'reserve';
  readonly requests: readonly SlotRequest[];
  readonly notBeforeUs: number;
  readonly renew: boolean;
}

/** What one queue reserves in a commit. */
export interface ReservePlan {
  readonly requests: readonly SlotRequest[];
  readonly view: FleetView;
  /**
   * Slots of lanes beyond the floor (the lanes of `minNodes` nodes) may be used until this time. After it, the count of
   * the nodes that permits these lanes is too old.
   */
  readonly lastUseUs: number;
  /** No slot may be used after this time. Infinity if the queue leases no lanes. */
  readonly leaseEndUs: number;
}

export interface CountRequest {
  /** Members that were seen at or after this time count. Microseconds of the store's time. */
  readonly sinceUs: number;
}

/** The result of one step: the settled callers and the next calls to the store. */
export interface Step<C> {
  readonly settled: readonly Settled<C>[];
  readonly commit: Commit | undefined;
  readonly count: CountRequest | undefined;
  readonly allocation: AllocationStep | undefined;
  /** When to step again if nothing happens before, in milliseconds of the monotonic clock. */
  readonly wakeMs: number | undefined;
}
