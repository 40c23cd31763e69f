/**
 * The reads of one object of one account by all instances of a connection. A record in the operation store has the read
 * that is planned or in progress, and the last shared result. Times are microseconds of the store's clock.
 */
import { dataRecord } from '../idempotency/cursor.ts';
import type { OperationRecord, Transition } from '../idempotency/store.ts';
import { MS_US, SECOND_US } from '../ports/time-units.ts';

/** How long a finished read serves events that happened before it: as long as Stripe may take to deliver a burst. */
export const REUSE_MS = 120_000;
/** How far the clocks of Stripe and of the store may differ. Both clocks are synchronized. */
export const EVENT_TIME_MARGIN_US = SECOND_US;
/** Pauses before the second read of a burst, and before each later one. */
const [SECOND_READ_US, LATER_READS_US] = [SECOND_US, 2 * SECOND_US];
/** Number of the read in a burst whose result is stored even if no instance waits for it. */
const BURST_READS = 3;
/** A burst ends when the object was not read for this time. Few instances take long for one, because its events pause. */
const QUIET_US = 60 * SECOND_US;
/** How long other instances wait for the end of a read after its planned start. The limiter may delay it for seconds. */
const READ_LEASE_US = 6 * SECOND_US;
/** No read of an object takes longer. */
const KEPT_WANTED_US = 60 * SECOND_US;
/** A record without a read is deleted after this time. */
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
  /** When those reads of the last seconds begin that another instance waits for: their results are stored. */
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
  /** It uses a finished read. */
  | { readonly kind: 'reuse'; readonly startUs: number; readonly value: unknown }
  /** It reads the object at once, for itself. */
  | { readonly kind: 'alone' }
  /** Another instance will read the object at `startUs`, or has begun. */
  | { readonly kind: 'wait'; readonly startUs: number; readonly nowUs: number }
  /** It reads the object itself at `startUs`. If other instances may wait for the result, `isShared` is true. */
  | {
      readonly kind: 'lead';
      readonly startUs: number;
      readonly nowUs: number;
      readonly fence: number;
      readonly isShared: boolean;
    };

/**
 * Plans the read for an event that happened at `happenedUs` and has arrived. The first read of an object begins at once
 * and is not shared: nothing that arrived later may use it. Further ones of a burst begin after a pause, and serve all
 * events that arrive until then at any instance. While a call waits for the object, nothing pauses.
 *
 * A read costs one write. An instance that is the first to wait for the read of another writes that, and only then is
 * the result stored. So events that come one by one, or all to one instance, cost no more writes than events.
 */
export function planRead(happenedUs: number): Transition<ReadPlan> {
  return (record, nowUs) => {
    const known = readsIn(record, nowUs);
    const covers = (startUs: number): boolean => startUs >= happenedUs + EVENT_TIME_MARGIN_US;
    const last = known?.last !== undefined && nowUs - known.last.startUs <= REUSE_MS * MS_US ? known.last : undefined;
    if (last !== undefined && covers(last.startUs)) return { result: { kind: 'reuse', ...last } };
    if (isAwaitedAt(known, nowUs)) return { result: { kind: 'alone' } };
    if (record !== undefined && known !== undefined && isForFleet(known) && record.leaseEndsUs > nowUs) {
      const waits = { kind: 'wait', startUs: known.startUs, nowUs } as const;
      const isWanted = known.wantedUs.includes(known.startUs);
      if (isWanted && (nowUs < known.startUs || covers(known.startUs))) return { result: waits };
      // The result of a read that has begun is perhaps not stored any more.
      if (nowUs < known.startUs) {
        const wanted = { ...known, wantedUs: [...recentOf(known, nowUs), known.startUs] };
        return { result: waits, record: recordOf(wanted, nowUs, record.fence, record.leaseEndsUs) };
      }
    }
    const reads = known !== undefined && nowUs - known.startUs < QUIET_US ? known.reads + 1 : 1;
    const pauseUs = reads === 1 ? 0 : reads === 2 ? SECOND_READ_US : LATER_READS_US;
    const startUs = Math.max(nowUs, (known?.startUs ?? 0) + pauseUs);
    const fence = (record?.fence ?? 0) + 1;
    // More events will follow, perhaps at other instances.
    const isBurst = reads === BURST_READS;
    const planned: ObjectReads = {
      startUs,
      reads,
      wantedUs: [...recentOf(known, nowUs), ...(isBurst ? [startUs] : [])],
      last,
      awaitedUntilUs: known?.awaitedUntilUs,
    };
    return {
      result: { kind: 'lead', startUs, nowUs, fence, isShared: isForFleet(planned) },
      record: recordOf(planned, nowUs, fence, startUs + READ_LEASE_US),
    };
  };
}

/** Notes that a call waits for events of the object until `waitUs` from now, so that its reads do not pause. */
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

/** The result of a read that began at `startUs` or later; `pending`, or `lost` if no instance is reading any more. */
export type SharedResult =
  | { readonly kind: 'ended'; readonly startUs: number; readonly value: unknown }
  | { readonly kind: 'pending' | 'lost' };

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
  /** Number of events that it served at the instance which read. */
  readonly events: number;
}

/**
 * Ends a shared read. Its result is stored if another instance waits for it, or if it served more than one event
 * already: that is a burst, and the two writes are no more than its events. Without a result, or with one that is too
 * large, the instances that wait plan a read of their own. The plan of a later read stays.
 */
export function endRead({ startUs, fence, value, events }: EndedRead): Transition<void> {
  return (record, nowUs) => {
    const known = readsIn(record, nowUs);
    // Without this end the lease lapses; an event that arrives until then plans a read of its own.
    if (record === undefined || known === undefined) return { result: undefined };
    if (events < 2 && !known.wantedUs.includes(startUs)) return { result: undefined };
    const isNewer = startUs > (known.last?.startUs ?? 0) && value !== undefined;
    const isStored = isNewer && JSON.stringify(value).length <= MAX_RESULT_LENGTH;
    const reads = isStored ? { ...known, last: { startUs, value } } : known;
    const leaseEndsUs = record.fence === fence ? 0 : record.leaseEndsUs;
    return { result: undefined, record: recordOf(reads, nowUs, record.fence, leaseEndsUs) };
  };
}

function recentOf(known: ObjectReads | undefined, nowUs: number): readonly number[] {
  return (known?.wantedUs ?? []).filter((startUs) => nowUs - startUs < KEPT_WANTED_US);
}

function isForFleet({ reads }: ObjectReads): boolean {
  return reads > 1;
}

function readsIn(record: OperationRecord | undefined, nowUs: number): ObjectReads | undefined {
  if (record === undefined || record.expiresUs <= nowUs) return undefined;
  // The record of an earlier version has no `wantedUs`.
  const stored = JSON.parse(record.outcome) as Partial<Pick<ObjectReads, 'wantedUs'>> & Omit<ObjectReads, 'wantedUs'>;
  return { ...stored, wantedUs: stored.wantedUs ?? [] };
}

function recordOf(reads: ObjectReads, nowUs: number, fence: number, leaseEndsUs: number): OperationRecord {
  return dataRecord({ data: JSON.stringify(reads), nowUs, fence, leaseEndsUs, expiresUs: nowUs + KEPT_US });
}
