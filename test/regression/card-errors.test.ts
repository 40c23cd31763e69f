/**
 * A card error without a decline code has Stripe's code in every response, the log, results and dead letters.
 * https://docs.stripe.com/error-codes: `decline_code` comes with `card_declined` alone; stripe-node sets it to '' elsewhere.
 * Reports: stripe/stripe-terminal-ios#150, mozilla/fxa#3240, woocommerce-gateway-stripe#1178.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HttpFunction } from '@google-cloud/functions-framework';
import { jsonSchemaValidator } from '../../shared/adapters/json-schema-validator.ts';
import type { StripeTransport } from '../../shared/stripe/transport.ts';
import { handleMessage } from '../../shared/automation/handle-message.ts';
import { managementFunction } from '../../shared/management/function.ts';
import {
  defineActionFunction,
  defineEntityFunction,
  defineExecuteActionFunction,
} from '../../shared/http/define-function.ts';
import { agentTools } from '../../shared/mcp/tools.ts';
import { testConnector, type TestConnector } from '../support/connector.ts';
import { serve } from '../support/in-process.ts';
import { pubsubMessage } from '../support/calls.ts';
import { FakeStripeError, fakeStripe } from '../support/fake-stripe.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { inVirtualTime } from '../support/virtual-time.ts';

/** A Stripe that declines every write with a card error. */
function refusing(facts: object): StripeTransport {
  const customer = { id: 'cus_1', object: 'customer', email: 'a@b.c' };
  return fakeStripe(({ method }) =>
    method === 'GET'
      ? { object: 'list', data: [customer], has_more: false }
      : new FakeStripeError(402, { type: 'card_error', message: 'Your card was declined.', ...facts }),
  );
}

const PAYMENT = { Amount: 100, Currency: 'usd', Confirm: true };
const CONFIRM = { PaymentIntentId: 'pi_1' };
const BASE = '/v2/projects/local/locations/local/connections/test';
/** HTTP endpoints: method, path, body. */
const DOORS: readonly (readonly [method: string, path: string, body: object])[] = [
  ['POST', '/create-entity', { entity: 'PaymentIntent', connectorInputPayload: PAYMENT }],
  [
    'POST',
    '/update-entity',
    { entity: 'Customer', filterClause: "Email = 'a@b.c'", connectorInputPayload: { Source: 'tok_1' } },
  ],
  ['POST', '/execute-action', { action: 'ConfirmPaymentIntent', connectorInputPayload: CONFIRM }],
  ['POST', '/confirm-payment-intent', { connectorInputPayload: CONFIRM }],
  ['POST', `${BASE}/entityTypes/PaymentIntent/entities`, { fields: PAYMENT }],
  ['POST', `${BASE}/actions/ConfirmPaymentIntent:execute`, { parameters: CONFIRM }],
  ['POST', '/run/create-entity', { entity: 'PaymentIntent', connectorInputPayload: PAYMENT }],
];

function handlerOf(connector: TestConnector): HttpFunction {
  const functions: Readonly<Record<string, HttpFunction>> = {
    '/create-entity': defineEntityFunction(() => connector, 'Create'),
    '/update-entity': defineEntityFunction(() => connector, 'Update'),
    '/execute-action': defineExecuteActionFunction(() => connector),
    '/confirm-payment-intent': defineActionFunction(() => connector, 'ConfirmPaymentIntent'),
  };
  const whole = managementFunction(() => ({ ...connector, explorerPage: () => '' }), []);
  return (request, response) => void (functions[request.path] ?? whole)(request, response);
}

/** What an answer says, wherever it stands: `reason`, and no empty decline code. */
function check(where: string, answer: unknown, reason: string): void {
  const text = JSON.stringify(answer);
  assert.ok(text.includes(`"reason":"${reason}"`), `${where}: ${text}`);
  assert.doesNotMatch(text, /"(reason|code|declineCode|decline_code)":""/, where);
}

/** One call of each endpoint, then a message; each response is checked. */
async function callEveryDoor(connector: TestConnector, url: string, reason: string): Promise<void> {
  for (const [method, path, body] of DOORS) {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(url + path, { method, headers, body: JSON.stringify(body) });
    check(path, await response.json(), reason);
  }
  const tools = agentTools(connector);
  for (const [name, input] of [
    ['payment_intent_create', PAYMENT],
    ['confirm_payment_intent', CONFIRM],
  ] as const)
    check(name, (await tools.call(name, { input }, jsonSchemaValidator)).content, reason);
  const command = { action: 'ConfirmPaymentIntent', connectorInputPayload: CONFIRM };
  await handleMessage(connector, pubsubMessage(command), []);
}

for (const [facts, reason] of [
  [{ code: 'expired_card', decline_code: '' }, 'EXPIRED_CARD'],
  [{ code: 'incorrect_cvc' }, 'INCORRECT_CVC'],
  [{ code: 'processing_error', decline_code: null }, 'PROCESSING_ERROR'],
  [{ code: '', decline_code: '' }, 'CARD_ERROR'],
] as const)
  test(`${JSON.stringify(facts)} is ${reason} over HTTP and MCP, in the log, in the result and in the dead letter`, async (t) => {
    const settings = { min_nodes: 50, expose: 'all', tools_allowlist: ['*'] };
    const clock = new VirtualClock();
    const connector = testConnector({ clock, stripe: refusing(facts), settings });
    const server = await serve(handlerOf(connector));
    t.after(() => server.close());
    await inVirtualTime(clock, callEveryDoor(connector, server.url, reason));
    for (const topic of ['results', 'dead-letters']) {
      const [message] = connector.published.filter((one) => one.topic.endsWith(topic));
      assert.equal(message?.attributes['reason'], reason, topic);
      check(topic, JSON.parse(message.data), reason);
    }
    check('the dead letter', await connector.deadLetters.list(1), reason);
    // A declined card is the payer's affair: an ERROR would count for the alert.
    assert.deepEqual(
      connector.logged.filter(({ severity }) => severity === 'ERROR'),
      [],
    );
    const lines = connector.logged.filter(({ message }) => message === 'stripe request');
    const fields = lines.map(({ facts: line }) => line as { readonly status?: number; readonly outcome: string });
    const outcomes = fields.filter(({ status }) => status !== undefined).map(({ outcome }) => outcome);
    assert.ok(outcomes.length >= DOORS.length + 3);
    for (const outcome of outcomes) assert.equal(outcome, facts.code === '' ? 'refused' : facts.code);
  });
