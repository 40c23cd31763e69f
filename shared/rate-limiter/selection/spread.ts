import type { Candidate } from './candidates.ts';

/** A slot that is late for its time in the round by at most this part of a round is not moved. */
const LATE_TOLERANCE = 0.05;

/**
 * Delays the next slot of each lane to the lane's time in the round, so that the slots of a node come one after the
 * other and a caller of a higher class never waits long for the next slot. All queues of a node use the same times, and
 * a lane in steady use stays at its time. `phaseOf`: the time of a lane in the round, in [0, 1).
 */
export function spread(
  lanes: readonly Candidate[],
  fromUs: number,
  phaseOf: (lane: number) => number,
): readonly Candidate[] {
  return lanes.map((lane) => {
    const timeUs = phaseOf(lane.lane) * lane.spacingUs;
    const earlyUs = modulo(timeUs - lane.nextUs, lane.spacingUs);
    if (earlyUs > lane.spacingUs * (1 - LATE_TOLERANCE)) return lane;
    const nextUs = Math.ceil(lane.nextUs + earlyUs);
    return { ...lane, nextUs, delayUs: nextUs - fromUs };
  });
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
