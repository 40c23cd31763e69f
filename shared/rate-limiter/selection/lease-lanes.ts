import type { LaneLeases } from '../lanes/leases.ts';
import type { Candidate, SlotCounts } from './candidates.ts';

/**
 * If calls come at random, a reservation takes slots until this time. A slot that is not used at its time is not lost: the
 * next one may be used before its time. An instance learns with each reservation whether the connection is suspended, so
 * leases are short. Microseconds.
 */
export const LEASE_US = 1_900_000;

/**
 * Takes further slots of the node's own lanes for calls that will likely come soon: they then need no reservation. A
 * reservation costs the same for any number of lanes of a shard. `lanes`: the number of lanes to take.
 */
export function leaseLanes(
  counts: SlotCounts,
  own: readonly Candidate[],
  leases: LaneLeases,
  fromUs: number,
  lanes: number,
): void {
  const chosen = own.filter((lane) => counts.has(lane));
  const shards = new Set(chosen.map(({ shard }) => shard));
  const others = own.filter((lane) => shards.has(lane.shard) && !counts.has(lane));
  const held = others.filter(({ lane }) => leases.openSlots(lane) > 0);
  const free = others.filter((lane) => lane.nextUs <= fromUs && !held.includes(lane));
  for (const lane of [...chosen, ...held, ...free].slice(0, Math.max(lanes, chosen.length))) {
    const endUs = Math.max(fromUs, leases.endUs(lane.lane));
    counts.lease(lane, Math.floor((fromUs + LEASE_US - endUs) / lane.spacingUs) + 1);
  }
}
