import { SECOND_US } from '../../ports/time-units.ts';

/**
 * While a connection's capacity is at most the ceiling of an endpoint, its releases are not counted for each endpoint: the
 * lanes below the ceiling are that ceiling. Releases of further lanes need the counts of all. So a node that wants such
 * lanes first marks every shard: slots that are taken from then on are counted. The mark is in force when the slots that
 * were taken before it are over.
 */

/** Microseconds from a reservation within which its slots may be used without a count. */
export const HANDOVER_US = 4.5 * SECOND_US;

/** Microseconds that a mark lasts. It is renewed in its second half. */
const MARK_US = 300 * SECOND_US;

/** Microseconds between the nodes that would set the same mark, in the order of their ranks: the others see the first one's. */
const TURN_US = 100_000;

/** The mark as one node knows it. Microseconds of the store's time. */
export class Counting {
  /** The end of the mark, and when this node first saw it without a gap since. */
  private untilUs = 0;
  private sinceUs = 0;
  private wantedSinceUs: number | undefined;

  /** Learns the mark of a shard from an answer of the store. */
  learn(atUs: number, markedUntilUs: number): void {
    if (markedUntilUs <= Math.max(atUs, this.untilUs)) return;
    if (this.untilUs <= atUs) this.sinceUs = atUs;
    this.untilUs = markedUntilUs;
  }

  /** Whether releases are counted: slots that are taken now are marked. */
  isOn(nowUs: number): boolean {
    return nowUs < this.untilUs;
  }

  /** Whether lanes beyond a ceiling may be used: no slot that was taken before the mark is left. */
  isInForce(nowUs: number): boolean {
    return nowUs >= this.sinceUs + HANDOVER_US + SECOND_US && nowUs < this.endUs;
  }

  /** The end of the releases of lanes beyond a ceiling: a second before slots are uncounted again. */
  get endUs(): number {
    return this.untilUs - SECOND_US;
  }

  /** The end of the mark to set now. Undefined if the node needs none, or lets others set it first. */
  markDue(nowUs: number, rank: number, wanted: boolean): number | undefined {
    if (!wanted || nowUs < this.untilUs - MARK_US / 2) {
      this.wantedSinceUs = undefined;
      return undefined;
    }
    this.wantedSinceUs ??= nowUs;
    return nowUs >= this.wantedSinceUs + rank * TURN_US ? nowUs + MARK_US : undefined;
  }
}
