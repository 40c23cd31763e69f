/**
 * What one call says when Stripe answers its attempts differently. Sources:
 * https://docs.stripe.com/error-low-level (`Stripe-Should-Retry`; a 401 and a 429 come before the idempotency layer),
 * https://docs.stripe.com/api/idempotent_requests (a saved result belongs to its parameters; a DELETE takes no key).
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryOperations } from '../../shared/adapters/memory/operations.ts';
import { toConnectorError, type ConnectorError } from '../../shared/errors.ts';
import type { PreparableOperation } from '../../shared/http/operation-handler.ts';
import { entityHandler } from '../../shared/http/operation-handlers.ts';
import type { OperationResult } from '../../shared/operations/connector.ts';
import type { StripeFailure } from '../../shared/stripe/transport.ts';
import { testConnector, type TestConnector } from '../support/connector.ts';
import { fakeStripe, type FakeReply, type FakeStripe } from '../support/fake-stripe.ts';
import { LOST, stripeFailure, UNSENT } from '../support/stripe-results.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { inVirtualTime } from '../support/virtual-time.ts';

const CARD = { type: 'card_error', code: 'card_declined' };
const INVALID = { type: 'invalid_request_error', code: 'parameter_invalid' };
const retried = (failure: StripeFailure): StripeFailure => ({ ...failure, shouldRetry: true });

interface Server {
  readonly clock: VirtualClock;
  readonly stripe: FakeStripe;
  readonly connector: TestConnector;
}

/** Answers the writes from `script` and then from `rest`; reads show nothing. */
function serverOf(script: readonly FakeReply[], rest: FakeReply): Server {
  const clock = new VirtualClock();
  const replies = [...script];
  const stripe = fakeStripe(({ method, path }) => {
    if (method !== 'GET') return replies.shift() ?? rest;
    return path === '/v1/events' ? { object: 'list', data: [], has_more: false } : stripeFailure(404, INVALID);
  });
  const operations = memoryOperations(clock);
  return { clock, stripe, connector: testConnector({ clock, stripe, operations, settings: { min_nodes: 50 } }) };
}

function call(
  { connector, clock }: Server,
  handler: PreparableOperation,
  body: object,
): Promise<OperationResult | ConnectorError> {
  const terms = { operationId: 'order-1', deadlineMs: 50_000, responseFlags: new Set<string>() };
  return inVirtualTime(clock, handler.prepare(connector, body, terms).run().catch(toConnectorError));
}

const customer = (name: string): object => ({ entity: 'Customer', connectorInputPayload: { Name: name } });

const SAVED: readonly (readonly [string, StripeFailure])[] = [
  ['a declined card', stripeFailure(402, CARD)],
  ['a 400', stripeFailure(400, INVALID)],
  ['a 403', stripeFailure(403, INVALID)],
  ['a 424', stripeFailure(424, INVALID)],
];
const UNPROCESSED: readonly (readonly [string, FakeReply])[] = [
  ['a 401', stripeFailure(401)],
  ['a 429', { ...stripeFailure(429, { code: 'rate_limit' }), shouldRetry: false }],
  ['no connection', { ...UNSENT, shouldRetry: false }],
];
for (const [saved, first] of SAVED)
  for (const [unprocessed, second] of UNPROCESSED)
    test(`after ${saved} that Stripe wants retried and ${unprocessed}, another payload gets a new key`, async () => {
      const server = serverOf([retried(first), second], { id: 'cus_1', object: 'customer' });
      assert.equal((await call(server, entityHandler('Create'), customer('wrong'))).effect, 'none');
      assert.equal((await call(server, entityHandler('Create'), customer('corrected'))).effect, 'done');
      const keys = server.stripe.sent.map(({ idempotencyKey }) => idempotencyKey);
      assert.deepEqual(keys, ['order-1', 'order-1', 'order-1~1']);
    });

for (const [name, answer] of [
  ['a card error', stripeFailure(402, CARD)],
  ['a refusal with the mark of a replay', stripeFailure(400, INVALID, { replayed: true })],
] as const)
  test(`${name} does not settle an earlier attempt of a DELETE without a key`, async () => {
    const server = serverOf([LOST, answer], answer);
    const body = { entity: 'Subscription', entityId: 'sub_1' };
    assert.equal((await call(server, entityHandler('Delete'), body)).effect, 'unknown');
    assert.equal((await call(server, entityHandler('Delete'), body)).effect, 'unknown');
    assert.equal(server.stripe.sent.find(({ method }) => method === 'DELETE')?.idempotencyKey, undefined);
  });
