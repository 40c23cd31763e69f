/**
 * Marks of published events. An event is published first and marked afterwards, so a failure in between publishes it
 * again. An event with a mark is dropped.
 */
import type { OperationRecord, Transition } from './store.ts';
import { DAY_US } from '../ports/time-units.ts';
import { unexpired } from './record/prior-knowledge.ts';

/** How long a mark is kept. Longer than the 30 days for which Stripe lists its events. https://docs.stripe.com/api/events */
const RETENTION_US = 31 * DAY_US;

/** Returns the id of an event's mark. It contains a space, so no caller's operation has this id. */
export function eventRecordId(eventId: string): string {
  return `stripe-event ${eventId}`;
}

export const isPublished: Transition<boolean> = (record, nowUs) => ({ result: unexpired(record, nowUs) !== undefined });

export const markPublished: Transition<void> = (record, nowUs) => {
  const mark: OperationRecord = {
    state: 'succeeded',
    fingerprint: '',
    keyVersion: 0,
    fence: 0,
    leaseEndsUs: 0,
    firstCalledUs: record?.firstCalledUs ?? nowUs,
    expiresUs: nowUs + RETENTION_US,
    attempts: (record?.attempts ?? 0) + 1,
    requestIds: [],
    outcome: '',
    expand: '',
    resolution: '',
  };
  return { record: mark, result: undefined };
};
