/** A cursor in a stream of data. Its record has the position, and the lease of the run that advances the cursor. */
import { DAY_US } from '../ports/time-units.ts';
import type { OperationRecord, Transition } from './store.ts';

const YEAR_US = 365 * DAY_US;

export type CursorClaim =
  /** The caller holds the lease since `nowUs`. `position` is that of the cursor, undefined before the first run. */
  | { readonly kind: 'acquired'; readonly fence: number; readonly position: number | undefined; readonly nowUs: number }
  | { readonly kind: 'inProgress'; readonly retryAfterMs: number };

/** Claims the cursor for one run. `leaseUs` is how long the lease lasts. */
export function claimCursor(leaseUs: number): Transition<CursorClaim> {
  return (record, nowUs) => {
    if (record !== undefined && record.leaseEndsUs > nowUs)
      return { result: { kind: 'inProgress', retryAfterMs: Math.ceil((record.leaseEndsUs - nowUs) / 1000) } };
    const fence = (record?.fence ?? 0) + 1;
    const stored = record?.outcome ?? '';
    return {
      result: { kind: 'acquired', fence, position: stored === '' ? undefined : Number(stored), nowUs },
      record: cursorRecord(stored, nowUs, fence, nowUs + leaseUs),
    };
  };
}

/**
 * Moves the cursor to `position`, if given, and extends the lease to `leaseUs` from now. A `leaseUs` of 0 releases the
 * lease. Returns false, and writes nothing, if another run has taken the lease over.
 */
export function advanceCursor(fence: number, position: number | undefined, leaseUs: number): Transition<boolean> {
  return (record, nowUs) => {
    if (record?.fence !== fence) return { result: false };
    const stored = position === undefined ? record.outcome : String(position);
    return { result: true, record: cursorRecord(stored, nowUs, fence, leaseUs === 0 ? 0 : nowUs + leaseUs) };
  };
}

/** Builds the record of a cursor. It is kept for ten years after its last change, because a stream has no end. */
function cursorRecord(stored: string, nowUs: number, fence: number, leaseEndsUs: number): OperationRecord {
  return dataRecord({ data: stored, nowUs, fence, leaseEndsUs, expiresUs: nowUs + 10 * YEAR_US });
}

/**
 * Builds a record that is not an operation: data that instances share, and the lease of the instance that changes it.
 */
export function dataRecord(fields: {
  readonly data: string;
  readonly nowUs: number;
  readonly fence: number;
  readonly leaseEndsUs: number;
  readonly expiresUs: number;
}): OperationRecord {
  return {
    state: 'received',
    fingerprint: '',
    keyVersion: 0,
    firstCalledUs: fields.nowUs,
    attempts: 0,
    requestIds: [],
    outcome: fields.data,
    expand: '',
    resolution: '',
    fence: fields.fence,
    leaseEndsUs: fields.leaseEndsUs,
    expiresUs: fields.expiresUs,
  };
}

/**
 * Returns whether a record belongs to an operation. All other records contain data that instances share (`dataRecord`).
 */
export function isOperation({ fingerprint }: OperationRecord): boolean {
  return fingerprint !== '';
}
