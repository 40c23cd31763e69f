/** Retries of the Stripe client: which failures are tried again, how often, and what is known of the effect. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isConnectorError } from '../../shared/errors.ts';
import type { StripeResult, StripeRequest } from '../../shared/stripe/transport.ts';
import { LOST, stripeFailure, UNSENT } from '../support/stripe-results.ts';
import { ok, post, get, run } from './stripe-client-run.ts';

const del: StripeRequest = { method: 'DELETE', path: '/v1/customers/cus_1', params: {} };

interface Row {
  readonly request: StripeRequest;
  readonly answers: readonly StripeResult[];
  readonly tries: number;
  /** Undefined: it succeeds. */
  readonly status?: string;
  readonly effect?: string;
}

const rows: Record<string, Row> = {
  'a success is one try': { request: post, answers: [ok], tries: 1 },
  'a reset is tried again with the same key': { request: post, answers: [LOST, ok], tries: 2 },
  'a connection that was never made is tried again': { request: post, answers: [UNSENT, ok], tries: 2 },
  'a 409 is tried again': { request: post, answers: [stripeFailure(409), ok], tries: 2 },
  'a 429 is tried again': { request: post, answers: [stripeFailure(429), ok], tries: 2 },
  'a 500 is tried again': { request: get, answers: [stripeFailure(500), ok], tries: 2 },
  'a refusal stands': {
    request: post,
    answers: [stripeFailure(400, { param: 'x' })],
    tries: 1,
    status: 'INVALID_ARGUMENT',
    effect: 'none',
  },
  'a declined card stands': {
    request: post,
    answers: [stripeFailure(402, { code: 'card_declined' })],
    tries: 1,
    status: 'FAILED_PRECONDITION',
    effect: 'none',
  },
  'Stripe-Should-Retry false is obeyed': {
    request: post,
    answers: [stripeFailure(500, {}, { shouldRetry: false })],
    tries: 1,
    status: 'UNAVAILABLE',
    effect: 'unknown',
  },
  'Stripe-Should-Retry true is obeyed': {
    request: post,
    answers: [stripeFailure(400, { param: 'x' }, { shouldRetry: true }), ok],
    tries: 2,
  },
  'lock_timeout has three tries': {
    request: post,
    answers: [stripeFailure(429, { code: 'lock_timeout' })],
    tries: 3,
    status: 'RESOURCE_EXHAUSTED',
    effect: 'none',
  },
  'an outcome that stays unknown says so': {
    request: post,
    answers: [LOST],
    tries: 4,
    status: 'UNAVAILABLE',
    effect: 'unknown',
  },
  'a read that is lost has no effect': { request: get, answers: [LOST], tries: 4, status: 'UNAVAILABLE' },
  'what was never sent has no effect': {
    request: post,
    answers: [UNSENT],
    tries: 4,
    status: 'UNAVAILABLE',
    effect: 'none',
  },
  'a 429 after an unknown outcome leaves it unknown': {
    request: post,
    answers: [LOST, stripeFailure(429)],
    tries: 4,
    status: 'RESOURCE_EXHAUSTED',
    effect: 'unknown',
  },
  // https://docs.stripe.com/api/idempotent_requests: a validation error is not saved, and may stand before the endpoint.
  'a refusal after an unknown outcome leaves it unknown': {
    request: post,
    answers: [LOST, stripeFailure(400, { param: 'x' })],
    tries: 2,
    status: 'INVALID_ARGUMENT',
    effect: 'unknown',
  },
  'a refusal that Stripe marks as replayed settles an unknown outcome': {
    request: post,
    answers: [LOST, stripeFailure(400, { param: 'x' }, { replayed: true })],
    tries: 2,
    status: 'INVALID_ARGUMENT',
    effect: 'none',
  },
  'a declined card settles an unknown outcome': {
    request: post,
    answers: [LOST, stripeFailure(402, { type: 'card_error', code: 'card_declined' })],
    tries: 2,
    status: 'FAILED_PRECONDITION',
    effect: 'none',
  },
  'a hang is the deadline': {
    request: post,
    answers: [{ ...LOST, timedOut: true }],
    tries: 4,
    status: 'DEADLINE_EXCEEDED',
    effect: 'unknown',
  },
  'a POST without an idempotency key is not sent': {
    request: { method: 'POST', path: '/v1/customers', params: {} },
    answers: [ok],
    tries: 0,
    status: 'INTERNAL',
    effect: 'none',
  },
  'a POST with an empty idempotency key is not sent': {
    request: { method: 'POST', path: '/v1/customers', params: {}, idempotencyKey: '' },
    answers: [ok],
    tries: 0,
    status: 'INTERNAL',
    effect: 'none',
  },
  'a DELETE of API v2 without an idempotency key is not sent': {
    request: { method: 'DELETE', path: '/v2/core/event_destinations/ed_1', params: {} },
    answers: [ok],
    tries: 0,
    status: 'INTERNAL',
    effect: 'none',
  },
  'the same key in flight is ABORTED, the effect unknown': {
    request: post,
    answers: [stripeFailure(409, { code: 'idempotency_key_in_use', type: 'idempotency_error' })],
    tries: 4,
    status: 'ABORTED',
    effect: 'unknown',
  },
  'the same key with another payload is ALREADY_EXISTS': {
    request: post,
    answers: [stripeFailure(400, { type: 'idempotency_error' })],
    tries: 1,
    status: 'ALREADY_EXISTS',
    effect: 'none',
  },
  // The object may never have been: what Stripe shows of it decides (read-back.test.ts).
  'a DELETE that was lost and then finds nothing is unknown': {
    request: del,
    answers: [LOST, stripeFailure(404, { code: 'resource_missing' })],
    tries: 2,
    status: 'NOT_FOUND',
    effect: 'unknown',
  },
  'a DELETE of what never was is NOT_FOUND': {
    request: del,
    answers: [stripeFailure(404, { code: 'resource_missing' })],
    tries: 1,
    status: 'NOT_FOUND',
    effect: 'none',
  },
  "Stripe's 401 is our key": { request: get, answers: [stripeFailure(401)], tries: 1, status: 'FAILED_PRECONDITION' },
  "Stripe's 403 is a permission": {
    request: get,
    answers: [stripeFailure(403)],
    tries: 1,
    status: 'PERMISSION_DENIED',
  },
  'a wrong state is FAILED_PRECONDITION': {
    request: post,
    answers: [stripeFailure(400, { code: 'payment_intent_unexpected_state' })],
    tries: 1,
    status: 'FAILED_PRECONDITION',
    effect: 'none',
  },
};

for (const [sentence, row] of Object.entries(rows)) {
  test(sentence, async () => {
    const { result, sent } = await run(row.request, row.answers);
    assert.equal(sent.length, row.tries);
    for (const one of sent) assert.deepEqual(one, row.request);
    if (row.status === undefined) return assert.ok(!isConnectorError(result), String(result));
    assert.ok(isConnectorError(result));
    assert.equal(result.status, row.status);
    assert.equal(result.effect, row.effect);
  });
}

test('waits for Retry-After plus jitter', async () => {
  const { at } = await run(post, [stripeFailure(429, {}, { retryAfterMs: 3000 }), ok]);
  assert.ok(at[1]! - at[0]! >= 3000);
});

test('no retry starts after the deadline', async () => {
  const { sent, result } = await run(post, [stripeFailure(429, {}, { retryAfterMs: 3000 }), ok], { deadlineMs: 2000 });
  assert.equal(sent.length, 1);
  assert.ok(isConnectorError(result) && result.details.retryAfterMs === 3000);
});

test('an unexpected error after the request was sent has an unknown effect', async () => {
  const { result, sent } = await run(post, [ok], { throws: true });
  assert.ok(isConnectorError(result));
  assert.deepEqual([result.status, result.effect, sent.length], ['INTERNAL', 'unknown', 1]);
});
