import { capacity, laneCount, type Limits } from '../capacity.ts';
import { allLanes, LaneSet } from '../lanes/lane-set.ts';
import type { LaneWindow, QueueLanes } from '../lanes/queue-lanes.ts';
import { AllocationView } from './allocation-view.ts';
import { ceilingOf, lowestCeiling, type Endpoint } from './endpoint.ts';

/** How the endpoints of a connection share its lanes. */
export interface EndpointLanes {
  /** The stored allocation. Undefined if no ceiling requires one. */
  readonly allocation: AllocationView | undefined;
  /**
   * True if the endpoint has a separate queue and lanes now. `nowUs` is undefined before the first response of the store.
   */
  isSeparate(endpoint: Endpoint, nowUs: number | undefined): boolean;
  /** The lanes of an endpoint's queue, or of the queue of all other calls. */
  of(endpoint: Endpoint | undefined): QueueLanes;
}

const ALWAYS: LaneWindow = { fromUs: -Infinity, untilUs: Infinity, knownUntilUs: Infinity };

/**
 * Returns how the endpoints share the lanes. There are three cases:
 *
 * - The capacity never exceeds a ceiling. All calls share its lanes.
 * - The capacity exceeds only the ceilings of searches and files. The endpoints of searches and files may use only the
 *   first lanes, as many as their ceiling allows.
 * - Otherwise the store holds which lanes each endpoint may use (`ring.ts`).
 */
export function endpointLanes(limits: Limits): EndpointLanes {
  const floorLanes = laneCount(capacity(0, limits).perSecond);
  const { perSecond: maxPerSecond } = capacity(limits.maxNodes, limits);
  if (maxPerSecond <= limits.endpointCeiling) {
    const separates = lowestCeiling(limits) < maxPerSecond;
    return {
      allocation: undefined,
      isSeparate: (endpoint) => separates && ceilingOf(endpoint, limits) < maxPerSecond,
      of: (endpoint) => firstLanes(endpoint === undefined ? Infinity : ceilingOf(endpoint, limits), floorLanes),
    };
  }
  const view = new AllocationView(limits);
  return {
    allocation: view,
    isSeparate: (endpoint, nowUs) => view.isSeparate(endpoint, nowUs ?? -Infinity),
    of: (endpoint) => ({
      floorLanes,
      lanes: (now, perSecond) => view.lanes(endpoint, now, perSecond),
      window: (lane) => view.window(endpoint, lane),
    }),
  };
}

/** Returns the first lanes of the capacity, as many as a ceiling allows. They need no stored allocation. */
function firstLanes(ceiling: number, floorLanes: number): QueueLanes {
  let cached: { readonly perSecond: number; readonly set: LaneSet } | undefined;
  return {
    floorLanes,
    lanes: (_, perSecond) => {
      if (cached?.perSecond !== perSecond) cached = { perSecond, set: firstOf(perSecond, ceiling) };
      return cached.set;
    },
    window: () => ALWAYS,
  };
}

/** Returns the first lanes of a capacity, as many as a ceiling allows, as a set. */
function firstOf(perSecond: number, ceiling: number): LaneSet {
  const { lanes, rate } = allLanes(perSecond);
  return new LaneSet(lanes.slice(0, Math.max(1, Math.floor(ceiling))), Math.min(rate, ceiling));
}
