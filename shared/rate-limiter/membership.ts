import { SECOND_US } from '../ports/time-units.ts';

/**
 * The live nodes. Every instance that takes permits has a member document with the store's time of its last renewal. A
 * member counts for one life after its renewal. A renewal is part of a reservation: nothing runs between requests.
 */

/** Microseconds that a member counts after its renewal. */
export const LIFE_US = 30 * SECOND_US;

/** Microseconds between two renewals. */
const RENEWAL_US = LIFE_US / 3;

/** Microseconds between two counts of an unchanged fleet. A count may be used until the next but one. */
const LONGEST_PAUSE_US = 0.4 * LIFE_US;

/** Microseconds to the next count after a change. Doubles while the fleet stays the same. */
const FIRST_COUNT_US = SECOND_US;

/** The result of a count: the members, how many of them rank before this one, and the store's time. */
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

  /** The count that may be used for a slot at `nowUs`. Undefined if the last one is too old. */
  view(nowUs: number): View | undefined {
    return this.seen !== undefined && nowUs <= lastUseUs(this.seen) ? this.seen : undefined;
  }

  /** True if this many periods of renewal have passed. */
  renewalDue(nowUs: number, periods = 1): boolean {
    return this.renewedUs === undefined || nowUs >= this.renewedUs + periods * RENEWAL_US;
  }

  renewed(atUs: number): void {
    this.joinedUs ??= atUs;
    this.renewedUs = atUs;
  }

  /** A new member with a single caller serves it within the floor, which needs no count, and counts a second later. */
  countDue(nowUs: number, callers: number): boolean {
    const first = this.seen === undefined && callers === 1 && nowUs < (this.joinedUs ?? nowUs) + FIRST_COUNT_US;
    return nowUs >= this.countAgainUs && !first;
  }

  counted(view: View): void {
    const same = this.seen !== undefined && view.live === this.seen.live && view.rank === this.seen.rank;
    this.pauseUs = same ? Math.min(LONGEST_PAUSE_US, 2 * this.pauseUs) : FIRST_COUNT_US;
    this.seen = view;
    this.countAgainUs = view.atUs + this.pauseUs;
  }
}

/**
 * The last moment of a release that a count allows: every window of one second around it ends within one life of the
 * count.
 */
export function lastUseUs({ atUs }: View): number {
  return atUs + LIFE_US - SECOND_US;
}
