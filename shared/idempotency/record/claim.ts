import type { Effect } from '../../errors.ts';
import type { Change, OperationRecord, Transition } from '../store.ts';
import type { Lease } from './lease.ts';
import { recordedEffect, unexpired } from './prior-knowledge.ts';

const HOUR_US = 3_600_000_000;

/**
 * How long an operation with an unknown outcome may be repeated. Stripe keeps a key for at least 24 hours, and treats the
 * same key as a new request afterwards. Four hours are a safety margin. https://docs.stripe.com/api/idempotent_requests
 */
export const REPEAT_WINDOW_US = 20 * HOUR_US;

/**
 * Returns how long an operation that consists of parts may be repeated. Each part has a record and a repeat window of
 * its own, so the operation may be repeated until the records of its parts are about to expire.
 */
export function partsWindowUs(retentionUs: number): number {
  return retentionUs - HOUR_US;
}

/** What a caller may do with an operation id. */
export type ClaimResult =
  | { readonly kind: 'acquired'; readonly lease: Lease }
  | { readonly kind: 'completed'; readonly outcome: string; readonly expand: string; readonly firstUs: number }
  | { readonly kind: 'inProgress'; readonly retryAfterMs: number }
  /** The id was used with another payload; `effect` is that of the first payload. */
  | { readonly kind: 'payloadMismatch'; readonly effect: Effect }
  | { readonly kind: 'failed'; readonly failure: string; readonly keyVersion: number }
  /** The outcome is unknown, and a repeat is not safe any more. */
  | { readonly kind: 'expired'; readonly attempts: AttemptWindow };

/** When the attempts with an unknown outcome were made, and under which key. Microseconds. */
export interface AttemptWindow {
  readonly firstUs: number;
  readonly lastUs: number;
  readonly fence: number;
  readonly keyVersion: number;
}

/**
 * Returns when an earlier call with the id claimed the operation, in microseconds. Undefined for the first call, and
 * for calls that are rejected: the operation is in progress, has another payload, or failed.
 */
export function earlierCallUs(result: ClaimResult): number | undefined {
  switch (result.kind) {
    case 'acquired':
      return result.lease.repeats ? result.lease.firstUs : undefined;
    case 'completed':
      return result.firstUs;
    case 'expired':
      return result.attempts.firstUs;
    case 'inProgress':
    case 'payloadMismatch':
    case 'failed':
      return undefined;
  }
}

export interface ClaimOptions {
  /**
   * The last key version whose failure is attempted again with the same payload. A failure under a later version is
   * returned without a new attempt. A Pub/Sub message has -1 here, so that a second delivery does not repeat a failed
   * attempt. Default: every failure may be attempted again.
   */
  readonly lastRetriedKeyVersion?: number | undefined;
  /** The requested expansions as JSON; empty for none. */
  readonly expand?: string | undefined;
  /** How long an operation with an unknown outcome may be repeated, in microseconds. */
  readonly windowUs?: number | undefined;
}

/**
 * Claims an operation id for a payload. The lease, with the version of the idempotency key, is written before anything
 * is sent.
 *
 * @param leaseUs how long the lease lasts
 * @param retentionUs how long the record is kept after its last change
 */
export function claim(
  fingerprint: string,
  leaseUs: number,
  retentionUs: number,
  { lastRetriedKeyVersion = Infinity, expand = '', windowUs = REPEAT_WINDOW_US }: ClaimOptions = {},
): Transition<ClaimResult> {
  return (stored, nowUs) => {
    const lease = (record: OperationRecord): Change<ClaimResult> => acquire(record, nowUs, leaseUs, retentionUs);
    const record = unexpired(stored, nowUs);
    if (record === undefined) return lease(newRecord(fingerprint, expand));
    // A final failure frees the id for a corrected payload. So does an attempt that sent nothing.
    if (record.state === 'failed' && record.fingerprint === fingerprint && record.keyVersion > lastRetriedKeyVersion)
      return { result: { kind: 'failed', failure: record.outcome, keyVersion: record.keyVersion } };
    if (record.state === 'failed') return lease(withNextKey(record, fingerprint, expand));
    if (record.state === 'received') return lease({ ...record, fingerprint, expand, firstCalledUs: 0 });
    if (record.fingerprint !== fingerprint)
      return { result: { kind: 'payloadMismatch', effect: recordedEffect(record, nowUs) } };
    if (record.state === 'succeeded')
      return {
        result: {
          kind: 'completed',
          outcome: record.outcome,
          expand: record.expand,
          firstUs: record.firstCalledUs,
        },
      };
    if (record.state === 'calling' && record.leaseEndsUs > nowUs)
      return { result: { kind: 'inProgress', retryAfterMs: Math.ceil((record.leaseEndsUs - nowUs) / 1000) } };
    if (nowUs - record.firstCalledUs > windowUs)
      return { result: { kind: 'expired', attempts: attemptWindow(record, retentionUs) } };
    return lease(record);
  };
}

function newRecord(fingerprint: string, expand: string): OperationRecord {
  return {
    state: 'received',
    fingerprint,
    keyVersion: 0,
    fence: 0,
    leaseEndsUs: 0,
    firstCalledUs: 0,
    expiresUs: 0,
    attempts: 0,
    requestIds: [],
    outcome: '',
    expand,
    resolution: '',
  };
}

/** Returns the record of a failed operation for a new attempt with the next version of the key. */
function withNextKey(record: OperationRecord, fingerprint: string, expand: string): OperationRecord {
  return {
    ...record,
    fingerprint,
    expand,
    keyVersion: record.keyVersion + 1,
    firstCalledUs: 0,
    state: 'received',
    resolution: '',
  };
}

/** Takes the lease on an operation. The record changes to `calling` and gets a new fence. */
function acquire(record: OperationRecord, nowUs: number, leaseUs: number, retentionUs: number): Change<ClaimResult> {
  const repeats = record.state !== 'received';
  const fence = record.fence + 1;
  const firstUs = record.firstCalledUs === 0 ? nowUs : record.firstCalledUs;
  const { keyVersion, expand } = record;
  return {
    result: { kind: 'acquired', lease: { fence, keyVersion, repeats, expand, firstUs, lastUs: nowUs } },
    record: {
      ...record,
      state: 'calling',
      fence,
      leaseEndsUs: nowUs + leaseUs,
      firstCalledUs: firstUs,
      expiresUs: nowUs + retentionUs,
      attempts: record.attempts + 1,
    },
  };
}

/**
 * Returns when the attempts were made. `lastUs` is when an attempt last began or ended: `retentionUs` before the
 * record's expiry.
 */
function attemptWindow(
  { firstCalledUs, expiresUs, fence, keyVersion }: OperationRecord,
  retentionUs: number,
): AttemptWindow {
  return { firstUs: firstCalledUs, lastUs: Math.max(firstCalledUs, expiresUs - retentionUs), fence, keyVersion };
}
