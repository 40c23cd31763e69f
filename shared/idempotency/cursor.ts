/** How far something was read, and the lease of who reads on: one at a time. */
import type { Change, OperationRecord } from './store.ts';

const YEAR_US = 365 * 86_400_000_000;

export type CursorClaim =
  | { readonly kind: 'read'; readonly fence: number; /** Absent before the first time. */ readonly at?: number }
  | { readonly kind: 'inProgress'; readonly retryAfterMs: number };

export function claimCursor(leaseUs: number) {
  return (record: OperationRecord | undefined, nowUs: number): Change<CursorClaim> => {
    if (record !== undefined && record.leaseEndsUs > nowUs)
      return { result: { kind: 'inProgress', retryAfterMs: Math.ceil((record.leaseEndsUs - nowUs) / 1000) } };
    const fence = (record?.fence ?? 0) + 1;
    const at = record === undefined || record.outcome === '' ? {} : { at: Number(record.outcome) };
    return { result: { kind: 'read', fence, ...at }, record: cursor(record, nowUs, fence, nowUs + leaseUs) };
  };
}

/** Moves it on, and keeps the lease for `leaseUs` more; 0 gives it up. False where another reads by now. */
export function advanceCursor(fence: number, at: number | undefined, leaseUs: number) {
  return (record: OperationRecord | undefined, nowUs: number): Change<boolean> => {
    if (record?.fence !== fence) return { result: false };
    const moved = cursor(record, nowUs, fence, leaseUs === 0 ? 0 : nowUs + leaseUs);
    return { result: true, record: at === undefined ? moved : { ...moved, outcome: String(at) } };
  };
}

function cursor(
  record: OperationRecord | undefined,
  nowUs: number,
  fence: number,
  leaseEndsUs: number,
): OperationRecord {
  return {
    state: leaseEndsUs === 0 ? 'received' : 'calling',
    fingerprint: '',
    keyVersion: 0,
    firstCalledUs: nowUs,
    attempts: 0,
    requestIds: [],
    outcome: record?.outcome ?? '',
    expand: '',
    resolution: '',
    fence,
    leaseEndsUs,
    expiresUs: nowUs + 10 * YEAR_US,
  };
}
