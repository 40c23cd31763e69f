/** A model of several workers on one operation id: every order of their steps, crashes and lapsed leases. */
import { canonical } from '../../shared/idempotency/fingerprint.ts';
import { claim } from '../../shared/idempotency/record/claim.ts';
import { complete, type AttemptResult } from '../../shared/idempotency/record/complete.ts';
import type { Lease } from '../../shared/idempotency/record/lease.ts';
import type { Effect, Evidence } from '../../shared/errors.ts';
import { stripeKey } from '../../shared/idempotency/derive-key.ts';
import { effectOf } from '../../shared/stripe/effect.ts';
import type { OperationRecord } from '../../shared/idempotency/store.ts';

const NOW = 1_795_000_000_000_000;
const LEASE = 55_000_000;
const KEPT_US = 30 * 86_400 * 1_000_000;
const PAYLOAD = 'payload';
const DONE: AttemptResult = { event: 'success', outcome: '{"id":"pi_1"}', requestId: 'req_1' };
const REFUSED: AttemptResult = { event: 'saved error' };
const UNPROCESSED: AttemptResult = { event: 'not processed' };
const UNKNOWN: AttemptResult = { event: 'unclear' };

/** A moment of the model: three workers, the record, and what Stripe has under each key. */
interface Moment {
  readonly record: OperationRecord | undefined;
  readonly workers: readonly Worker[];
  /** What Stripe saved under a key: it answers the same again. */
  readonly stripe: Readonly<Record<string, 'ok' | 'declined'>>;
  /** Leases up to this fence have lapsed. */
  readonly lapsed: number;
}
interface Worker {
  readonly at: 'idle' | 'leased' | 'answered' | 'through';
  readonly lease?: Lease;
  readonly ended?: AttemptResult;
  readonly crashes: number;
}

interface Model {
  readonly workers: number;
  readonly crashes: number;
  readonly endStep: typeof complete;
  /** What is known after an answer. */
  readonly after?: typeof effectAfter;
  /** Keys and leases go on for ever: a moment past these is not gone on from. Four keys and six leases by default. */
  readonly depth?: { readonly keys: number; readonly leases: number };
  /** A holder's clock may be so wrong that it uses a lease that has expired. */
  readonly skew?: true;
}

/** The effect of a POST after an event. */
export const effectAfter = (prior: Effect, event: Evidence): Effect =>
  effectOf({ prior, event, method: 'POST' }).effect;

/** How an attempt ends if `known` is what the model knows after its event. Few different ends: few states. */
function endedAfter(known: Effect, event: Evidence): AttemptResult {
  if (known === 'done') return DONE;
  if (known === 'unknown') return UNKNOWN;
  return event === 'unsent' ? UNPROCESSED : REFUSED;
}

/** Every step that can follow. */
function* next(moment: Moment, { crashes, endStep, skew, after = effectAfter }: Model): Generator<Moment> {
  // A lease expires by time. Its holder sends no more requests then, unless its clock is wrong.
  const { record, workers, stripe, lapsed } = moment;
  if (record?.state === 'calling' && record.fence > lapsed) yield { ...moment, lapsed: record.fence };
  for (const [index, worker] of workers.entries()) {
    const put = (changed: Partial<Worker>, more: Partial<Moment> = {}): Moment => ({
      ...moment,
      ...more,
      workers: workers.map((one, other) => (other === index ? { ...worker, ...changed } : one)),
    });
    if (worker.at === 'idle') {
      const now = record !== undefined && record.fence <= lapsed ? NOW + LEASE : NOW;
      const { record: written, result } = claim(PAYLOAD, LEASE, KEPT_US)(record, now);
      // Times are not told apart but by lapsing.
      const timeless =
        written === undefined
          ? record
          : { ...written, leaseEndsUs: NOW + LEASE, firstCalledUs: NOW, expiresUs: NOW * 2 };
      if (result.kind === 'acquired')
        yield put({ at: 'leased', lease: { ...result.lease, firstUs: NOW, lastUs: NOW } }, { record: timeless });
      if (result.kind === 'completed') yield put({ at: 'through' });
      if (result.kind === 'payloadMismatch') yield put({ at: 'through' });
    }
    if (worker.at === 'leased' && worker.lease !== undefined) {
      const { lease } = worker;
      const key = stripeKey('op', lease);
      const before = lease.repeats ? 'unknown' : 'none';
      const told = (evidence: Evidence): AttemptResult => endedAfter(after(before, evidence), evidence);
      // The next try of the same lease, after one whose answer never came.
      const again = { lease: { ...lease, repeats: true } };
      if (lease.fence > lapsed || skew === true) {
        const saved = stripe[key];
        const answers: readonly ('ok' | 'declined')[] = saved === undefined ? ['ok', 'declined'] : [saved];
        for (const answer of answers) {
          const kept = { stripe: { ...stripe, [key]: answer } };
          yield put({ at: 'answered', ended: told(answer === 'ok' ? 'success' : 'saved error') }, kept);
          yield put({ at: 'answered', ended: told('unclear') }, kept);
          yield put(again, kept);
        }
        yield put({ at: 'answered', ended: told('unclear') });
        // Stripe rejects it before its idempotency layer, so this does not reveal what is saved under the key.
        yield put({ at: 'answered', ended: told('invalid request') });
      }
      yield put({ at: 'answered', ended: told('unsent') });
    }
    if (worker.at === 'answered' && worker.lease !== undefined && worker.ended !== undefined) {
      const { record: written } = endStep(worker.lease, worker.ended, KEPT_US)(record, NOW);
      const timeless = written === undefined ? record : { ...written, expiresUs: NOW * 2 };
      const at = worker.ended.event === 'success' ? 'through' : 'idle';
      yield put({ at }, { record: timeless === undefined ? record : { ...timeless, attempts: 0, requestIds: [] } });
    }
    if (worker.at !== 'idle' && worker.at !== 'through' && worker.crashes < crashes)
      yield put({ at: 'idle', crashes: worker.crashes + 1 });
  }
}

/** What must never be. */
function violation({ record, stripe }: Moment): string | undefined {
  const effects = Object.values(stripe).filter((one) => one === 'ok').length;
  if (effects > 1) return 'two effects';
  if (record?.state === 'failed' && stripe[stripeKey('op', record)] === 'ok') return 'a failure that had its effect';
  if (record?.state === 'succeeded' && effects !== 1) return 'a success without an effect';
  return undefined;
}

/** Steps share what they do not change: most parts of a moment were numbered before, and a number is quickly compared. */
const numbered = new WeakMap<object, number>();
const numbers = new Map<string, number>();
function numberOf(part: object, as: object = part): number {
  const known = numbered.get(part);
  if (known !== undefined) return known;
  const text = canonical(as);
  const number = numbers.get(text) ?? numbers.size;
  numbers.set(text, number);
  numbered.set(part, number);
  return number;
}

/** Workers are alike: it is the same moment whichever of them is where. How often it was tried changes nothing. */
function nameOf({ record, workers, stripe, lapsed }: Moment): string {
  const alike = workers.map((one) => numberOf(one)).sort((a, b) => a - b);
  const called = record === undefined ? '' : numberOf(record, { ...record, tries: 0 });
  return `${alike.join()} ${called} ${numberOf(stripe)} ${lapsed}`;
}

/** Walks the model breadth first, up to `most` states. `whole`: no state was left out. */
export function explore(model: Model, most: number): { states: number; whole: boolean; violation?: string } {
  const { keys, leases } = model.depth ?? { keys: 4, leases: 6 };
  const idle: Worker = { at: 'idle', crashes: 0 };
  const first: Moment = {
    record: undefined,
    workers: Array.from({ length: model.workers }, () => idle),
    stripe: {},
    lapsed: 0,
  };
  const seen = new Set<string>();
  const open = [first];
  // Breadth first: the shortest way to every moment, so that none within reach is passed over.
  for (const moment of open) {
    if (seen.size >= most) break;
    const name = nameOf(moment);
    if (seen.has(name)) continue;
    seen.add(name);
    const wrong = violation(moment);
    if (wrong !== undefined) return { states: seen.size, whole: false, violation: wrong };
    if ((moment.record?.keyVersion ?? 0) < keys && (moment.record?.fence ?? 0) < leases)
      open.push(...next(moment, model));
  }
  return { states: seen.size, whole: seen.size < most };
}
