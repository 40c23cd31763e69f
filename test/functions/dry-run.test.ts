/** dryRun and explain, over HTTP: what would be requested, and nothing is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorOf } from './framework.ts';
import { untouched } from './planned-calls.ts';

for (const [name, body, requests] of [
  [
    'create-entity',
    { entity: 'Customer', operationId: 'op-1', accountId: 'acct_2', connectorInputPayload: { Email: 'a@b.c' } },
    [{ method: 'POST', path: '/v1/customers', query: {}, body: { email: 'a@b.c' } }],
  ],
  [
    'get-entity',
    { entity: 'Customer', entityId: 'cus_1' },
    [{ method: 'GET', path: '/v1/customers/cus_1', query: {}, body: null }],
  ],
  [
    'list-entities',
    { entity: 'Invoice', filterClause: "Customer = 'cus_1' AND Total > 100" },
    [{ method: 'GET', path: '/v1/invoices', query: { customer: 'cus_1', limit: 100 }, body: null }],
  ],
  [
    'list-entities',
    { entity: 'Customer', filterClause: "Id IN ('cus_1')", expand: ['default_source'] },
    [{ method: 'GET', path: '/v1/customers/cus_1', query: { expand: ['default_source'] }, body: null }],
  ],
  [
    'update-entity',
    { entity: 'Customer', filterClause: "Email = 'a@b.c'", connectorInputPayload: { Name: 'x' } },
    [
      { method: 'GET', path: '/v1/customers', query: { email: 'a@b.c', limit: 100 }, body: null },
      { method: 'POST', path: '/v1/customers/{id}', query: {}, body: { name: 'x' } },
    ],
  ],
  [
    'delete-entity',
    { entity: 'Subscription', entityId: 'sub_1', connectorInputPayload: { InvoiceNow: true } },
    [{ method: 'DELETE', path: '/v1/subscriptions/sub_1', query: { invoice_now: true }, body: null }],
  ],
  [
    'get-entity',
    { entity: 'BankAccount', entityId: 'cus_1/ba_1' },
    [{ method: 'GET', path: '/v1/customers/cus_1/sources/ba_1', query: {}, body: null }],
  ],
  [
    'get-entity',
    { entity: 'BankAccount', entityId: 'acct_2/ba_1' },
    [{ method: 'GET', path: '/v1/accounts/acct_2/external_accounts/ba_1', query: {}, body: null }],
  ],
  [
    'execute-action',
    {
      action: 'PayInvoice',
      connectorInputPayload: { InvoiceId: 'in_1', PaidOutOfBand: 'true' },
      outputFormat: 'native',
    },
    [{ method: 'POST', path: '/v1/invoices/in_1/pay', query: {}, body: { paid_out_of_band: true } }],
  ],
  [
    'execute-action',
    {
      action: 'VerifyCustomerSource',
      connectorInputPayload: { CustomerId: 'cus_1', CustomerSourceId: 'ba_1', Amounts: [32, 45] },
    },
    [{ method: 'POST', path: '/v1/customers/cus_1/sources/ba_1/verify', query: {}, body: { amounts: [32, 45] } }],
  ],
  [
    'create-entity',
    {
      entity: 'V2.Core.EventDestination',
      connectorInputPayload: { Name: 'd', Type: 'webhook_endpoint', EventPayload: 'thin', EnabledEvents: ['x'] },
    },
    [
      {
        method: 'POST',
        path: '/v2/core/event_destinations',
        query: {},
        body: { name: 'd', type: 'webhook_endpoint', event_payload: 'thin', enabled_events: ['x'] },
      },
    ],
  ],
  [
    'confirm-payment-intent',
    { connectorInputPayload: { PaymentIntentId: 'pi_1' }, outputFormat: 'native' },
    [{ method: 'POST', path: '/v1/payment_intents/pi_1/confirm', query: {}, body: {} }],
  ],
] as const) {
  test(`dryRun of ${name} lists the requests: ${requests.map(({ path }) => path).join(', ')}`, async () => {
    const answer = await untouched(name, { ...body, dryRun: true });
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.body['dryRun'], true);
    const shown = answer.body['requests'] as { headers: Record<string, string> }[];
    assert.deepEqual(
      shown.map(({ headers: _headers, ...rest }) => rest),
      requests,
    );
    for (const { headers } of shown) {
      assert.ok(headers['Stripe-Version']);
      assert.ok(!Object.keys(headers).some((one) => /authorization/i.test(one)));
    }
    assert.doesNotMatch(answer.text, /sk_test/);
    if ('operationId' in body) {
      assert.deepEqual([shown[0]?.headers['Idempotency-Key'], shown[0]?.headers['Stripe-Account']], ['op-1', 'acct_2']);
      assert.equal(answer.body['effect'], 'none');
    }
  });
}

test('dryRun reports input errors first', async () => {
  const answer = await untouched('create-entity', {
    entity: 'PaymentIntent',
    dryRun: true,
    connectorInputPayload: { Amount: 1.5 },
  });
  assert.equal(answer.status, 400);
  assert.match(errorOf(answer).message, /Amount: must be an integer.*Currency: is required/);
});

test("explain reports Stripe's filters, local filters and the minimum number of transactions", async () => {
  const answer = await untouched('list-entities', {
    entity: 'Invoice',
    filterClause: "Status IN ('open', 'paid') AND Customer = 'cus_1' AND Total > 100",
    listEntitiesPageSize: 150,
    listEntitiesSortByColumns: ['Total DESC'],
    explain: true,
  });
  const { requests, ...rest } = answer.body['explain'] as { requests: { query: object }[] };
  assert.deepEqual(
    requests.map(({ query }) => query),
    ['open', 'paid'].map((status) => ({ status, customer: 'cus_1', limit: 100 })),
  );
  assert.deepEqual(rest, {
    clientFilters: ['Total > 100'],
    clientSort: true,
    priority: 'read',
    minRequests: 2,
    minRequestsPerPage: 2,
  });
});

test('explain of a Delete by clause shows the request of each row', async () => {
  const answer = await untouched('delete-entity', {
    entity: 'Customer',
    filterClause: "Name LIKE 'x%'",
    explain: true,
  });
  const { eachRow, clientFilters } = answer.body['explain'] as { eachRow: { path: string }; clientFilters: string[] };
  assert.deepEqual([eachRow.path, clientFilters], ['/v1/customers/{id}', ["Name LIKE 'x%'"]]);
});
