import type { LaneSet } from '../lanes/lane-set.ts';

/** The callers that a reservation is for. */
export interface Demand {
  /** Number of callers who need a slot. */
  readonly wanted: number;
  /** For each queue that a payment will likely join soon: the lanes of the queue. */
  readonly paymentLanes: readonly LaneSet[];
  /** Slots after this time are of no use to the callers. */
  readonly latestUs: number;
  /** Number of further callers to expect (`Arrivals.expected`). Undefined if few callers wait and they come at random. */
  readonly expectedCallers: number | undefined;
  /** Number of waiting callers of the lower classes. */
  readonly patient: number;
  /** True if few callers wait, and the queue looks for lanes of other nodes. */
  readonly lone: boolean;
  /** True if a lower class of another endpoint had no slot for some seconds. */
  readonly othersStarve: boolean;
  /** Number of lanes to lease (`lanesToLease`). Lanes that the queue already has slots of are included. */
  readonly lease: number;
  /** True if the queue leases no lanes, and the node's lanes are idle most of the time. */
  readonly rare: boolean;
}
