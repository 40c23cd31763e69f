/**
 * The reads of one object of one account, as all instances of a connection see them: an operation record stores the read
 * that is planned or under way, and the result of the last shared one. Times are microseconds of the store's clock.
 */
import { dataRecord } from '../../idempotency/cursor.ts';
import type { OperationRecord, Transition } from '../../idempotency/store.ts';
import { MS_US, SECOND_US } from '../../ports/time-units.ts';
import { REUSE_MS } from './coalesced-reads.ts';

/** How far Stripe's clock and that of the store may differ. Both follow the time of their cloud. */
export const EVENT_TIME_MARGIN_US = SECOND_US;
/** Times between the first and the second read of an object, and between all later ones of a burst. */
const [SECOND_READ_US, LATER_READS_US] = [SECOND_US, 2 * SECOND_US];
/** An object that was not read for this time has no burst. */
const QUIET_US = 10 * SECOND_US;
/** How long other instances wait for the end of a read that should have begun. */
const READ_LEASE_US = 4 * SECOND_US;
/** A record without a read is deleted after this time. */
const KEPT_US = 180 * SECOND_US;
/** Limit of a shared result in UTF-16 units, below the 1 MiB of a document. https://firebase.google.com/docs/firestore/quotas */
const MAX_RESULT_LENGTH = 250_000;

/** The content of the record. */
interface ObjectReads {
  /** When the latest read began, or will begin. */
  readonly startUs: number;
  /** Number of reads of this burst, the latest included. */
  readonly reads: number;
  /** The last result that was shared. */
  readonly last?: { readonly startUs: number; readonly value: unknown } | undefined;
}

/** What an instance does for an event. */
export type ReadPlan =
  /** It uses a finished read. */
  | { readonly kind: 'reuse'; readonly startUs: number; readonly value: unknown }
  /** Another instance will read the object at `startUs`, or has begun. */
  | { readonly kind: 'wait'; readonly startUs: number; readonly nowUs: number }
  /** It reads the object itself at `startUs`. If it is shared, other instances wait for the result. */
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
 * events that arrive until then at any instance.
 */
export function planRead(happenedUs: number): Transition<ReadPlan> {
  return (record, nowUs) => {
    const known = readsIn(record, nowUs);
    const covers = (startUs: number): boolean => startUs >= happenedUs + EVENT_TIME_MARGIN_US;
    const last = known?.last !== undefined && nowUs - known.last.startUs <= REUSE_MS * MS_US ? known.last : undefined;
    if (last !== undefined && covers(last.startUs)) return { result: { kind: 'reuse', ...last } };
    if (record !== undefined && known !== undefined && isForFleet(known) && record.leaseEndsUs > nowUs)
      if (nowUs < known.startUs || covers(known.startUs))
        return { result: { kind: 'wait', startUs: known.startUs, nowUs } };
    const reads = known !== undefined && nowUs - known.startUs < QUIET_US ? known.reads + 1 : 1;
    const pauseUs = reads === 1 ? 0 : reads === 2 ? SECOND_READ_US : LATER_READS_US;
    const startUs = Math.max(nowUs, (known?.startUs ?? 0) + pauseUs);
    const fence = (record?.fence ?? 0) + 1;
    const planned: ObjectReads = { startUs, reads, last };
    return {
      result: { kind: 'lead', startUs, nowUs, fence, isShared: isForFleet(planned) },
      record: recordOf(planned, nowUs, fence, startUs + READ_LEASE_US),
    };
  };
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

/**
 * Ends a shared read. Without a result, or with one that is too large, the instances that wait plan a read of their own.
 * The plan of a later read stays.
 */
export function endRead(startUs: number, fence: number, value?: unknown): Transition<void> {
  return (record, nowUs) => {
    const known = readsIn(record, nowUs);
    if (record === undefined || known === undefined) return { result: undefined };
    const isNewer = startUs > (known.last?.startUs ?? 0) && value !== undefined;
    const isStored = isNewer && JSON.stringify(value).length <= MAX_RESULT_LENGTH;
    const reads = isStored ? { ...known, last: { startUs, value } } : known;
    const leaseEndsUs = record.fence === fence ? 0 : record.leaseEndsUs;
    return { result: undefined, record: recordOf(reads, nowUs, record.fence, leaseEndsUs) };
  };
}

function isForFleet({ reads }: ObjectReads): boolean {
  return reads > 1;
}

function readsIn(record: OperationRecord | undefined, nowUs: number): ObjectReads | undefined {
  if (record === undefined || record.expiresUs <= nowUs) return undefined;
  return JSON.parse(record.outcome) as ObjectReads;
}

function recordOf(reads: ObjectReads, nowUs: number, fence: number, leaseEndsUs: number): OperationRecord {
  return dataRecord({ data: JSON.stringify(reads), nowUs, fence, leaseEndsUs, expiresUs: nowUs + KEPT_US });
}
