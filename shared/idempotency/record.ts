/**
 * One operation id, one effect: what may be done with an id in each state, as pure steps. The store runs each of them
 * atomically in its own time.
 */
import { hash } from 'node:crypto';
import type { Effect } from '../errors.ts';
import { effectOf, type EffectEvent, type PriorKnowledge } from '../stripe/effect.ts';
import type { Change, OperationRecord, Resolution } from './store.ts';
import { SECOND_US } from '../ports/time-units.ts';

const HOUR_US = 3600 * SECOND_US;

/** Stripe forgets a key after a day at the earliest: past this nothing is sent again. https://docs.stripe.com/api/idempotent_requests */
export const REPEAT_WINDOW_US = 20 * HOUR_US;

/** How long an operation of parts may be repeated: each part keeps its own window, and is known as long as it is kept. */
export function partsWindowUs(keptUs: number): number {
  return keptUs - HOUR_US;
}

const MAX_REQUEST_IDS = 10;

/** The right to work on an operation, until it ends. */
export interface Lease {
  readonly fence: number;
  readonly keyVersion: number;
  /** Earlier tries may have had their effect: their key is repeated. */
  readonly repeats: boolean;
  /** The expansions that go with the key: those of its first try. JSON; empty for none. */
  readonly expand: string;
  /** When the tries of this key began, and when this one did; microseconds of the store's time. */
  readonly firstUs: number;
  readonly lastUs: number;
}

/** What a caller may do with an id. */
export type ClaimResult =
  | { readonly kind: 'acquired'; readonly lease: Lease }
  | { readonly kind: 'completed'; readonly outcome: string; readonly expand: string }
  | { readonly kind: 'inProgress'; readonly retryAfterMs: number }
  /** The id stands for another payload; `effect` is what is known of that one. */
  | { readonly kind: 'payloadMismatch'; readonly effect: Effect }
  | { readonly kind: 'failed'; readonly failure: string; readonly keyVersion: number }
  | { readonly kind: 'expired'; readonly period: AttemptWindow };

/** Of tries whose effect is not known: when they were, and under which key. Microseconds. */
export interface AttemptWindow {
  readonly firstUs: number;
  readonly lastUs: number;
  readonly fence: number;
  readonly keyVersion: number;
}

/**
 * A caller comes with an id and a payload, to work for `leaseUs` at most; the record is kept for `keptUs`. A failure of
 * this very payload stands where its key version is beyond `retriesAfter`: a message is worked on once, however
 * often it arrives. `windowUs`: how long what is not known may be repeated.
 */
export function claim(
  fingerprint: string,
  leaseUs: number,
  keptUs: number,
  retriesAfter = Infinity,
  expand = '',
  windowUs = REPEAT_WINDOW_US,
) {
  return (operationRecord: OperationRecord | undefined, nowUs: number): Change<ClaimResult> => {
    const record = operationRecord === undefined || operationRecord.expiresUs <= nowUs ? undefined : operationRecord;
    if (record === undefined) return work(fresh(fingerprint, expand), nowUs, leaseUs, keptUs);
    // A definite failure, or one before anything was sent, frees the id for a corrected payload.
    if (record.state === 'failed' && record.fingerprint === fingerprint && record.keyVersion > retriesAfter)
      return { result: { kind: 'failed', failure: record.outcome, keyVersion: record.keyVersion } };
    if (record.state === 'failed') return work(nextGeneration(record, fingerprint, expand), nowUs, leaseUs, keptUs);
    if (record.state === 'received')
      return work({ ...record, fingerprint, expand, firstCalledUs: 0 }, nowUs, leaseUs, keptUs);
    if (record.fingerprint !== fingerprint)
      return { result: { kind: 'payloadMismatch', effect: recordedEffect(record, nowUs) } };
    if (record.state === 'succeeded')
      return { result: { kind: 'completed', outcome: record.outcome, expand: record.expand } };
    if (record.state === 'calling' && record.leaseEndsUs > nowUs)
      return { result: { kind: 'inProgress', retryAfterMs: Math.ceil((record.leaseEndsUs - nowUs) / 1000) } };
    if (nowUs - record.firstCalledUs > windowUs)
      return { result: { kind: 'expired', period: periodOf(record, keptUs) } };
    return work(record, nowUs, leaseUs, keptUs);
  };
}

function periodOf({ firstCalledUs, expiresUs, fence, keyVersion }: OperationRecord, keptUs: number): AttemptWindow {
  return { firstUs: firstCalledUs, lastUs: Math.max(firstCalledUs, expiresUs - keptUs), fence, keyVersion };
}

/** What was read back: the operation is done. False where another caller knew better meanwhile. */
export function markSucceeded({ fence }: AttemptWindow, outcome: string, keptUs: number) {
  return (record: OperationRecord | undefined, nowUs: number): Change<boolean> =>
    record === undefined || record.fence !== fence || record.state === 'succeeded'
      ? { result: false }
      : {
          result: true,
          record: {
            ...record,
            ...nextState('unknown', 'shown done', record),
            outcome,
            leaseEndsUs: 0,
            expiresUs: nowUs + keptUs,
          },
        };
}

/** Why an operator's word is not taken. */
export type ResolveRejection = 'not found' | 'in flight' | 'known';

/**
 * An operator settles an operation whose outcome is not known. `done`: it is never sent again; `outcome` is what is known
 * of its object. `none`: it is free again, under a new key, and a message of this payload gets `outcome`, the failure.
 * An operation that is under way, or whose outcome is known, stays as it is.
 */
export function resolve(
  effect: 'done' | 'none',
  outcome: string,
  said: Omit<Resolution, 'effect' | 'atUs'>,
  keptUs: number,
) {
  return (record: OperationRecord | undefined, nowUs: number): Change<OperationRecord | ResolveRejection> => {
    if (record === undefined || record.expiresUs <= nowUs) return { result: 'not found' };
    const prior = priorKnowledge(record, nowUs);
    if (prior === 'in flight') return { result: 'in flight' };
    if (prior !== 'unknown') return { result: 'known' };
    const resolution: Resolution = { effect, ...said, atUs: nowUs };
    const settled: OperationRecord = {
      ...record,
      ...nextState(prior, effect === 'done' ? 'shown done' : 'shown none', record),
      // A caller whose lease has lapsed writes no more.
      fence: record.fence + 1,
      leaseEndsUs: 0,
      expiresUs: nowUs + keptUs,
      outcome,
      resolution: JSON.stringify(resolution),
    };
    return { result: settled, record: settled };
  };
}

/** The holder of a lease is still at work. False where the lease was lost to another. */
export function renew(lease: Lease, leaseUs: number) {
  return (record: OperationRecord | undefined, nowUs: number): Change<boolean> =>
    record !== undefined && holds(record, lease)
      ? { result: true, record: { ...record, leaseEndsUs: nowUs + leaseUs } }
      : { result: false };
}

function holds(record: OperationRecord, lease: Lease): boolean {
  return record.state === 'calling' && record.fence === lease.fence;
}

/** How an attempt ended. */
export interface AttemptResult {
  readonly event: EffectEvent;
  /** What was known before the event, from this attempt and earlier ones; by default what the lease says. */
  readonly prior?: Effect;
  /** The outcome of a success, or the failure to answer to a repeat. */
  readonly outcome?: string;
  readonly requestId?: string | undefined;
}

/** Records how the holder's attempt ended. Returns false, and writes nothing, if another caller took over the lease. */
export function complete(lease: Lease, { event, prior, outcome = '', requestId }: AttemptResult, keptUs: number) {
  return (record: OperationRecord | undefined, nowUs: number): Change<boolean> => {
    if (record === undefined || !holds(record, lease)) return { result: false };
    const { requestIds } = record;
    const next = nextState(prior ?? leasedPrior(lease), event, record);
    return {
      result: true,
      record: {
        ...record,
        ...next,
        requestIds: requestId === undefined ? requestIds : [...requestIds, requestId].slice(-MAX_REQUEST_IDS),
        leaseEndsUs: 0,
        expiresUs: nowUs + keptUs,
        outcome: next.state === 'succeeded' || next.state === 'failed' ? outcome : '',
      },
    };
  };
}

/** What is known when a lease starts. */
export function leasedPrior({ repeats }: Pick<Lease, 'repeats'>): Effect {
  return repeats ? 'unknown' : 'none';
}

/** What a record says of its operation. */
export function priorKnowledge(record: OperationRecord | undefined, nowUs: number): PriorKnowledge {
  if (record === undefined || record.expiresUs <= nowUs) return 'none';
  switch (record.state) {
    case 'received':
    case 'failed':
      return 'none';
    case 'succeeded':
      return 'done';
    case 'indeterminate':
      return 'unknown';
    case 'calling':
      return record.leaseEndsUs > nowUs ? 'in flight' : 'unknown';
  }
}

/** The effect that a record shows to a call that sends nothing. */
export function recordedEffect(record: OperationRecord | undefined, nowUs: number): Effect {
  return effectOf({ prior: priorKnowledge(record, nowUs), event: 'not attempted', method: 'POST' }).effect;
}

function nextState(prior: Effect, event: EffectEvent, { state }: OperationRecord): Pick<OperationRecord, 'state'> {
  return { state: effectOf({ prior, event, method: 'POST' }).state ?? state };
}

/** SHA-256 of a value's canonical JSON: keys in order, whatever their order was. */
export function fingerprintOf(value: unknown): string {
  return hash('sha256', canonical(value));
}

export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item ?? null)).join(',')}]`;
  if (value === undefined) return 'null';
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const record = value as Readonly<Record<string, unknown>>;
  const names = Object.keys(record).filter((name) => record[name] !== undefined);
  return `{${names
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonical(record[name])}`)
    .join(',')}}`;
}

function fresh(fingerprint: string, expand: string): OperationRecord {
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

function nextGeneration(record: OperationRecord, fingerprint: string, expand: string): OperationRecord {
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

/** The lease is written, and with it the key, before anything is sent. */
function work(record: OperationRecord, nowUs: number, leaseUs: number, keptUs: number): Change<ClaimResult> {
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
      expiresUs: nowUs + keptUs,
      attempts: record.attempts + 1,
    },
  };
}
