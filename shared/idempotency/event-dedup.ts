/** An event is published and then marked: whoever finds the mark drops it, so a failure in between repeats it. */
import type { Change, OperationRecord } from './store.ts';
import { DAY_US } from '../ports/time-units.ts';

/** Microseconds that a mark is kept: longer than Stripe lists its events (30 days). */
const KEPT_US = 31 * DAY_US;

/** Under which id an event is marked: no operation of a caller is written so (it has a space). */
export function eventRecordId(eventId: string): string {
  return `stripe-event ${eventId}`;
}

export function isPublished(record: OperationRecord | undefined, nowUs: number): Change<boolean> {
  return { result: record !== undefined && record.expiresUs > nowUs };
}

export function markPublished(record: OperationRecord | undefined, nowUs: number): Change<void> {
  const marked: OperationRecord = {
    state: 'succeeded',
    fingerprint: '',
    keyVersion: 0,
    fence: 0,
    leaseEndsUs: 0,
    firstCalledUs: record?.firstCalledUs ?? nowUs,
    expiresUs: nowUs + KEPT_US,
    attempts: (record?.attempts ?? 0) + 1,
    requestIds: [],
    outcome: '',
    expand: '',
    resolution: '',
  };
  return { record: marked, result: undefined };
}
