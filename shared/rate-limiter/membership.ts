import { SECOND_US } from '../ports/time-units.ts';

/**
 * The live nodes. Every instance that takes permits has a member document with the store's time of its last renewal. A
 * member is live for `LIFE_US` after its renewal. A reservation or a join renews it, because nothing runs between requests.
 */

/** Microseconds for which a member is live after its renewal. */
export const LIFE_US = 30 * SECOND_US;

/** Microseconds between two renewals. */
const RENEWAL_US = LIFE_US / 3;

/**
 * Maximum microseconds between two counts of an unchanged fleet. If the next count fails, the last one is still recent
 * enough to be used.
 */
const LONGEST_PAUSE_US = 0.4 * LIFE_US;

/** Microseconds from a count that shows a change to the next count. They double while the fleet stays the same. */
const FIRST_COUNT_US = SECOND_US;

/** The result of a count: the number of live members, how many of them rank before this one, and the store's time. */
export interface View {
  readonly live: number;
  readonly rank: number;
  readonly atUs: number;
}

export class Membership {
  private seen: View | undefined;
  private joinedUs: number | undefined;
  private renewedUs: number | undefined;
  private countAgainUs = 0;
  private pauseUs = FIRST_COUNT_US;

  /** The count that may be used for a slot at `nowUs`. Undefined if the last count is too old. */
  view(nowUs: number): View | undefined {
    return this.seen !== undefined && nowUs <= lastUseUs(this.seen) ? this.seen : undefined;
  }

  /** True if `periods` renewal periods have passed since the last renewal. */
  renewalDue(nowUs: number, periods = 1): boolean {
    return this.renewedUs === undefined || nowUs >= this.renewedUs + periods * RENEWAL_US;
  }

  /** Records a renewal. `atUs` is the store's time of the renewal. */
  renewed(atUs: number): void {
    this.joinedUs ??= atUs;
    this.renewedUs = atUs;
  }

  /**
   * Returns whether a count is due. A new member with a single caller serves that caller with the lanes of the floor, for
   * which it needs no count, and counts a second later.
   */
  countDue(nowUs: number, callers: number): boolean {
    const first = this.seen === undefined && callers === 1 && nowUs < (this.joinedUs ?? nowUs) + FIRST_COUNT_US;
    return nowUs >= this.countAgainUs && !first;
  }

  /** Records a count. The pause until the next count doubles if the fleet has not changed. */
  counted(view: View): void {
    const same = this.seen !== undefined && view.live === this.seen.live && view.rank === this.seen.rank;
    this.pauseUs = same ? Math.min(LONGEST_PAUSE_US, 2 * this.pauseUs) : FIRST_COUNT_US;
    this.seen = view;
    this.countAgainUs = view.atUs + this.pauseUs;
  }
}

/**
 * Returns the last time at which a release may rely on a count. Every window of one second around that release ends before
 * the count is older than `LIFE_US`.
 */
export function lastUseUs({ atUs }: View): number {
  return atUs + LIFE_US - SECOND_US;
}
