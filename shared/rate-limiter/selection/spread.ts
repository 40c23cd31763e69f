import type { Candidate } from './candidates.ts';

/** By how much a lane may be late for its time of the round, as a part of the distance to the next lane. */
const LATE_TOLERANCE = 1;

/**
 * Delays the next slot of each lane to a time of the round that depends on its number, so that successive lanes come one
 * after the other and a caller of a higher class never waits long for the next slot. All queues of a node use the same
 * times, and a lane in steady use stays there. `perNode`: the lanes of a node.
 */
export function spread(lanes: readonly Candidate[], fromUs: number, perNode: number): Candidate[] {
  const places = Math.max(1, Math.ceil(perNode));
  return lanes.map((lane) => {
    const timeUs = ((lane.lane % places) / places) * lane.spacingUs;
    const earlyUs = modulo(timeUs - lane.nextUs, lane.spacingUs);
    if (earlyUs > lane.spacingUs * (1 - LATE_TOLERANCE / places)) return lane;
    const nextUs = Math.ceil(lane.nextUs + earlyUs);
    return { ...lane, nextUs, delayUs: nextUs - fromUs };
  });
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
