/**
 * What an effect word may say, walked whole: every HTTP status, every kind of body, with and without Stripe's mark of a
 * replay, after each thing that may be known before. The expectation is written a second time here, as sentences.
 * Sources: https://docs.stripe.com/api/idempotent_requests ("We save results only after the execution of an endpoint
 * begins"; `Idempotent-Replayed`), https://docs.stripe.com/api/errors (the attributes of `error`).
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { retryAfterMsOf, STATUSES, type Effect } from '../../shared/errors.ts';
import {
  effectOf,
  evidenceOf,
  type EffectEvent,
  type PriorKnowledge,
  type RecordState,
} from '../../shared/stripe/effect.ts';
import { isRetryable } from '../../shared/stripe/retry-policy.ts';
import { toStripeError } from '../../shared/stripe/errors.ts';
import type { StripeResult } from '../../shared/stripe/transport.ts';
import { sized } from '../support/sizes.ts';
import { failedResponse, LOST, parsedResponse, UNSENT } from '../support/stripe-results.ts';

type Kind = 'object' | 'error' | 'card error' | 'key in use' | 'other';

const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

/** Bodies by what they are. `other` is not from Stripe. */
const BODIES: readonly (readonly [string, string, Kind])[] = [
  ['an object', '{"id":"cus_1","object":"customer"}', 'object'],
  ['an object of API v2', '{"object":"v2.core.event_destination","id":"ed_1"}', 'object'],
  ['a list of API v2', '{"data":[],"next_page_url":null}', 'object'],
  ['a deleted object', '{"deleted":true}', 'object'],
  // Reporting.ReportRun and Sigma.ScheduledQueryRun have a field `error`.
  [
    'a report that failed',
    '{"id":"frr_1","object":"reporting.report_run","error":"no rows","status":"failed"}',
    'object',
  ],
  ['a query that failed', '{"id":"sqr_1","object":"scheduled_query_run","error":{"message":"timeout"}}', 'object'],
  ['20,000 nested arrays', `{"id":"cus_deep","object":"customer","x":${nested(20_000)}}`, 'object'],
  ["Stripe's error", '{"error":{"type":"invalid_request_error","message":"no","param":"x"}}', 'error'],
  ["Stripe's error of API v2", '{"error":{"code":"invalid_fields","message":"no"}}', 'error'],
  ['an error whose message is an object', '{"error":{"type":"api_error","message":{"a":1}}}', 'error'],
  [
    'a card error',
    '{"error":{"type":"card_error","code":"expired_card","decline_code":"","message":"no"}}',
    'card error',
  ],
  [
    'a key in use',
    '{"error":{"type":"idempotency_error","code":"idempotency_key_in_use","message":"no"}}',
    'key in use',
  ],
  ['an object without error', '{"message":"upstream unavailable"}', 'other'],
  ['an empty object', '{}', 'other'],
  ['error: null', '{"error":null}', 'other'],
  ['error: a text', '{"error":"unauthorized"}', 'other'],
  ['error: a list', '{"error":[{"type":"api_error"}]}', 'other'],
  ["another API's error", '{"error":{"code":403,"message":"denied","status":"PERMISSION_DENIED"}}', 'other'],
  ['an array', '[]', 'other'],
  ['an array of objects', '[{"id":"cus_1"}]', 'other'],
  ['a text', '"x"', 'other'],
  ['an empty text', '""', 'other'],
  ['true', 'true', 'other'],
  ['0', '0', 'other'],
  ['null', 'null', 'other'],
  ['HTML', '<html><body>captive portal</body></html>', 'other'],
  ['nothing', '', 'other'],
  ['a truncated object', '{"id":"cus_1","obj', 'other'],
  ['nested arrays alone', nested(20_000), 'other'],
];

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** https://docs.stripe.com/api/errors: Stripe's error statuses below 500. */
const DOCUMENTED: ReadonlySet<number> = new Set([400, 401, 402, 403, 404, 409, 424, 429]);

/** What a call finds before an event. */
interface Before {
  readonly prior: PriorKnowledge;
  readonly freshId?: true;
}
const BEFORE: readonly Before[] = [
  { prior: 'none' },
  { prior: 'unknown' },
  { prior: 'done' },
  { prior: 'in flight' },
  { prior: 'unread' },
  { prior: 'unread', freshId: true },
];

/** Methods, and whether the path names an object by a name that its owner chose (`DELETE /v1/coupons/SPRING`). */
const WRITES = [
  { method: 'POST' },
  { method: 'DELETE' },
  { method: 'DELETE', reusableName: true },
  { method: 'GET' },
] as const;

interface Row {
  readonly status: number;
  readonly kind: Kind;
  readonly marked: boolean;
}

/** The rule, in the words of the contract. */
function expected({ status, kind, marked }: Row, before: Effect): Effect {
  if (before === 'done') return 'done';
  const success = status >= 200 && status <= 299;
  if (success) return kind === 'object' ? 'done' : 'unknown';
  const stripes = kind === 'error' || kind === 'card error' || kind === 'key in use';
  if (status < 400 || status >= 500 || !stripes) return 'unknown';
  // After Stripe's idempotency layer: a card error, a saved result.
  if (marked) return 'none';
  // A gateway's, though its body is written as Stripe's: Stripe may have done the work behind it.
  if (!DOCUMENTED.has(status)) return 'unknown';
  if (kind === 'card error') return 'none';
  if (status === 409 || kind === 'key in use') return 'unknown';
  return before;
}

/** The record afterwards: a 401 and a 429 leave the key unchanged, any other error uses it up. */
function expectedState({ status, kind, marked }: Row, effect: Effect): RecordState {
  if (effect !== 'none') return effect === 'done' ? 'succeeded' : 'indeterminate';
  const looked = marked || kind === 'card error' || (status !== 401 && status !== 429);
  return looked ? 'failed' : 'received';
}

const ALL_STATUSES = Array.from({ length: 400 }, (_, index) => 200 + index);
const STEP = sized(5, 1);
/** In the small size, neighboring bodies take turns with the statuses that Stripe does not document. */
const statusesOf = (place: number): readonly number[] =>
  ALL_STATUSES.filter((status) => DOCUMENTED.has(status) || status % STEP === place % STEP);

test('every status, body and mark, after every prior knowledge, by every method', () => {
  let walked = 0;
  for (const [place, [name, text, kind]] of BODIES.entries()) {
    const json = jsonOf(text);
    for (const status of statusesOf(place))
      for (const marked of [false, true]) {
        const headers = { 'request-id': 'req_1', ...(marked ? { 'idempotent-replayed': 'true' } : {}) };
        const answer = parsedResponse(status, json, headers);
        const event = evidenceOf(answer);
        for (const before of BEFORE)
          for (const write of WRITES) {
            holdsTo({ status, kind, marked }, before, write, event, `${status} ${name}${marked ? ', marked' : ''}`);
            walked += 1;
          }
        readsWell(answer, `${status} ${name}`);
      }
  }
  console.log(`${walked} rows of the effect table`);
  const statuses = BODIES.reduce((sum, _, place) => sum + statusesOf(place).length, 0);
  assert.equal(walked, statuses * 2 * BEFORE.length * WRITES.length);
});

function holdsTo(row: Row, before: Before, write: (typeof WRITES)[number], event: EffectEvent, answer: string): void {
  const verdict = effectOf({ ...before, ...write, event });
  const where = `${answer}, ${JSON.stringify({ ...before, ...write })}`;
  const { prior } = before;
  if (write.method === 'GET') {
    // A read has no effect and changes no record.
    assert.deepEqual([verdict.effect, verdict.state], ['none', undefined], where);
    return;
  }
  if (prior === 'in flight' || prior === 'unread') {
    // A call without a lease sends nothing and writes nothing: only an id of its own can have no effect.
    assert.deepEqual([verdict.effect, verdict.state], [before.freshId === true ? 'none' : 'unknown', undefined], where);
    assert.equal(verdict.mayRepeat, false, where);
    return;
  }
  assert.equal(verdict.effect, expected(row, prior), where);
  assert.equal(verdict.state, expectedState(row, verdict.effect), where);
  // Without an idempotency key a repeat is safe only while no attempt can have had an effect.
  assert.equal(verdict.mayRepeat, !('reusableName' in write) || verdict.effect !== 'unknown', where);
  if (verdict.readBack) assert.equal(verdict.effect, 'unknown', where);
  // The client folds the responses of a call, and the record folds the last of them again.
  assert.deepEqual(effectOf({ prior: verdict.effect, ...write, event }), verdict, `${where}, again`);
}

const AFTER_THE_CALL: readonly EffectEvent[] = ['not attempted', 'not recorded', 'result unreadable'];

test('a failing store and an unreadable object change neither the effect nor the record', () => {
  for (const event of AFTER_THE_CALL)
    for (const before of BEFORE)
      for (const write of WRITES) {
        if (write.method === 'GET') continue;
        const { prior } = before;
        const known = prior === 'in flight' || prior === 'unread' ? undefined : prior;
        const { effect, state } = effectOf({ ...before, ...write, event });
        const unreadable = before.freshId === true ? 'none' : 'unknown';
        assert.deepEqual([effect, state], [known ?? unreadable, undefined], `${event} ${JSON.stringify(before)}`);
      }
});

test('evidence from Stripe or an operator ends every open state', () => {
  for (const prior of ['none', 'unknown'] as const) {
    const after = (event: EffectEvent): unknown[] => {
      const { effect, state } = effectOf({ prior, event, method: 'POST' });
      return [effect, state];
    };
    assert.deepEqual(after('shown done'), ['done', 'succeeded']);
    assert.deepEqual(after('shown none'), ['none', 'failed']);
    assert.deepEqual(after('no row changed'), ['none', 'received']);
  }
});

/** The effect of a POST after an event. */
function effectAfter(prior: Effect, event: EffectEvent): Effect {
  return effectOf({ prior, event, method: 'POST' }).effect;
}

/** Each failure has a status, a reason and words, for a read and for a write; a success is never more than its object. */
function readsWell(answer: StripeResult, where: string): void {
  if (answer.ok) return assert.ok(!Array.isArray(answer.body), where);
  for (const write of [true, false]) {
    const error = toStripeError(answer, write);
    assert.ok(error.status in STATUSES && /^[A-Z][A-Z0-9_]+$/.test(error.details.reason), where);
    // RFC 9110, 10.2.3: a 503 that a repeat can help says when.
    if (error.status === 'UNAVAILABLE' && error.retryable) assert.ok((retryAfterMsOf(error) ?? 0) >= 1, where);
    assert.ok(error.message !== '' && !error.message.includes('[object'), where);
  }
}

test('deeper nesting than any Stripe object becomes null, by name', () => {
  const json = jsonOf(`{"id":"cus_1","object":"customer","name":"Ann","deep":${nested(20_000)},"flat":[[1]]}`);
  const answer = parsedResponse(200, json);
  assert.ok(answer.ok);
  assert.deepEqual(answer.truncated, ['deep']);
  assert.deepEqual(answer.body, { id: 'cus_1', object: 'customer', name: 'Ann', deep: null, flat: [[1]] });
});

test('a missing connection keeps what is known; a broken one makes it unknown', () => {
  for (const before of ['none', 'unknown'] as const) {
    assert.equal(effectAfter(before, evidenceOf(UNSENT)), before);
    assert.equal(effectAfter(before, evidenceOf(LOST)), 'unknown');
    assert.equal(effectAfter(before, evidenceOf({ ...LOST, timedOut: true })), 'unknown');
  }
});

// https://docs.stripe.com/error-low-level: a 402 without Stripe's card error may be a gateway's own ("payment required").
test('a 402 that is not a card error settles no unknown outcome', () => {
  const json = { error: { type: 'invalid_request_error', message: 'plan expired' } };
  const evidence = evidenceOf(parsedResponse(402, json));
  assert.deepEqual([effectAfter('none', evidence), effectAfter('unknown', evidence)], ['none', 'unknown']);
});

// https://docs.stripe.com/api/errors lists what Stripe answers: none of these.
for (const status of [405, 407, 413, 418, 426, 451, 499])
  test(`a ${status} in the form of Stripe's error is reported as another server's response`, () => {
    const json = { error: { type: 'invalid_request_error', message: 'not here' } };
    const answer = failedResponse(status, json, { 'request-id': 'req_1' });
    const error = toStripeError(answer, true);
    assert.deepEqual([answer.kind, error.details.reason, error.retryable], ['lost', 'OUTCOME_UNKNOWN', true]);
  });

// https://docs.stripe.com/error-codes, https://docs.stripe.com/declines/codes: a decline code comes with card_declined alone.
const CARDS: readonly (readonly [object, string])[] = [
  [{ code: 'expired_card', decline_code: '' }, 'EXPIRED_CARD'],
  [{ code: 'incorrect_cvc' }, 'INCORRECT_CVC'],
  [{ code: 'card_declined', decline_code: 'insufficient_funds' }, 'INSUFFICIENT_FUNDS'],
  [{ code: 'card_declined', decline_code: '' }, 'CARD_DECLINED'],
  [{ code: '', decline_code: '' }, 'CARD_ERROR'],
  [{}, 'CARD_ERROR'],
];
for (const [facts, reason] of CARDS)
  test(`a card error ${JSON.stringify(facts)} is ${reason}`, () => {
    const json = { error: { type: 'card_error', message: 'Your card was declined.', ...facts } };
    const answer = failedResponse(402, json);
    const error = toStripeError(answer, true);
    assert.equal(error.details.reason, reason);
    assert.ok(!Object.values(error.details.stripe ?? {}).includes(''));
  });

test("Stripe's throttling has another reason than the connection's own", () => {
  for (const [status, code, reason] of [
    [429, 'rate_limit', 'STRIPE_RATE_LIMIT'],
    [429, undefined, 'STRIPE_RATE_LIMIT'],
    [400, 'rate_limit', 'STRIPE_RATE_LIMIT'],
    [429, 'lock_timeout', 'LOCK_TIMEOUT'],
  ] as const) {
    const json = { error: { type: 'invalid_request_error', code, message: 'slow down' } };
    const answer = failedResponse(status, json);
    assert.equal(toStripeError(answer, true).details.reason, reason);
  }
});

// https://docs.stripe.com/api/request_ids: every request to Stripe has an id. A gateway's error has a code too.
test("an error with only a code is Stripe's only if it has a request id", () => {
  const json = { error: { code: 'ResourceNotFound', message: 'no route' } };
  const gateway = parsedResponse(404, json);
  const stripe = parsedResponse(404, json, { 'request-id': 'req_1' });
  assert.deepEqual([evidenceOf(gateway), evidenceOf(stripe)], ['unclear', 'invalid request']);
});

// https://docs.stripe.com/api/idempotent_requests: a saved result comes with the status that it had first.
test("a mark does not turn an unrelated status into a rejection: it is reported as another server's response", () => {
  const json = { error: { type: 'card_error', code: 'card_declined', message: 'no' } };
  for (const status of [200, 204, 302, 304, 399, 600, 999]) {
    const answer = failedResponse(status, json, { 'idempotent-replayed': 'true' });
    const { details: facts, retryable } = toStripeError(answer, true);
    assert.deepEqual([answer.kind, facts.reason, retryable], ['lost', 'OUTCOME_UNKNOWN', true], String(status));
  }
});

// A conflict that is saved is the endpoint's own: the key is not in use, and the same key gets it again.
test("a saved 409 is reported in Stripe's words and is not requested again", () => {
  const json = { error: { type: 'invalid_request_error', code: 'resource_already_exists', message: 'is there' } };
  const answer = failedResponse(409, json, { 'idempotent-replayed': 'true' });
  const { details: facts, message, retryable } = toStripeError(answer, true);
  assert.deepEqual([facts.reason, message, retryable], ['RESOURCE_ALREADY_EXISTS', 'is there', false]);
  assert.equal(isRetryable(answer), false);
});

test("a code in another format than Stripe's becomes no reason", () => {
  for (const code of ['x'.repeat(5000), 'sk_test_Zq7Lm2Xw9 is no code', '<b>', '4242 4242 4242 4242']) {
    const json = { error: { type: 'invalid_request_error', code, param: 'p' } };
    const answer = failedResponse(400, json);
    assert.match(toStripeError(answer, true).details.reason, /^(STRIPE_INVALID_REQUEST|INVALID_STATE)$/);
  }
});
