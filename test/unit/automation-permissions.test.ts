/** What messages may ask for: restricted functions and the allowlist of the deployment. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import manifest from '../../functions/manifest.json';
import type { FunctionRow } from '../../shared/catalog/function-rows.ts';
import { isConnectorError } from '../../shared/errors.ts';
import { requireAllowed } from '../../shared/http/allowlist.ts';
import { handleMessage } from '../../shared/automation/handle-message.ts';
import { testConnector } from '../support/connector.ts';
import { fakeStripe } from '../support/fake-stripe.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { arrived } from './automation-messages.ts';

/** What each of these messages comes to, by its reason where it fails, and what would be requested. */
async function plans(cases: readonly object[], functions: readonly FunctionRow[], allow = ['*']): Promise<string[]> {
  const connector = testConnector({
    clock: new VirtualClock(),
    stripe: fakeStripe(() => ({})),
    open: false,
    settings: {
      dead_letter_topic: 'projects/p-1/topics/dead-letters',
      automation_allowlist: allow,
    },
  });
  const found: string[] = [];
  for (const [at, one] of cases.entries()) {
    const { results } = await handleMessage(
      connector,
      arrived({ dryRun: true, ...one }, {}, { id: `m-${at}` }),
      functions,
    );
    const { requests = [], error } = JSON.parse(JSON.stringify(results[0])) as {
      requests?: { method: string; path: string }[];
      error?: { message: string };
    };
    found.push(error?.message ?? requests.map(({ method, path }) => `${method} ${path}`).join(', '));
  }
  return found;
}

// Found by a newcomer who added a function to the manifest: messages that named it were answered by 501.
test('a message to a restricted function is planned like a call of its URL', async () => {
  const rows: readonly FunctionRow[] = [
    ...manifest.functions,
    { name: 'pay-invoice', restricts: 'execute-action', actions: ['PayInvoice'] },
    { name: 'billing-get', restricts: 'get-entity', entities: ['Customer', 'Invoice'] },
  ];
  const pay = { function: 'pay-invoice', connectorInputPayload: { InvoiceId: 'in_1' } };
  const get = { function: 'billing-get', entityId: 'in_1' };
  const list = { function: 'customer-list', explain: true, dryRun: false };
  const found = await plans(
    [
      pay,
      { ...pay, action: 'PayInvoice' },
      { ...pay, action: 'VoidInvoice' },
      { ...pay, entity: 'Invoice' },
      { ...pay, operation: 'Delete' },
      { ...get, entity: 'Invoice' },
      get,
      { ...get, entity: 'Refund' },
      { ...get, action: 'PayInvoice' },
      { ...list, entity: 'Refund' },
      { function: 'customer-delete', entityId: 'cus_1' },
    ],
    rows,
  );
  const known = 'outputFormat, operationId, accountId, dryRun, priority, fields, expand';
  assert.deepEqual(found, [
    'POST /v1/invoices/in_1/pay',
    'POST /v1/invoices/in_1/pay',
    'action: this function serves PayInvoice only',
    `entity: is not a known field; known fields are ${known}, action, connectorInputPayload, waitFor`,
    'operation: must not be combined with function; send only one of them',
    'GET /v1/invoices/in_1',
    'entity: is required, one of Customer, Invoice',
    'entity: this function serves Customer, Invoice only',
    `action: is not a known field; known fields are ${known}, entity, entityId, connectorInputPayload`,
    'entity: this function serves Customer only',
    'DELETE /v1/customers/cus_1',
  ]);
  assert.deepEqual(await plans([pay], rows, ['Customer.List']), [
    'automation_allowlist does not permit PayInvoice (it lists Customer.List); add it to the setting',
  ]);
});

test('the deployment lists the operations of messages: reads by default, all on an open server without a list', () => {
  const may = (allow: string[] | undefined, call: string, open = false): boolean => {
    try {
      requireAllowed(allow, open, call);
      return true;
    } catch (error) {
      assert.ok(isConnectorError(error));
      assert.equal(error.status, 'PERMISSION_DENIED');
      return false;
    }
  };
  const cases: readonly (readonly [string[] | undefined, string, boolean])[] = [
    [undefined, 'Customer.List', true],
    [undefined, 'Customer.Get', true],
    [undefined, 'Customer.Create', false],
    [undefined, 'Customer.Update', false],
    [undefined, 'Customer.Delete', false],
    [undefined, 'ConfirmPaymentIntent', false],
    [[], 'Customer.List', false],
    [['Create'], 'Issuing.Card.Create', true],
    [['Customer.Create'], 'Customer.Create', true],
    [['Customer.Create'], 'Invoice.Create', false],
    [['ConfirmPaymentIntent'], 'ConfirmPaymentIntent', true],
    [['ConfirmPaymentIntent'], 'CancelPaymentIntent', false],
    [['*'], 'CancelPaymentIntent', true],
    [['*'], 'Customer.Delete', true],
  ];
  for (const [allow, call, wanted] of cases) assert.equal(may(allow, call), wanted, `${String(allow)} ${call}`);
  assert.ok(may(undefined, 'Customer.Delete', true));
  assert.ok(!may(['List'], 'Customer.Delete', true));
});

test('in the cloud, without a list, a message moves no money', async () => {
  const clock = new VirtualClock();
  const stripe = fakeStripe(() => ({ id: 'pi_1' }));
  const connector = testConnector({ clock, stripe, open: false });
  for (const data of [
    { action: 'ConfirmPaymentIntent', connectorInputPayload: { PaymentIntentId: 'pi_1234567' } },
    { operation: 'Create', entity: 'Refund', connectorInputPayload: { PaymentIntent: 'pi_1234567' } },
    { operation: 'Delete', entity: 'Customer', entityId: 'cus_1234567' },
    { operation: 'Update', entity: 'Customer', filterClause: "Email = 'a@b.c'", connectorInputPayload: { Name: 'x' } },
  ]) {
    const { results, retry: again } = await handleMessage(connector, arrived(data), manifest.functions);
    assert.equal(again, undefined);
    assert.equal(results[0]?.outcome, 'failed');
  }
  assert.deepEqual(stripe.sent, []);
  assert.deepEqual(
    connector.published
      .filter(({ topic }) => topic.endsWith('dead-letters'))
      .map(({ attributes }) => attributes['reason']),
    Array.from({ length: 4 }, () => 'OPERATION_NOT_ALLOWED'),
  );
});
