/**
 * An instance that stood still until its lease was over does not say `none`: another one may be at work. Cloud Run takes
 * the CPU from an instance between requests and under CPU throttling.
 * https://cloud.google.com/run/docs/configuring/billing-settings
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryOperations } from '../../shared/adapters/memory/operations.ts';
import { toConnectorError, type Effect } from '../../shared/errors.ts';
import { entityHandler } from '../../shared/http/operation-handlers.ts';
import type { OperationStore } from '../../shared/idempotency/store.ts';
import type { StripeTransport } from '../../shared/stripe/transport.ts';
import { testConnector } from '../support/connector.ts';
import { fakeStripe } from '../support/fake-stripe.ts';
import { failingStore } from '../support/operation-stores.ts';
import { stripeFailure } from '../support/stripe-results.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const REFUSED = stripeFailure(400, { type: 'invalid_request_error', code: 'parameter_invalid' });
const LIST = { object: 'list', data: [{ id: 'cus_1', object: 'customer', email: 'a@b.c' }], has_more: false };

/** Stripe's response to a write comes after `ms`, whatever the time limit: nothing runs here meanwhile. */
function refusedAfter(clock: VirtualClock, ms: number): StripeTransport {
  const stripe = fakeStripe(({ method }) => (method === 'GET' ? LIST : REFUSED));
  return {
    ready: () => Promise.resolve(),
    async send(request, apiKey, timeoutMs) {
      if (request.method !== 'GET') await clock.sleep(ms);
      return stripe.send(request, apiKey, timeoutMs);
    },
  };
}

/** An instance that stands still renews no lease. */
function withoutRenewal(store: OperationStore): OperationStore {
  return failingStore(store, ({ method }) => method === 'update');
}

const WRITES = [
  ['Create', { entity: 'Customer', connectorInputPayload: { Name: 'x' } }],
  ['Update', { entity: 'Customer', filterClause: "Email = 'a@b.c'", connectorInputPayload: { Name: 'x' } }],
] as const;
for (const [operation, body] of WRITES)
  for (const [ms, expected] of [
    [1000, 'none'],
    [120_000, 'unknown'],
  ] as const)
    test(`${operation}: a Stripe error that is read after ${ms} ms is ${expected}`, async () => {
      const clock = new VirtualClock();
      const store = memoryOperations(clock);
      const call = async (after: number, operations: OperationStore): Promise<Effect | undefined> => {
        const stripe = refusedAfter(clock, after);
        const connector = testConnector({ clock, stripe, operations, settings: { min_nodes: 50 } });
        const terms = { operationId: 'order-1', deadlineMs: 300_000, responseFlags: new Set<string>() };
        return (await entityHandler(operation).prepare(connector, body, terms).run().catch(toConnectorError)).effect;
      };
      const frozen = call(ms, withoutRenewal(store));
      await clock.advance(60_000);
      // Another instance takes over, and is under way when the first one goes on.
      const other = call(90_000, store);
      await clock.advance(70_000);
      assert.equal(await frozen, expected);
      await clock.advance(200_000);
      assert.equal(await other, expected);
    });
