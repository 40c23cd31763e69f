/** What the limiter asks of Firestore for calls that come at random, counted in the simulated fleet. */
import { OPEN_LIMITS } from '../support/limits.ts';
import { FAIR, Fleet } from '../simulation/fleet.ts';
import type { LimiterCount } from '../../shared/cli/cost/designs.ts';

const WARM_UP_MS = 60_000;

export interface Counted {
  readonly writes: number;
  readonly reads: number;
  readonly waitS: number;
  /** Calls that got no turn within `max_wait_ms`. */
  readonly rejected: number;
}

/** Per call, over `measuredMs` of virtual time after a warm-up. A look is two counts, each billed as one read. */
export function countLimiter({ perSecond, instances, minNodes }: LimiterCount, measuredMs: number): Counted {
  const fleet = new Fleet({ ...OPEN_LIMITS, minNodes }, FAIR, 7);
  const all = Array.from({ length: instances }, () => fleet.instance());
  let granted = 0;
  let rejected = 0;
  let waitMs = 0;
  const arrive = (): void => {
    fleet.events.after(fleet.chance.gap(perSecond / 1000), () => {
      const arrivedMs = fleet.events.now;
      all[Math.floor(fleet.chance.fraction() * instances)]?.take(5000, (turn, atMs) => {
        if (turn === 'unanswered' || !turn.granted) rejected += 1;
        else {
          granted += 1;
          waitMs += atMs - arrivedMs;
        }
      });
      arrive();
    });
  };
  arrive();
  fleet.events.runUntil(WARM_UP_MS);
  const writes = (): number =>
    fleet.renewals + [...fleet.commitsOfShard.values()].reduce((sum, count) => sum + count, 0);
  const before = { granted, rejected, waitMs, writes: writes(), looks: fleet.lookups };
  fleet.events.runUntil(WARM_UP_MS + measuredMs);
  const calls = granted - before.granted;
  return {
    writes: (writes() - before.writes) / calls,
    reads: (2 * (fleet.lookups - before.looks)) / calls,
    waitS: (waitMs - before.waitMs) / calls / 1000,
    rejected: rejected - before.rejected,
  };
}
