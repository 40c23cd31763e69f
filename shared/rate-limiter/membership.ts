import { SECOND_US } from '../ports/time-units.ts';

/**
 * Which nodes live. Every instance that asks for tokens has a member document with the store's time of its last
 * renewal; whoever was seen within one life counts. Renewals ride on reservations: nothing runs between requests.
 */

/** Microseconds that a renewal lasts. */
export const LIFE_US = 30 * SECOND_US;

/** Microseconds between two renewals. */
const RENEWAL_US = LIFE_US / 3;

/** Microseconds between two looks at an unchanging fleet: what a look allows may be used until the next but one. */
const LONGEST_PAUSE_US = 0.4 * LIFE_US;

/** Microseconds to the next look at a fleet that just changed; doubles while it does not. */
const FIRST_LOOK_US = SECOND_US;

/** Members as a look found them: how many, how many of them stand before this one, and when (the store's time). */
export interface View {
  readonly live: number;
  readonly rank: number;
  readonly atUs: number;
}

export class Membership {
  private seen: View | undefined;
  private joinedUs: number | undefined;
  private renewedUs: number | undefined;
  private lookAgainUs = 0;
  private pauseUs = FIRST_LOOK_US;

  /** The view that may be used for a slot at `nowUs`; undefined where the last one is too old. */
  view(nowUs: number): View | undefined {
    return this.seen !== undefined && nowUs <= lastUseUs(this.seen) ? this.seen : undefined;
  }

  /** Whether this many periods of renewal are over. */
  renewalDue(nowUs: number, periods = 1): boolean {
    return this.renewedUs === undefined || nowUs >= this.renewedUs + periods * RENEWAL_US;
  }

  renewed(atUs: number): void {
    this.joinedUs ??= atUs;
    this.renewedUs = atUs;
  }

  /** One that is no member yet, or a new one, whose only caller is served within the floor, which needs no look, looks a second later. */
  lookDue(nowUs: number, callers: number): boolean {
    const first = this.seen === undefined && callers === 1 && nowUs < (this.joinedUs ?? nowUs) + FIRST_LOOK_US;
    return nowUs >= this.lookAgainUs && !first;
  }

  looked(view: View): void {
    const same = this.seen !== undefined && view.live === this.seen.live && view.rank === this.seen.rank;
    this.pauseUs = same ? Math.min(LONGEST_PAUSE_US, 2 * this.pauseUs) : FIRST_LOOK_US;
    this.seen = view;
    this.lookAgainUs = view.atUs + this.pauseUs;
  }
}

/**
 * The last moment at which what a view allows may be released: every window of one second around it then ends within
 * one life of the view.
 */
export function lastUseUs({ atUs }: View): number {
  return atUs + LIFE_US - SECOND_US;
}
