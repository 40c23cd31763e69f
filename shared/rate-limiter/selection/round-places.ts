import { assignedLanes } from '../lanes/assigned.ts';
import { isPart, type FleetView } from '../lanes/fleet-view.ts';
import type { LaneSet } from '../lanes/lane-set.ts';
import { isReserved } from '../lanes/reserve.ts';

/**
 * Returns the places of a node's lanes in the round, in [0, 1). The lanes that payments may use are at nearly equal
 * distances, so a payment never waits long for the next of them. Lanes of the reserve do not count: reads leave them idle.
 * `paymentLanes`: the lanes of each queue that likely has a payment soon.
 */
export function roundPlaces(
  paymentLanes: readonly LaneSet[],
  fromUs: number,
  view: FleetView,
): (lane: number) => number {
  const perNode = Math.max(1, Math.ceil(view.all.size / Math.max(1, view.live)));
  const { lanes, exclusive } = assignedLanes({ ...view, lanes: view.all, nowUs: fromUs });
  if (!exclusive) return (lane) => (lane % perNode) / perNode;
  const isForPayments = (lane: number): boolean =>
    paymentLanes.some((set) => set.has(lane)) && !(isPart(view) && isReserved(lane));
  const count = Math.max(perNode, lanes.length);
  const places = evenPlaces(lanes, count, isForPayments);
  return (lane) => (places.get(lane) ?? lane % count) / count;
}

/** Gives each lane one of `count` places: first the preferred lanes, at nearly equal distances. */
function evenPlaces(
  lanes: readonly number[],
  count: number,
  isPreferred: (lane: number) => boolean,
): ReadonlyMap<number, number> {
  // Sorted by the remainder, a lane keeps its place when the lanes are divided differently among the nodes.
  const ordered = [...lanes].sort((a, b) => (a % count) - (b % count));
  const preferred = ordered.filter(isPreferred);
  const places = new Map(preferred.map((lane, index) => [lane, Math.floor((index * count) / preferred.length)]));
  const used = new Set(places.values());
  const free = Array.from({ length: count }, (_, place) => place).filter((place) => !used.has(place));
  const others = ordered.filter((lane) => !places.has(lane));
  for (const [index, lane] of others.entries()) places.set(lane, free[index] ?? 0);
  return places;
}
