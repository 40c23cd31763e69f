/** What a call would do (dryRun, explain), what it may not do (guards, narrowing), and what its rows carry (fields, expand). */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, before, test } from 'node:test';
import { freePort } from '../emulator/ports.ts';
import { SANDBOX_KEY, startSandbox, type Sandbox } from '../../shared/sandbox/server.ts';
import { errorOf, post, running, startFunction, type Answered, type Running } from './framework.ts';

let sandbox: Sandbox;
let server: Running;
const FAST = { min_nodes: 100, max_nodes: 100, account_ceiling: 10000, endpoint_ceiling: 10000 };

async function serve(settings: object): Promise<Running> {
  const port = await freePort();
  const env = {
    PATH: process.env['PATH'],
    PORT: String(port),
    STRIPE_API_KEY: SANDBOX_KEY,
    STRIPE_API_BASE: sandbox.url,
    CONNECTION_SETTINGS: JSON.stringify({ ...FAST, ...settings }),
  } as NodeJS.ProcessEnv;
  return running(spawn(process.execPath, ['build/local/start.cjs'], { env }), port, 'try it:');
}

before(async () => {
  sandbox = await startSandbox({ seed: 5 });
  server = await serve({ allowed_accounts: ['acct_2'] });
});
after(async () => {
  await server.stop();
  await sandbox.close();
});

const call = (name: string, body: unknown, of: Running = server): Promise<Answered> => post(`${of.url}/${name}`, body);

async function made(entity: string, input: object): Promise<string> {
  const answer = await call('create-entity', { entity, connectorInputPayload: input });
  assert.equal(answer.status, 200, answer.text);
  return (answer.body['connectorOutputPayload'] as { Id: string }).Id;
}

/** Calls, and holds that Stripe was not touched. */
async function untouched(name: string, body: object): Promise<Answered> {
  const before_ = sandbox.requests.length;
  const answer = await call(name, body);
  assert.equal(sandbox.requests.length, before_, 'Stripe was not touched');
  return answer;
}

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
  test(`${name} with dryRun tells what it would send: ${requests.map(({ path }) => path).join(', ')}`, async () => {
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

test('with dryRun input errors come first', async () => {
  const answer = await untouched('create-entity', {
    entity: 'PaymentIntent',
    dryRun: true,
    connectorInputPayload: { Amount: 1.5 },
  });
  assert.equal(answer.status, 400);
  assert.match(errorOf(answer).message, /Amount: must be an integer.*Currency: is required/);
});

test('explain tells what Stripe filters, what is evaluated here, and the least number of transactions', async () => {
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
    clientFilters: ["Total > '100'"],
    clientSort: true,
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

test('a nested object is made, listed, read, changed and deleted under its parent', async () => {
  const customer = await made('Customer', { Name: 'parent' });
  const input = { Customer: customer, Amount: -500, Currency: 'usd' };
  const id = await made('CustomerBalanceTransaction', input);
  const rows = await call('list-entities', {
    entity: 'CustomerBalanceTransaction',
    filterClause: `Customer = '${customer}'`,
  });
  assert.deepEqual(
    (rows.body['connectorOutputPayload'] as { Id: string; Customer: string }[]).map((row) => [row.Id, row.Customer]),
    [[id, customer]],
  );
  for (const body of [
    { entityId: `${customer}/${id}` },
    { entityId: id, connectorInputPayload: { Customer: customer } },
  ]) {
    const row = await call('get-entity', { entity: 'CustomerBalanceTransaction', ...body });
    assert.equal((row.body['connectorOutputPayload'] as { Amount: number }).Amount, -500, row.text);
  }
  const changed = await call('update-entity', {
    entity: 'CustomerBalanceTransaction',
    filterClause: `Customer = '${customer}' AND Id = '${id}'`,
    connectorInputPayload: { Description: 'seen' },
  });
  assert.deepEqual((changed.body['connectorOutputPayload'] as { affected: number }).affected, 1, changed.text);
  const orphan = await call('get-entity', { entity: 'CustomerBalanceTransaction', entityId: id });
  assert.match(errorOf(orphan).message, /belongs to another object; set Customer, or send entityId as parent\/id/);
});

test('API v2 pages by its own token, and clears with null', async () => {
  for (let i = 0; i < 5; i += 1)
    await made('V2.Core.EventDestination', {
      Name: `d${i}`,
      Type: 'webhook_endpoint',
      EventPayload: 'thin',
      EnabledEvents: ['x'],
      WebhookEndpoint: { url: 'https://example.com/hook' },
    });
  const names: unknown[] = [];
  let token: unknown;
  do {
    const page = await call('list-entities', {
      entity: 'V2.Core.EventDestination',
      listEntitiesPageSize: 2,
      listEntitiesPageToken: token,
    });
    assert.equal(page.status, 200, page.text);
    names.push(...(page.body['connectorOutputPayload'] as { Name: string }[]).map(({ Name }) => Name));
    token = page.body['listEntitiesNextPageToken'];
  } while (token !== null);
  assert.deepEqual(
    names.filter((name) => /^d\d$/.test(String(name))),
    ['d4', 'd3', 'd2', 'd1', 'd0'],
  );
  const dry = await untouched('update-entity', {
    entity: 'V2.Core.EventDestination',
    entityId: 'ed_1',
    dryRun: true,
    connectorInputPayload: { Description: null },
  });
  assert.deepEqual((dry.body['requests'] as { body: object }[])[0]?.body, { description: null });
});

test('fields picks columns, absent ones null; an unknown one is refused', async () => {
  const id = await made('Customer', { Name: 'picked', Metadata: { a: '1' } });
  const row = await call('get-entity', {
    entity: 'Customer',
    entityId: id,
    fields: ['Id', 'Name', 'AddressCity', 'Metadata'],
  });
  assert.deepEqual(row.body['connectorOutputPayload'], {
    Id: id,
    Name: 'picked',
    AddressCity: null,
    Metadata: { a: '1' },
  });
  const wrong = await untouched('get-entity', { entity: 'Customer', entityId: id, fields: 'Id, Nmae' });
  assert.match(errorOf(wrong).message, /fields: Nmae is not a column of Customer; did you mean Name\?/);
  const native = await untouched('list-entities', { entity: 'Customer', fields: ['Id'], outputFormat: 'native' });
  assert.match(errorOf(native).message, /must be absent with outputFormat native/);
});

test('expand fills references in: their columns follow the id with a dot, in both formats', async () => {
  const customer = await made('Customer', { Email: 'expanded@example.com' });
  const intent = await made('PaymentIntent', { Amount: 100, Currency: 'usd', Customer: customer });
  const body = {
    entity: 'PaymentIntent',
    filterClause: `Id = '${intent}'`,
    expand: ['customer'],
    fields: ['Customer', 'Customer.Email'],
  };
  const byId = await call('list-entities', body);
  assert.deepEqual(byId.body['connectorOutputPayload'], [
    { Customer: customer, 'Customer.Email': 'expanded@example.com' },
  ]);
  const listed = await call('list-entities', { ...body, filterClause: `Customer = '${customer}'` });
  assert.deepEqual(listed.body['connectorOutputPayload'], byId.body['connectorOutputPayload']);
  const native = await call('get-entity', {
    entity: 'PaymentIntent',
    entityId: intent,
    expand: ['customer'],
    outputFormat: 'native',
  });
  assert.equal((native.body['connectorOutputPayload'] as { customer: { id: string } }).customer.id, customer);
  const action = await call('execute-action', {
    action: 'CancelPaymentIntent',
    expand: ['customer'],
    fields: ['id', 'customer.email'],
    connectorInputPayload: { PaymentIntentId: intent },
  });
  assert.deepEqual(action.body['connectorOutputPayload'], [
    { Success: 'true', id: intent, 'customer.email': 'expanded@example.com' },
  ]);
});

test('columns are the same in every row, null where Stripe has nothing', async () => {
  await made('Customer', { Name: 'without' });
  await made('Customer', {
    Name: 'with',
    Address: { city: 'Rome' },
    Shipping: { name: 'x', address: { city: 'Oslo' } },
  });
  const { body } = await call('list-entities', { entity: 'Customer', filterClause: "Name IN ('with', 'without')" });
  const [one, other] = body['connectorOutputPayload'] as Record<string, unknown>[];
  assert.deepEqual([one?.['AddressCity'], other?.['AddressCity']], ['Rome', null]);
  const always = Object.keys(other ?? {}).filter((column) => !column.startsWith('Shipping'));
  for (const column of always) assert.ok(Object.hasOwn(one ?? {}, column), column);
});

test('more rows than maxAffected are refused with their number, and none is touched', async () => {
  for (let i = 0; i < 5; i += 1) await made('Coupon', { PercentOff: 10, Duration: 'once', Name: 'many' });
  const body = { entity: 'Coupon', filterClause: "Name = 'many'", maxAffected: 4 };
  const refused = await call('delete-entity', body);
  assert.equal(errorOf(refused).details[0]?.reason, 'MAX_AFFECTED_EXCEEDED');
  assert.match(errorOf(refused).message, /matches 5 rows, more than maxAffected \(4\)/);
  assert.ok(sandbox.requests.slice(-2).every(({ method }) => method === 'GET' || method === 'POST'));
  const done = await call('delete-entity', { ...body, maxAffected: 5 });
  assert.equal((done.body['connectorOutputPayload'] as { affected: number }).affected, 5);
});

test('rows are done in order, one transaction each; what is still to do after a failure is named', async () => {
  const ids: string[] = [];
  for (let i = 0; i < 3; i += 1) ids.push(await made('Coupon', { PercentOff: 10, Duration: 'once', Name: 'order' }));
  ids.reverse();
  sandbox.faults.add({ kind: 'forbidden', path: `/v1/coupons/${ids[1]}`, times: 1 });
  const { status, body } = await call('delete-entity', { entity: 'Coupon', filterClause: "Name = 'order'" });
  const payload = body['connectorOutputPayload'] as {
    affected: number;
    failed: number;
    rows: { Id: string; Success: boolean }[];
    remaining?: string[];
  };
  assert.deepEqual(
    payload.rows.map(({ Id }) => Id),
    ids,
  );
  assert.deepEqual([status, payload.affected, payload.failed, payload.remaining], [207, 2, 1, [ids[1]]]);
  const sent = sandbox.requests.filter(
    ({ method, path }) => method === 'DELETE' && ids.some((id) => path.endsWith(id)),
  );
  assert.deepEqual([...new Set(sent.map(({ path }) => path.split('/').at(-1)))], ids);
});

test('a Connect account that the connection does not allow is refused', async () => {
  const answer = await untouched('list-entities', { entity: 'Customer', accountId: 'acct_3' });
  assert.equal(errorOf(answer).details[0]?.reason, 'ACCOUNT_NOT_ALLOWED');
});

for (const [settings, name, body, reason] of [
  [{ read_only: true }, 'create-entity', { entity: 'Customer', connectorInputPayload: {} }, 'READ_ONLY'],
  [{ read_only: true }, 'cancel-quote', { connectorInputPayload: { QuoteId: 'qt_1' } }, 'READ_ONLY'],
  [{ read_only: true }, 'delete-entity', { entity: 'Customer', filterClause: "Email = 'a'" }, 'READ_ONLY'],
  [
    { allowed_currencies: ['usd'] },
    'create-entity',
    { entity: 'PaymentIntent', connectorInputPayload: { Amount: 1, Currency: 'eur' } },
    'CURRENCY_NOT_ALLOWED',
  ],
  [
    { allowed_currencies: ['usd'] },
    'create-entity',
    {
      entity: 'Price',
      connectorInputPayload: { Currency: 'usd', Product: 'p', CurrencyOptions: { eur: { unit_amount: 1 } } },
    },
    'CURRENCY_NOT_ALLOWED',
  ],
  [
    { max_amounts: { usd: 1000 } },
    'create-entity',
    { entity: 'PaymentIntent', connectorInputPayload: { Amount: 1001, Currency: 'usd' } },
    'AMOUNT_NOT_ALLOWED',
  ],
  [
    { max_amounts: { usd: 1000 } },
    'create-entity',
    { entity: 'PaymentIntent', connectorInputPayload: { Amount: 1, Currency: 'jpy' } },
    'AMOUNT_NOT_ALLOWED',
  ],
  [
    { max_amounts: { usd: 1000, jpy: 5000 } },
    'capture-payment-intent',
    { connectorInputPayload: { PaymentIntentId: 'pi_1', AmountToCapture: 2000 } },
    'AMOUNT_NOT_ALLOWED',
  ],
  [
    { max_amounts: { usd: 1000 } },
    'create-entity',
    {
      entity: 'InvoiceItem',
      dryRun: true,
      connectorInputPayload: { Customer: 'cus_1', Amount: -2000, Currency: 'USD' },
    },
    'AMOUNT_NOT_ALLOWED',
  ],
  [
    { max_amounts: { usd: 1000 } },
    'create-entity',
    {
      entity: 'V2.MoneyManagement.InboundTransfer',
      connectorInputPayload: {
        Amount: { value: 5000, currency: 'usd' },
        From: { payment_method: 'pm_1' },
        To: { currency: 'usd', financial_account: 'fa_1' },
      },
    },
    'AMOUNT_NOT_ALLOWED',
  ],
] as const) {
  test(`${JSON.stringify(settings)} refuses ${name} with ${JSON.stringify(body).slice(0, 60)}`, async () => {
    const guarded = await serve(settings);
    try {
      const before_ = sandbox.requests.length;
      const answer = await call(name, body, guarded);
      assert.equal(answer.status, 403, answer.text);
      assert.equal(errorOf(answer).details[0]?.reason, reason);
      assert.equal(sandbox.requests.length, before_);
    } finally {
      await guarded.stop();
    }
  });
}

test('within the guards a write goes through', async () => {
  const guarded = await serve({ max_amounts: { usd: 1000 }, allowed_currencies: ['usd'] });
  try {
    const body = { entity: 'PaymentIntent', connectorInputPayload: { Amount: 1000, Currency: 'usd' } };
    assert.equal((await call('create-entity', body, guarded)).status, 200);
  } finally {
    await guarded.stop();
  }
});

const CLOUD = {
  K_SERVICE: 'execute-action',
  GOOGLE_CLOUD_PROJECT: 'p',
  CONNECTION_SETTINGS: JSON.stringify({
    name: 'c',
    region: 'europe-west1',
    service_account: 'c@p.iam.gserviceaccount.com',
    api_key: 'projects/p/secrets/s/versions/1',
  }),
};

for (const [name, action, message] of [
  ['execute-action', 'PayInvoice', /this function serves no action, because its manifest entry lists none/],
  ['cancel-subscription', 'PayInvoice', /this function serves CancelSubscription only/],
] as const) {
  test(`in the cloud ${name} does not serve ${action}`, async () => {
    const one = await startFunction({ name, env: CLOUD });
    try {
      const answer = await post(one.url, { action, connectorInputPayload: { InvoiceId: 'in_1' } });
      assert.equal(answer.status, 403, answer.text);
      assert.match(errorOf(answer).message, message);
    } finally {
      await one.stop();
    }
  });
}

test('a narrowed action needs no name', async () => {
  const answer = await untouched('cancel-subscription', {
    dryRun: true,
    connectorInputPayload: { SubscriptionId: 'sub_1' },
  });
  assert.deepEqual(
    (answer.body['requests'] as { path: string }[]).map(({ path }) => path),
    ['/v1/subscriptions/sub_1'],
  );
});

test("Stripe's test helpers are refused with a live key", async () => {
  const port = await freePort();
  const env = {
    PATH: process.env['PATH'],
    PORT: String(port),
    STRIPE_API_KEY: 'sk_live_00000000000000000000',
    ALLOW_LIVE: '1',
    STRIPE_API_BASE: sandbox.url,
  } as NodeJS.ProcessEnv;
  const live = await running(spawn(process.execPath, ['build/local/start.cjs'], { env }), port, 'try it:');
  try {
    const before_ = sandbox.requests.length;
    const answer = await call('list-entities', { entity: 'TestHelpers.TestClock' }, live);
    assert.equal(errorOf(answer).details[0]?.reason, 'TEST_KEY_REQUIRED');
    assert.equal(sandbox.requests.length, before_);
  } finally {
    await live.stop();
  }
});
