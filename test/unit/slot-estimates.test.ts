/** When further slots are expected, if the lanes do not divide evenly among the nodes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assignedLanes, ROTATION_US } from '../../shared/rate-limiter/lanes/assigned.ts';
import { spacingUs, type FleetView } from '../../shared/rate-limiter/lanes/fleet-view.ts';
import { allLanes } from '../../shared/rate-limiter/lanes/lane-set.ts';
import { LaneRecords } from '../../shared/rate-limiter/lanes/records.ts';
import { LaneSelector } from '../../shared/rate-limiter/selection/selector.ts';

const PER_SECOND = 24;
const STEP_US = ROTATION_US / 50;
/** The parts of a node repeat nearly after eight rotations, so the estimate is exact for the time before. */
const SECONDS = [5, 10, 20, 30];

/** Adds up the node's lanes step by step, until they have had `place` slots. */
function steppedUs(view: FleetView, fromUs: number, place: number): number {
  let left = place;
  let nowUs = fromUs;
  while (left > 0) {
    left -= (assignedLanes({ ...view, nowUs }).lanes.length * STEP_US) / spacingUs(view);
    nowUs += STEP_US;
  }
  return nowUs;
}

for (const live of [5, 7, 9, 16])
  test(`24 lanes and ${live} nodes: the expected slots follow each node's part of the lanes`, () => {
    const all = allLanes(PER_SECOND);
    for (let rank = 0; rank < live; rank += 1)
      for (let first = 100; first < 108; first += 1) {
        const view: FleetView = { rank, live, all, lanes: all, blurUs: 0, stretch: 1 };
        const fromUs = first * ROTATION_US + 700_000;
        const expectedUs = new LaneSelector(new LaneRecords()).estimates.expectedUs(fromUs, view);
        for (const seconds of SECONDS) {
          const place = Math.ceil((seconds * PER_SECOND) / live);
          const differenceUs = expectedUs(place) - steppedUs(view, fromUs, place);
          // A lane gives whole slots: one slot of each lane may be earlier or later than its part of a second.
          assert.ok(Math.abs(differenceUs) <= 2 * spacingUs(view), `rank ${rank}, place ${place}: ${differenceUs} us`);
        }
      }
  });
