/**
 * Shares the reads of an object between all instances of a connection. A record in the operation store describes the
 * read that is planned or in progress, and keeps the last shared result. Times are microseconds of the store's clock.
 */
import { dataRecord } from '../idempotency/cursor.ts';
import type { OperationRecord, Transition } from '../idempotency/store.ts';
import { MS_US, SECOND_US } from '../ports/time-units.ts';

/** How long a finished read can be used for earlier events: as long as Stripe may take to deliver a burst. */
export const REUSE_MS = 120_000;
/**
 * Assumed maximum difference between the clocks of Stripe and of the store. A read counts as later than an event if it
 * began at least this long after the event.
 */
export const EVENT_TIME_MARGIN_US = SECOND_US;
/** Pause before the second read of a burst. */
const SECOND_READ_PAUSE_US = SECOND_US;
/** Pause before each later read of a burst. */
const LATER_READ_PAUSE_US = 2 * SECOND_US;
/**
 * The third read of a burst stores its result even if no other instance waits for it yet, because more events will follow,
 * perhaps at other instances.
 */
const STORED_READ_NUMBER = 3;
/**
 * A burst ends when the object was not read for this time. The time is long, because a large burst takes long if only a
 * few instances handle it: their events wait for the paused reads.
 */
const QUIET_US = 60 * SECOND_US;
/** How long other instances wait for a read after its planned start. The rate limiter may delay the read for seconds. */
const READ_LEASE_US = 6 * SECOND_US;
/** How long an entry of `wantedUs` is kept. No read of an object takes longer. */
const KEPT_WANTED_US = 60 * SECOND_US;
/** The record expires this long after its last write. */
const KEPT_US = 180 * SECOND_US;
/**
 * Limit of a shared result in UTF-16 units, below the 1 MiB of a document.
 * https://firebase.google.com/docs/firestore/quotas
 */
const MAX_RESULT_LENGTH = 250_000;

/** The content of the record. */
interface ObjectReads {
  /** When the latest read began, or will begin. */
  readonly startUs: number;
  /** Number of reads of this burst, the latest included. */
  readonly reads: number;
  /**
   * The start of each recent read whose result must be stored, because another instance waits for it or because it is
   * the third read of a burst.
   */
  readonly wantedUs: readonly number[];
  /** The last result that was stored. */
  readonly last?: { readonly startUs: number; readonly value: unknown } | undefined;
  /** The time until which a call waits for events of the object. */
  readonly awaitedUntilUs?: number | undefined;
}

/** The name of the record of an object's reads. */
export function objectReadKey(account: string | undefined, kind: string, id: string): string {
  return `stripe-events read ${JSON.stringify([account ?? null, kind, id])}`;
}

/** How an instance gets the current object for an event. */
export type ReadPlan =
  /** The instance uses the result of a finished read. */
  | { readonly kind: 'reuse'; readonly startUs: number; readonly value: unknown }
  /** The instance reads the object at once, and only for itself. */
  | { readonly kind: 'alone' }
  /** Another instance reads the object at `startUs`. The instance waits for the result. */
  | { readonly kind: 'wait'; readonly startUs: number; readonly nowUs: number }
  /** The instance reads the object at `startUs`. `isShared` is true if other instances may wait for the result. */
  | {
      readonly kind: 'lead';
      readonly startUs: number;
      readonly nowUs: number;
      readonly fence: number;
      readonly isShared: boolean;
    };

/**
 * Plans the read for an event that happened at `happenedUs` and has arrived. The first read of a burst begins at once
 * and is not shared, because an event that arrives after the read has begun cannot use it. Each further read begins
 * after a pause. All events that arrive before it begins, at any instance, use its result. While a call waits for
 * events of the object, no read pauses.
 *
 * A read costs one write to the store. The first instance that waits for the read of another instance costs one more
 * write, so that the result is stored. Events that arrive one by one, or all at one instance, cost at most one write
 * each.
 */
export function planRead(happenedUs: number): Transition<ReadPlan> {
  return (record, nowUs) => {
    const known = readsIn(record, nowUs);
    const covers = (startUs: number): boolean => startUs >= happenedUs + EVENT_TIME_MARGIN_US;
    const last = known?.last !== undefined && nowUs - known.last.startUs <= REUSE_MS * MS_US ? known.last : undefined;
    if (last !== undefined && covers(last.startUs)) return { result: { kind: 'reuse', ...last } };
    if (isAwaitedAt(known, nowUs)) return { result: { kind: 'alone' } };
    if (record !== undefined && known !== undefined && isForOtherInstances(known) && record.leaseEndsUs > nowUs) {
      const waits = { kind: 'wait', startUs: known.startUs, nowUs } as const;
      const isWanted = known.wantedUs.includes(known.startUs);
      if (isWanted && (nowUs < known.startUs || covers(known.startUs))) return { result: waits };
      // This instance is the first that waits for the read. It can only wait for a read that has not begun. A read that
      // has begun may end before its instance learns that another instance waits. The result would then not be stored.
      if (nowUs < known.startUs) {
        const wanted = { ...known, wantedUs: [...recentlyWanted(known, nowUs), known.startUs] };
        return { result: waits, record: recordOf(wanted, nowUs, record.fence, record.leaseEndsUs) };
      }
    }
    const reads = known !== undefined && nowUs - known.startUs < QUIET_US ? known.reads + 1 : 1;
    const startUs = Math.max(nowUs, (known?.startUs ?? 0) + pauseBefore(reads));
    const fence = (record?.fence ?? 0) + 1;
    const wantedUs = recentlyWanted(known, nowUs);
    const planned: ObjectReads = {
      startUs,
      reads,
      wantedUs: reads === STORED_READ_NUMBER ? [...wantedUs, startUs] : wantedUs,
      last,
      awaitedUntilUs: known?.awaitedUntilUs,
    };
    return {
      result: { kind: 'lead', startUs, nowUs, fence, isShared: isForOtherInstances(planned) },
      record: recordOf(planned, nowUs, fence, startUs + READ_LEASE_US),
    };
  };
}

/** Returns the pause before a read, by its number in the burst. */
function pauseBefore(readNumber: number): number {
  if (readNumber === 1) return 0;
  return readNumber === 2 ? SECOND_READ_PAUSE_US : LATER_READ_PAUSE_US;
}

/** Records that a call waits for events of the object, for `waitUs` from now. The reads of the object then do not pause. */
export function awaitObject(waitUs: number): Transition<void> {
  return (record, nowUs) => {
    const known = readsIn(record, nowUs) ?? { startUs: 0, reads: 0, wantedUs: [] };
    const awaitedUntilUs = Math.max(known.awaitedUntilUs ?? 0, nowUs + waitUs);
    const { fence, leaseEndsUs } = record ?? { fence: 0, leaseEndsUs: 0 };
    return { result: undefined, record: recordOf({ ...known, awaitedUntilUs }, nowUs, fence, leaseEndsUs) };
  };
}

/** Returns whether a call waits for events of the object. */
export function isAwaited(record: OperationRecord | undefined, nowUs: number): { readonly result: boolean } {
  return { result: isAwaitedAt(readsIn(record, nowUs), nowUs) };
}

function isAwaitedAt(known: ObjectReads | undefined, nowUs: number): boolean {
  return (known?.awaitedUntilUs ?? 0) > nowUs;
}

/** What a waiting instance gets: the result (`ended`), `pending`, or `lost` if no instance is reading any more. */
export type SharedResult =
  | { readonly kind: 'ended'; readonly startUs: number; readonly value: unknown }
  | { readonly kind: 'pending' | 'lost' };

/** Returns the result of a shared read that began at `startUs` or later, if it has ended. */
export function sharedResult(startUs: number): Transition<SharedResult> {
  return (record, nowUs) => {
    const last = readsIn(record, nowUs)?.last;
    if (last !== undefined && last.startUs >= startUs) return { result: { kind: 'ended', ...last } };
    return { result: { kind: record !== undefined && record.leaseEndsUs > nowUs ? 'pending' : 'lost' } };
  };
}

export interface EndedRead {
  readonly startUs: number;
  readonly fence: number;
  /** Undefined if the read failed. */
  readonly value?: unknown;
  /** Number of events for which the reading instance uses the result. */
  readonly events: number;
}

/**
 * Ends a shared read. The result is stored only if two or more events use it: another instance waits for it, or this
 * instance used it for several events. The two writes of a read, at its start and at its end, are then at most one write
 * for each event.
 *
 * If the read failed, or if the result is too large, each waiting instance plans its own read. A later read that is
 * already planned stays planned.
 */
export function endRead({ startUs, fence, value, events }: EndedRead): Transition<void> {
  return (record, nowUs) => {
    const known = readsIn(record, nowUs);
    if (record === undefined || known === undefined) return { result: undefined };
    // The end of this read is not written, so its lease expires by itself. An event that arrives before that plans its
    // own read.
    if (events < 2 && !known.wantedUs.includes(startUs)) return { result: undefined };
    const isNewer = startUs > (known.last?.startUs ?? 0) && value !== undefined;
    const isStored = isNewer && JSON.stringify(value).length <= MAX_RESULT_LENGTH;
    const reads = isStored ? { ...known, last: { startUs, value } } : known;
    const leaseEndsUs = record.fence === fence ? 0 : record.leaseEndsUs;
    return { result: undefined, record: recordOf(reads, nowUs, record.fence, leaseEndsUs) };
  };
}

/** Returns the starts of wanted reads that may still be in progress. */
function recentlyWanted(known: ObjectReads | undefined, nowUs: number): readonly number[] {
  return (known?.wantedUs ?? []).filter((startUs) => nowUs - startUs < KEPT_WANTED_US);
}

/** Returns whether other instances may use the latest read: every read of a burst except the first. */
function isForOtherInstances({ reads }: ObjectReads): boolean {
  return reads > 1;
}

/** Parses the reads in a record. Undefined if there is no record or it has expired. */
function readsIn(record: OperationRecord | undefined, nowUs: number): ObjectReads | undefined {
  if (record === undefined || record.expiresUs <= nowUs) return undefined;
  // The record of an earlier version has no `wantedUs`.
  const stored = JSON.parse(record.outcome) as Partial<Pick<ObjectReads, 'wantedUs'>> & Omit<ObjectReads, 'wantedUs'>;
  return { ...stored, wantedUs: stored.wantedUs ?? [] };
}

/** Builds the record of an object's reads. */
function recordOf(reads: ObjectReads, nowUs: number, fence: number, leaseEndsUs: number): OperationRecord {
  return dataRecord({ data: JSON.stringify(reads), nowUs, fence, leaseEndsUs, expiresUs: nowUs + KEPT_US });
}
