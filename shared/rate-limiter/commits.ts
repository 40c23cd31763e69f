import type { AllocationStep } from './endpoints/allocation-steps.ts';
import type { FleetView } from './lanes/fleet-view.ts';
import type { SlotRequest } from './store.ts';
import type { Brake } from './throttle.ts';
import type { Settled } from './queue/turn.ts';

/** The next call to the store. At most one commit and one look are in flight. */
export type Commit = { readonly ask: 'join' } | ({ readonly ask: 'slow'; readonly shards: number } & Brake) | Reserve;

export interface Reserve {
  readonly ask: 'reserve';
  readonly requests: readonly SlotRequest[];
  readonly notBeforeUs: number;
  readonly renew: boolean;
}

/** What one queue reserves in a commit. */
export interface ReservePlan {
  readonly requests: readonly SlotRequest[];
  readonly view: FleetView;
  /** End of the slots of lanes beyond the floor: the count of nodes that allows them is too old then. */
  readonly lastUseUs: number;
}

export interface Look {
  readonly sinceUs: number;
}

/** The result of one step: the settled callers and the next calls to the store. */
export interface Step<C> {
  readonly settled: readonly Settled<C>[];
  readonly commit: Commit | undefined;
  readonly look: Look | undefined;
  readonly allocation: AllocationStep | undefined;
  /** When to step again if nothing happens before, in milliseconds of the monotonic clock. */
  readonly wakeMs: number | undefined;
}
