import { assignedLanes } from '../lanes/assigned.ts';
import { isPart, type FleetView } from '../lanes/fleet-view.ts';
import type { LaneSet } from '../lanes/lane-set.ts';
import { isReserved } from '../lanes/reserve.ts';

/**
 * Returns a function from a lane of the node to the time of its slot in the round, in [0, 1). The slots of lanes that
 * payments may use are at nearly equal distances, so a payment never waits long for the next one. Reserved lanes do not
 * count as such lanes, because reads leave them idle. `paymentLanes`: the lanes of each queue that a payment will
 * likely join soon.
 */
export function roundPhases(
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
  const positions = evenPositions(lanes, count, isForPayments);
  return (lane) => (positions.get(lane) ?? lane % count) / count;
}

/** Gives each lane one of `count` places in the round: first the preferred lanes, at nearly equal distances. */
function evenPositions(
  lanes: readonly number[],
  count: number,
  isPreferred: (lane: number) => boolean,
): ReadonlyMap<number, number> {
  // The order by remainder depends little on how the lanes are divided among the nodes, so a lane mostly keeps its
  // place when the division changes.
  const ordered = [...lanes].sort((a, b) => (a % count) - (b % count));
  const preferred = ordered.filter(isPreferred);
  const positions = new Map(preferred.map((lane, index) => [lane, Math.floor((index * count) / preferred.length)]));
  const used = new Set(positions.values());
  const free = Array.from({ length: count }, (_, place) => place).filter((place) => !used.has(place));
  const others = ordered.filter((lane) => !positions.has(lane));
  for (const [index, lane] of others.entries()) positions.set(lane, free[index] ?? 0);
  return positions;
}
