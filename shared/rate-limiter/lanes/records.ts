import type { Reservation, SlotRequest } from '../store.ts';

/** If another node took a slot of a lane within this time, it likely takes further slots. Microseconds. */
const IDLE_US = 500_000;

/** A lane counts as shared with other nodes until none of them took a slot of it for this time. Microseconds. */
const LEFT_ALONE_US = 3_000_000;

/** Microseconds for which a lane that no other node uses counts as free after an answer reported it. */
const FRESH_US = 300_000;

/** Weight of one reported lane in the moving average `freePart`. */
const WEIGHT = 0.02;

interface LaneRecord {
  /** The next free slot, as the last answer that covered the lane reported it. */
  readonly nextUs: number;
  /** The lane's next free slot right after this node last took slots of the lane. */
  readonly leftUs: number;
  /** When an answer last showed that other nodes took slots of the lane. */
  readonly othersUs: number;
  /** Since when only this node took slots of the lane. Infinity if it took none since another node did. */
  readonly aloneUs: number;
  /** The earliest time of a slot (`notBeforeUs`) in the last reservation whose answer covered the lane. */
  readonly atUs: number;
}

/** What a node knows of lanes from the answers to its reservations. Each answer reports all lanes of some shards. */
export class LaneRecords {
  private readonly records = new Map<number, LaneRecord>();
  /** Moving average of the part of the reported lanes that no node used. */
  freePart = 1;
  /** When callers of a lower class last left the reserved lanes free for payments. */
  reserveKeptAtUs = -Infinity;

  /** Learns from the answer to requests that were to begin at `fromUs`. */
  learn(requests: readonly SlotRequest[], { grants, lanes }: Reservation, fromUs: number): void {
    const freeUs = new Map(lanes.map(({ lane, nextUs }) => [lane, nextUs]));
    requests.forEach(({ lane }, index) => freeUs.set(lane, grants[index]?.firstUs ?? fromUs));
    const taken = new Map(
      requests.flatMap(({ lane, count, delayUs = 0 }) => (count > 0 ? [[lane, fromUs + delayUs] as const] : [])),
    );
    for (const { lane, nextUs } of lanes) {
      const { leftUs = 0, othersUs = -Infinity, aloneUs = Infinity } = this.records.get(lane) ?? {};
      const beforeUs = freeUs.get(lane) ?? 0;
      // A lane in which this node has slots after `fromUs` does not show whether other nodes are busy.
      if (leftUs <= fromUs)
        this.freePart += WEIGHT * ((beforeUs <= (taken.get(lane) ?? fromUs) ? 1 : 0) - this.freePart);
      // Other nodes used the lane if its next slot is later than this node left it, and the lane was not free for
      // `IDLE_US`. If this node took slots now, the answer shows the time of these slots, and not since when the lane was
      // free. Other nodes then used it if these slots are later than requested.
      const usedByOthers = beforeUs > leftUs && beforeUs > (taken.get(lane) ?? fromUs - IDLE_US);
      this.records.set(lane, {
        nextUs,
        leftUs: taken.has(lane) ? nextUs : leftUs,
        othersUs: usedByOthers ? fromUs : othersUs,
        aloneUs: usedByOthers ? Infinity : Math.min(aloneUs, taken.has(lane) ? fromUs : Infinity),
        atUs: fromUs,
      });
    }
  }

  /**
   * Returns the next free slot as the last answer reported it, or 0 if no answer reported the lane. It is a lower bound,
   * because the next free slot of a lane never becomes earlier.
   */
  nextUs(lane: number): number {
    return this.records.get(lane)?.nextUs ?? 0;
  }

  /** Returns the expected next free slot. On a shared lane, other nodes are assumed to take half of the slots. */
  expectedUs(lane: number, nowUs: number): number {
    const record = this.records.get(lane);
    if (record === undefined || !isShared(record)) return this.nextUs(lane);
    return record.nextUs + (nowUs - record.atUs) / 2;
  }

  /** True if other nodes took slots less than `LEFT_ALONE_US` before the last answer. Undefined before the first answer. */
  isShared(lane: number): boolean | undefined {
    const record = this.records.get(lane);
    return record === undefined ? undefined : isShared(record);
  }

  /**
   * True if this node may use a lane of another node: no other node took slots of it for `LEFT_ALONE_US`, and this node
   * took its last slot or an answer reported it less than `FRESH_US` ago.
   */
  isSpare(lane: number, nowUs: number): boolean {
    const record = this.records.get(lane);
    if (record === undefined || isShared(record)) return false;
    return record.nextUs <= record.leftUs || nowUs - record.atUs < FRESH_US;
  }

  /** True if for more than `LEFT_ALONE_US` only this node took slots of the lane. */
  isHeld(lane: number, nowUs: number): boolean {
    return nowUs - (this.records.get(lane)?.aloneUs ?? Infinity) > LEFT_ALONE_US;
  }

  /** Microseconds since the last answer that covered the lane. */
  ageUs(lane: number, nowUs: number): number {
    return nowUs - (this.records.get(lane)?.atUs ?? -Infinity);
  }

  /** Returns how far ahead the lane was reserved at the last answer, in microseconds. */
  backlogUs(lane: number): number {
    const record = this.records.get(lane);
    return record === undefined ? 0 : Math.max(0, record.nextUs - record.atUs);
  }
}

function isShared({ atUs, othersUs }: LaneRecord): boolean {
  return atUs - othersUs < LEFT_ALONE_US;
}
