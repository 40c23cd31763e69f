import type { Reservation, SlotRequest } from '../store.ts';

/** A lane that other nodes used so short a time ago is theirs: its own node is likely to come back. Microseconds. */
const IDLE_US = 500_000;

/** Microseconds after which a lane that the others left alone counts as free of them. */
const LEFT_ALONE_US = 3_000_000;

/** Microseconds that a lane of another node, seen free, counts as free. */
const FRESH_US = 300_000;

/** Weight of one lane in the average of the free ones. */
const WEIGHT = 0.02;

interface LaneRecord {
  /** The next free slot, as the last answer that covered the lane reported it. */
  readonly nextUs: number;
  /** Where the lane's queue ended when this node last took slots of it. */
  readonly leftUs: number;
  /** When this node last saw that other nodes took slots of it. */
  readonly othersUs: number;
  /** The time of the last answer that covered the lane. */
  readonly atUs: number;
}

/** What a node knows of lanes from the answers to its reservations. Each answer covers whole shards. */
export class LaneRecords {
  private readonly records = new Map<number, LaneRecord>();
  /** Average part of the reported lanes that no node used. */
  freePart = 1;
  /** When callers of a lower class last left the reserve to payments. */
  reserveKeptUs = -Infinity;

  /** Learns from the answer to requests that were to begin at `fromUs`. */
  learn(requests: readonly SlotRequest[], { grants, lanes }: Reservation, fromUs: number): void {
    const freeUs = new Map(lanes.map(({ lane, nextUs }) => [lane, nextUs]));
    requests.forEach(({ lane }, index) => freeUs.set(lane, grants[index]?.firstUs ?? fromUs));
    const taken = new Map(
      requests.flatMap(({ lane, count, delayUs = 0 }) => (count > 0 ? [[lane, fromUs + delayUs] as const] : [])),
    );
    for (const { lane, nextUs } of lanes) {
      const { leftUs = 0, othersUs = -Infinity } = this.records.get(lane) ?? {};
      const beforeUs = freeUs.get(lane) ?? 0;
      // A lane that is in use by this node alone does not tell whether others use it.
      if (leftUs <= fromUs)
        this.freePart += WEIGHT * ((beforeUs <= (taken.get(lane) ?? fromUs) ? 1 : 0) - this.freePart);
      // Of a lane that slots were taken of, the answer hides how long it had been free.
      const usedByOthers = beforeUs > leftUs && beforeUs > (taken.get(lane) ?? fromUs - IDLE_US);
      this.records.set(lane, {
        nextUs,
        leftUs: taken.has(lane) ? nextUs : leftUs,
        othersUs: usedByOthers ? fromUs : othersUs,
        atUs: fromUs,
      });
    }
  }

  /** The next free slot as the last answer reported it: a lower bound, as lanes never go back. 0 where none did. */
  nextUs(lane: number): number {
    return this.records.get(lane)?.nextUs ?? 0;
  }

  /** The next free slot if the others keep taking: a queue that they had is likely there still, and half as long later. */
  expectedUs(lane: number, nowUs: number): number {
    const record = this.records.get(lane);
    if (record === undefined || !isShared(record)) return this.nextUs(lane);
    return record.nextUs + (nowUs - record.atUs) / 2;
  }

  /** Whether other nodes took slots of the lane, at the last answer or not long before. Undefined before the first one. */
  isShared(lane: number): boolean | undefined {
    const record = this.records.get(lane);
    return record === undefined ? undefined : isShared(record);
  }

  /** Whether this node may take the lane of another: it took the last slot itself, or saw it free a moment ago. */
  isSpare(lane: number, nowUs: number): boolean {
    const record = this.records.get(lane);
    if (record === undefined || isShared(record)) return false;
    return record.nextUs <= record.leftUs || nowUs - record.atUs < FRESH_US;
  }

  /** Microseconds since the last answer that covered the lane. */
  ageUs(lane: number, nowUs: number): number {
    return nowUs - (this.records.get(lane)?.atUs ?? -Infinity);
  }

  /** Microseconds of reserved slots that lay ahead in the lane at the last answer. */
  backlogUs(lane: number): number {
    const record = this.records.get(lane);
    return record === undefined ? 0 : Math.max(0, record.nextUs - record.atUs);
  }
}

function isShared({ atUs, othersUs }: LaneRecord): boolean {
  return atUs - othersUs < LEFT_ALONE_US;
}
