/** Nested objects, pages of API v2, fields and expand, over HTTP. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorOf } from './framework.ts';
import { call, made, untouched } from './planned-calls.ts';

test('creates, lists, reads, updates and deletes a nested object under its parent', async () => {
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

test('API v2 pages by its own token and unsets a field by null', async () => {
  for (let i = 0; i < 5; i += 1)
    await made('V2.Core.EventDestination', {
      Name: `d${i}`,
      Type: 'webhook_endpoint',
      EventPayload: 'thin',
      EnabledEvents: ['v1.customer.created'],
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

test('fields selects columns, missing ones are null; an unknown one is rejected', async () => {
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

test('expand adds columns after the id with a dot, in both formats', async () => {
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

test('every row has the same columns, null if Stripe has no value', async () => {
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
