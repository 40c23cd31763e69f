import { DRIFT } from '../server-clock.ts';
import { LATENESS_US, type Now } from '../gcra.ts';
import { MS_US } from '../../ports/time-units.ts';
import { periodUs } from './endpoint.ts';

/** The time of one lane that belongs to this node alone. Microseconds of the store's time. */
interface Block {
  readonly lane: number;
  readonly fromUs: number;
  readonly endUs: number;
}

/** A block with less time left than this for a release is used before others. Microseconds. */
const CLOSING_US = 150_000;

/** One release that the blocks allow: the earliest and the latest moment. */
export interface Opening {
  readonly fromUs: number;
  readonly untilUs: number;
}

/**
 * The lane time that a node holds of one endpoint. Within a block the node releases at any moment, a period after the last
 * release of the lane, and the last one a period before the end. So any two releases of a lane are a period apart, whether
 * of one node or of two.
 */
export class EndpointRights {
  private blocks: Block[] = [];
  /** When each lane may release again, in milliseconds of the monotonic clock. */
  private readonly readyMs = new Map<number, number>();

  constructor(private readonly perSecond: number) {}

  /** Adds a block. One that begins where another ends extends it. */
  add(lane: number, fromUs: number, lengthUs: number): void {
    const before = this.blocks.find((block) => block.lane === lane && block.endUs === fromUs);
    const kept = this.blocks.filter((block) => block !== before);
    this.blocks = [...kept, { lane, fromUs: before?.fromUs ?? fromUs, endUs: fromUs + lengthUs }].sort(
      (a, b) => a.fromUs - b.fromUs,
    );
  }

  /** Forgets the blocks that are over. Returns whether any is left. */
  prune({ leastUs }: Now): boolean {
    if (this.blocks.some((block) => this.latestUs(block) <= leastUs))
      this.blocks = this.blocks.filter((block) => this.latestUs(block) > leastUs);
    return this.blocks.length > 0;
  }

  drop(): void {
    this.blocks = [];
  }

  /** Whether a lane may release now, for a slot that lasts until `untilUs`. `closing`: its block is soon over. */
  check(nowMs: number, now: Now, untilUs: number): 'open' | 'closing' | undefined {
    const block = this.due(nowMs, now, untilUs);
    if (block === undefined) return undefined;
    return this.latestUs(block) < now.leastUs + CLOSING_US ? 'closing' : 'open';
  }

  /** Uses the release. Returns its end; the time that has come if there is none. */
  use(nowMs: number, now: Now, untilUs: number): number {
    const block = this.due(nowMs, now, untilUs);
    if (block === undefined) return now.leastUs;
    const endUs = Math.min(untilUs, this.latestUs(block));
    const periodMs = (periodUs(block.lane, this.perSecond) * (1 + DRIFT)) / MS_US;
    this.readyMs.set(block.lane, nowMs + (endUs - now.mostUs) / MS_US + periodMs);
    return endUs;
  }

  private due(nowMs: number, now: Now, untilUs: number): Block | undefined {
    return this.blocks
      .filter(
        (one) =>
          one.fromUs <= now.leastUs &&
          nowMs >= (this.readyMs.get(one.lane) ?? -Infinity) &&
          Math.min(untilUs, this.latestUs(one)) > now.mostUs,
      )
      .reduce<Block | undefined>(
        (best, one) => (best === undefined || this.latestUs(one) < this.latestUs(best) ? one : best),
        undefined,
      );
  }

  /** The releases that the blocks still allow, by their earliest moments. */
  openings(nowMs: number, { leastUs }: Now): Opening[] {
    return this.blocks
      .flatMap((block) => {
        const period = periodUs(block.lane, this.perSecond);
        const readyUs = leastUs + ((this.readyMs.get(block.lane) ?? -Infinity) - nowMs) * MS_US;
        const fromUs = Math.ceil(Math.max(block.fromUs, readyUs, leastUs));
        const count = Math.floor((block.endUs - fromUs + LATENESS_US / 2) / (period + LATENESS_US));
        const several = Array.from({ length: count }, (_, index) => ({
          fromUs: fromUs + index * (period + LATENESS_US),
          untilUs: block.endUs - (count - index) * period,
        }));
        // The last release of a block needs no more than the period after it.
        return count > 0 || fromUs >= this.latestUs(block) ? several : [{ fromUs, untilUs: this.latestUs(block) }];
      })
      .sort((a, b) => a.fromUs - b.fromUs);
  }

  private latestUs({ lane, endUs }: Block): number {
    return endUs - periodUs(lane, this.perSecond);
  }
}
