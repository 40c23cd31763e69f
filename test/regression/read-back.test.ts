/** Too old to be repeated: what Stripe shows of a write settles it, or nothing does. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { memoryOperations } from '../../shared/adapters/memory/operations.ts';
import { sdkTransport } from '../../shared/adapters/stripe/sdk-transport.ts';
import { annotateError, type CallContext } from '../../shared/stripe/call-context.ts';
import { recoverOutcome } from '../../shared/idempotency/recover-outcome.ts';
import { isOlderObject } from '../../shared/stripe/reused-names.ts';
import { idempotentRequest, type IdempotentRequestDeps } from '../../shared/idempotency/idempotent-request.ts';
import type { StripeClient } from '../../shared/stripe/client.ts';
import { toStripeError } from '../../shared/stripe/errors.ts';
import { isConnectorError } from '../../shared/errors.ts';
import { REPEAT_WINDOW_US } from '../../shared/idempotency/record/claim.ts';
import type { StripeRequest } from '../../shared/stripe/transport.ts';
import { SANDBOX_KEY, startSandbox, type Sandbox } from '../../shared/sandbox/server.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { callContext } from '../support/calls.ts';
import { testDeps } from '../support/connector-deps.ts';
import { LOST } from '../support/stripe-results.ts';

let sandbox: Sandbox;
let clock: VirtualClock;
let deps: IdempotentRequestDeps;
let sent: StripeRequest[];
/** What the answer of the next write meets on its way back. */
let lost = false;

before(async () => {
  sandbox = await startSandbox({ seed: 5, now: () => Math.floor(clock.epochMs() / 1000) });
});
after(() => sandbox.close());
beforeEach(() => {
  clock = new VirtualClock();
  sent = [];
  const stripe = sdkTransport({ base: sandbox.url });
  const client: StripeClient = {
    async request(request, call) {
      sent.push(request);
      const answer = await stripe.send(request, SANDBOX_KEY, 5000);
      if (lost && request.method !== 'GET') throw annotateError(toStripeError(LOST, true), call, 'unknown');
      if (answer.ok) return answer;
      throw toStripeError(answer, request.method !== 'GET');
    },
  };
  deps = testDeps(client, { operations: memoryOperations(clock) });
});

const callOf = (operationId: string): CallContext => callContext(clock, { operationId });
const post = (path: string, params: object, idempotencyKey: string): StripeRequest => ({
  method: 'POST',
  path,
  params: { ...params },
  idempotencyKey,
});

async function lose(request: StripeRequest, id: string): Promise<void> {
  lost = true;
  try {
    await assert.rejects(idempotentRequest(deps, request, callOf(id)));
  } finally {
    lost = false;
  }
}
const later = (): Promise<void> => clock.advance(REPEAT_WINDOW_US / 1000 + 60_000);
const writes = (): number => sent.filter(({ method }) => method !== 'GET').length;

test('a completed create is found by the key in its event', async () => {
  const request = post('/v1/customers', { name: 'found' }, 'rb-1');
  await lose(request, 'rb-1');
  await later();
  // Others made customers meanwhile.
  for (let n = 0; n < 3; n += 1)
    await idempotentRequest(deps, post('/v1/customers', { name: `other ${n}` }, `rb-1-${n}`), callOf(`rb-1-${n}`));
  sent.length = 0;
  const found = await idempotentRequest(deps, request, callOf('rb-1'));
  assert.equal(found['name'], 'found');
  assert.equal(writes(), 0, 'nothing is sent again');
  sent.length = 0;
  assert.deepEqual(await idempotentRequest(deps, request, callOf('rb-1')), found);
  assert.equal(sent.length, 0, 'it is settled: the next repeat is answered from the record');
});

test('an update and an action are found in the same way', async () => {
  const made = await idempotentRequest(deps, post('/v1/customers', { name: 'a' }, 'rb-2'), callOf('rb-2'));
  const update = post(`/v1/customers/${String(made['id'])}`, { name: 'b' }, 'rb-2-update');
  await lose(update, 'rb-2-update');
  await later();
  assert.equal((await idempotentRequest(deps, update, callOf('rb-2-update')))['name'], 'b');
});

test('a deleted object settles a delete', async () => {
  const made = await idempotentRequest(deps, post('/v1/customers', { name: 'a' }, 'rb-3'), callOf('rb-3'));
  const id = String(made['id']);
  const remove: StripeRequest = { method: 'DELETE', path: `/v1/customers/${id}`, params: {} };
  await lose(remove, 'rb-3-delete');
  await later();
  sent.length = 0;
  assert.deepEqual(await idempotentRequest(deps, remove, callOf('rb-3-delete')), { id, deleted: true });
  assert.equal(writes(), 0);
});

/** The client as it runs a repeat: an earlier attempt may have had its effect. */
function repeating(): IdempotentRequestDeps {
  const run: StripeClient['request'] = (request, call, before) =>
    deps.stripe.request(request, call, before).catch((cause: unknown) => {
      if (isConnectorError(cause) && request.method !== 'GET') cause.effect = 'unknown';
      throw cause;
    });
  return { ...deps, stripe: { request: run } };
}

// https://docs.stripe.com/api/events/types: coupon.deleted. Stripe keeps no deleted coupon.
test('a delete whose response is lost finds its event, at once if no repeat is safe', async () => {
  const coupon = { id: 'gone-5', percent_off: 5, duration: 'once' };
  await idempotentRequest(deps, post('/v1/coupons', coupon, 'rb-6'), callOf('rb-6'));
  const remove: StripeRequest = { method: 'DELETE', path: '/v1/coupons/gone-5', params: {} };
  const gone = { id: 'gone-5', deleted: true };
  lost = true;
  try {
    assert.deepEqual(await idempotentRequest(deps, remove, callOf('rb-6-delete')), gone);
  } finally {
    lost = false;
  }
  assert.deepEqual(await idempotentRequest(repeating(), remove, callOf('rb-6-delete')), gone);
});

test('a repeated delete finds its event within the life of the key too', async () => {
  const { id: customer } = await idempotentRequest(deps, post('/v1/customers', {}, 'rb-8'), callOf('rb-8'));
  const item = { customer, amount: 100, currency: 'usd' };
  const { id } = await idempotentRequest(deps, post('/v1/invoiceitems', item, 'rb-8-item'), callOf('rb-8-item'));
  const remove: StripeRequest = { method: 'DELETE', path: `/v1/invoiceitems/${String(id)}`, params: {} };
  await lose(remove, 'rb-8-delete');
  assert.deepEqual(await idempotentRequest(repeating(), remove, callOf('rb-8-delete')), { id, deleted: true });
});

test('a delete of an object that never existed is not done, even after a lost attempt', async () => {
  const remove: StripeRequest = { method: 'DELETE', path: '/v1/customers/cus_never00000', params: {} };
  await lose(remove, 'rb-7');
  await assert.rejects(idempotentRequest(repeating(), remove, callOf('rb-7')), (error) => {
    assert.ok(isConnectorError(error));
    assert.deepEqual([error.details.reason, error.effect], ['RESOURCE_MISSING', 'unknown']);
    return true;
  });
  await later();
  await assert.rejects(idempotentRequest(deps, remove, callOf('rb-7')), { message: /is unknown/ });
});

test('if Stripe shows nothing the effect stays unknown and nothing is sent', async () => {
  const request = post('/v1/customers', { name: 'nowhere' }, 'rb-4');
  await lose(request, 'rb-4');
  await later();
  sent.length = 0;
  // Stripe keeps events for 30 days.
  const parted = { ...deps, stripe: withoutEvents(deps.stripe) };
  await assert.rejects(idempotentRequest(parted, request, callOf('rb-4')), (error) => {
    assert.ok(isConnectorError(error));
    assert.equal(error.details.reason, 'OPERATION_EXPIRED');
    assert.equal(error.effect, 'unknown');
    return true;
  });
  assert.equal(writes(), 0);
});

test('if the read fails the effect is unknown, and the next call reads again', async () => {
  const request = post('/v1/customers', { name: 'later' }, 'rb-5');
  await lose(request, 'rb-5');
  await later();
  sandbox.faults.add({ kind: 'error_500', times: 1, path: '/v1/events' });
  await assert.rejects(idempotentRequest(deps, request, callOf('rb-5')), (error) => {
    assert.ok(isConnectorError(error));
    assert.equal(error.effect, 'unknown');
    return true;
  });
  assert.equal((await idempotentRequest(deps, request, callOf('rb-5')))['name'], 'later');
});

function withoutEvents(stripe: StripeClient): StripeClient {
  return {
    request: async (request, call, before) =>
      request.path === '/v1/events'
        ? { ok: true, body: { data: [], has_more: false } }
        : stripe.request(request, call, before),
  };
}

/** Events of a request, the newest first. https://docs.stripe.com/api/events/types */
function withEvents(stripe: StripeClient, events: readonly object[]): IdempotentRequestDeps {
  const run: StripeClient['request'] = async (request, call, before) =>
    request.path === '/v1/events'
      ? { ok: true, body: { data: [...events], has_more: false } }
      : stripe.request(request, call, before);
  return { ...deps, stripe: { request: run } };
}
const eventOf = (type: string, key: string, object: object): object => ({
  id: `evt_${type}`,
  type,
  request: { id: 'req_1', idempotency_key: key },
  data: { object },
});

test('a declined payment is not done, although its object was created', async () => {
  const intent = { id: 'pi_1', object: 'payment_intent', status: 'requires_payment_method' };
  for (const failure of ['payment_intent.payment_failed', 'charge.failed', 'setup_intent.setup_failed']) {
    const id = `rb-8-${failure}`;
    const request = post('/v1/payment_intents', { amount: 500, currency: 'usd', confirm: true }, id);
    await lose(request, id);
    await later();
    for (const events of [
      [eventOf(failure, id, intent), eventOf('payment_intent.created', id, intent)],
      [eventOf('payment_intent.created', id, intent), eventOf(failure, id, intent)],
      [eventOf(failure, id, intent)],
    ])
      await assert.rejects(idempotentRequest(withEvents(deps.stripe, events), request, callOf(id)), (error) => {
        assert.ok(isConnectorError(error));
        assert.deepEqual([error.details.reason, error.effect], ['OPERATION_EXPIRED', 'unknown']);
        return true;
      });
  }
});

// https://docs.stripe.com/error-codes#invoice-payment-intent-requires-action
test('an invoice whose payment needs the customer is not paid, although it was updated', async () => {
  const request = post('/v1/invoices/in_1/pay', {}, 'rb-10');
  await lose(request, 'rb-10');
  await later();
  const invoice = { id: 'in_1', object: 'invoice', status: 'open' };
  const events = ['invoice.updated', 'invoice.payment_action_required'].map((type) => eventOf(type, 'rb-10', invoice));
  await assert.rejects(idempotentRequest(withEvents(deps.stripe, events), request, callOf('rb-10')), /is unknown/);
});

test('an event of the parent is no evidence', async () => {
  const request = post('/v1/customers/cus_1/tax_ids', { type: 'eu_vat', value: 'DE123456789' }, 'rb-9');
  await lose(request, 'rb-9');
  await later();
  const parent = eventOf('customer.updated', 'rb-9', { id: 'cus_1', object: 'customer' });
  await assert.rejects(idempotentRequest(withEvents(deps.stripe, [parent]), request, callOf('rb-9')), /is unknown/);
  const made = { id: 'txi_1', object: 'tax_id', value: 'DE123456789' };
  const both = [parent, eventOf('customer.tax_id.created', 'rb-9', made)];
  assert.deepEqual(await idempotentRequest(withEvents(deps.stripe, both), request, callOf('rb-9')), made);
});

/** A client whose reads a proxy or a gateway may answer, by path. */
const answering = (answers: Readonly<Record<string, object>>): StripeClient => ({
  request: ({ path }) => Promise.resolve({ ok: true, body: { ...answers[path] } }),
});
const NO_EVENTS = { object: 'list', data: [], has_more: false };
const coupon: StripeRequest = { method: 'DELETE', path: '/v1/coupons/C1', params: {} };
const TRIES = { firstUs: 1_795_000_000_000_000, lastUs: 1_795_000_000_000_000 };

// https://docs.stripe.com/api/customers/retrieve: a deleted object is returned with its id.
test('a read that shows another object, or none, settles no DELETE', async () => {
  const path = '/v1/customers/cus_9';
  const removal: StripeRequest = { method: 'DELETE', path, params: {} };
  const foreign: readonly object[] = [{ deleted: true }, { id: 'cus_8', object: 'customer', deleted: true }];
  for (const body of foreign) {
    const found = recoverOutcome(
      answering({ [path]: body, '/v1/events': NO_EVENTS }),
      removal,
      undefined,
      TRIES,
      callOf('x'),
    );
    assert.equal(await found, undefined);
  }
  const own = { id: 'cus_9', object: 'customer', deleted: true };
  assert.deepEqual(await recoverOutcome(answering({ [path]: own }), removal, undefined, TRIES, callOf('x')), {
    id: 'cus_9',
    deleted: true,
  });
});

test('a DELETE is not repeated because of another object that is old enough', async () => {
  for (const [id, stands] of [
    ['C1', true],
    ['C2', false],
  ] as const) {
    const stripe = answering({ [coupon.path]: { id, object: 'coupon', created: 1 } });
    assert.equal(await isOlderObject(stripe, coupon, TRIES.firstUs, callOf('x')), stands);
  }
});

// https://docs.stripe.com/api/pagination: `data` is an array of objects.
test('a response that is not a list of events is not evidence of absence', async () => {
  for (const list of [{ object: 'customer' }, { data: null }, { data: {} }, { data: [null] }, { data: ['x'] }]) {
    const read = recoverOutcome(answering({ '/v1/events': list }), coupon, undefined, TRIES, callOf('x'));
    await assert.rejects(
      read,
      (error) => isConnectorError(error) && error.details.reason === 'STRIPE_INVALID_RESPONSE',
      JSON.stringify(list),
    );
  }
});
