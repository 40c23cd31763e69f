/** Google's runtime API, called by Google's generated client with another root URL. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { OAuth2Client } from 'google-auth-library';
import { connectors_v2 } from 'googleapis/build/src/apis/connectors/v2.js';
import { startSandbox, type Sandbox } from '../../shared/sandbox/server.ts';
import { isSingleLayout, post, startUnlimited, type Running } from './framework.ts';

// The local server accepts any project and location.
const CONNECTION = `projects/${isSingleLayout() ? 'local' : 'any'}/locations/europe-west1/connections/stripe-local`;
const TYPES = `${CONNECTION}/entityTypes`;

let sandbox: Sandbox;
let server: Running;
let api: connectors_v2.Connectors['projects']['locations']['connections'];

before(async () => {
  sandbox = await startSandbox({ port: 0, catalogFolder: 'shared/catalog' });
  server = await startUnlimited(sandbox);
  const auth = new OAuth2Client();
  auth.setCredentials({ access_token: 'any' });
  const client = new connectors_v2.Connectors({ rootUrl: `${server.url}/`, auth, retry: false });
  api = client.projects.locations.connections;
});
after(async () => {
  await server.stop();
  await sandbox.close();
});

interface Failure {
  readonly status: number;
  readonly error: { readonly code: number; readonly status: string; readonly message: string; details: unknown[] };
}

/** What the client throws, as the API said it. */
async function failure(work: Promise<unknown>): Promise<Failure> {
  try {
    await work;
  } catch (cause) {
    const { response } = cause as { response?: { status: number; data: { error: Failure['error'] } } };
    assert.ok(response !== undefined, String(cause));
    return { status: response.status, error: response.data.error };
  }
  throw new Error('it did not fail');
}

const fieldsOf = (entity: connectors_v2.Schema$Entity): Record<string, unknown> =>
  entity.fields as Record<string, unknown>;

test('readiness and status', async () => {
  assert.deepEqual((await api.checkReadiness({ name: CONNECTION })).data, { status: 'READY' });
  const { state, description } = (await api.checkStatus({ name: CONNECTION })).data;
  assert.equal(state, 'ACTIVE');
  // On a busy machine the check of the key may miss its slot, and wait for the next one.
  assert.match(description ?? '', /^(waited for the rate limiter: .*)?$/);
});

test('lists all entity types page by page, names only with the view BASIC', async () => {
  const names: string[] = [];
  let pageToken: string | undefined;
  do {
    const { data } = await api.entityTypes.list({
      parent: CONNECTION,
      pageSize: 100,
      view: 'BASIC',
      ...(pageToken === undefined ? {} : { pageToken }),
    });
    for (const type of data.types ?? []) {
      assert.deepEqual(Object.keys(type), ['name']);
      names.push(type.name ?? '');
    }
    pageToken = data.nextPageToken ?? undefined;
  } while (pageToken !== undefined);
  assert.equal(names.length, 175);
  assert.equal(new Set(names).size, 175);
  assert.ok(names.includes(`${TYPES}/PaymentIntent`));
  const { data } = await api.entityTypes.list({ parent: CONNECTION });
  assert.equal(data.types?.length, 25);
  assert.ok((data.types[0]?.fields?.length ?? 0) > 0);
});

test('an entity type: operations, fields and schemas whose type is a list', async () => {
  const { data } = await api.entityTypes.get({ name: `${TYPES}/PaymentIntent` });
  assert.deepEqual(data.operations, ['LIST', 'GET', 'CREATE', 'UPDATE']);
  const field = (name: string): connectors_v2.Schema$Field | undefined => data.fields?.find((one) => one.name === name);
  assert.equal(field('Id')?.key, true);
  assert.equal(field('Amount')?.dataType, 'BIGINT');
  assert.equal(field('Customer')?.reference?.name, 'Customer');
  assert.equal(field('Metadata')?.dataType, 'STRUCT');
  assert.equal(field('Status')?.additionalDetails?.['readOnly'], true);
  assert.equal(field('Customer')?.additionalDetails?.['filter'], 'stripe');
  assert.equal(field('Description')?.additionalDetails?.['filter'], 'here');
  assert.deepEqual(data.jsonSchema?.type, ['object']);
  assert.deepEqual(data.jsonSchema.properties?.['Amount']?.type, ['integer']);
});

test('lists actions and describes one with its inputs and results', async () => {
  const { data } = await api.actions.list({ parent: CONNECTION, pageSize: 200, view: 'BASIC' });
  assert.equal(data.actions?.length, 148);
  const whole = await api.actions.list({ parent: CONNECTION, pageSize: 1, view: 'ACTION_VIEW_BASIC' });
  assert.deepEqual(Object.keys(whole.data.actions?.[0] ?? {}), ['name']);
  const { data: action } = await api.actions.get({ name: `${CONNECTION}/actions/ConfirmPaymentIntent` });
  assert.equal(action.displayName, 'Confirm Payment Intent');
  const inputs = action.inputParameters ?? [];
  assert.equal(inputs.find(({ name }) => name === 'PaymentIntentId')?.nullable, false);
  assert.equal(inputs.find(({ name }) => name === 'ReturnUrl')?.nullable, true);
  assert.deepEqual(action.inputJsonSchema?.required, ['PaymentIntentId']);
  assert.deepEqual(action.inputJsonSchema.type, ['object']);
  assert.equal(action.resultMetadata?.find(({ name }) => name === 'Success')?.nullable, false);
});

test('an entity from creation to deletion', async () => {
  const parent = `${TYPES}/Customer`;
  const { data: made } = await api.entityTypes.entities.create({
    parent,
    requestBody: { fields: { Email: 'api@example.com', Name: 'Ann' } },
  });
  const name = made.name ?? '';
  assert.equal(name, `${parent}/entities/${String(fieldsOf(made)['Id'])}`);
  await api.entityTypes.entities.patch({ name, requestBody: { fields: { Name: 'Bea' } } });
  const { data: read } = await api.entityTypes.entities.get({ name });
  assert.deepEqual(
    [read.name, fieldsOf(read)['Name'], fieldsOf(read)['Email']],
    [name, 'Bea', 'api@example.com'],
    'what is not named stays',
  );
  assert.deepEqual((await api.entityTypes.entities.delete({ name })).data, {});
});

test('rows of a condition, page by page, sorted', async () => {
  for (const [index, email] of ['p1', 'p2', 'p3'].entries())
    await api.entityTypes.entities.create({
      parent: `${TYPES}/Customer`,
      requestBody: { fields: { Email: `${email}@example.com`, Description: 'paged', Name: `n${3 - index}` } },
    });
  const parent = `${TYPES}/Customer`;
  const conditions = "Description = 'paged'";
  const { data: first } = await api.entityTypes.entities.list({ parent, conditions, pageSize: 2, sortBy: ['Name'] });
  assert.deepEqual(
    first.entities?.map((one) => fieldsOf(one)['Name']),
    ['n1', 'n2'],
  );
  const { data: second } = await api.entityTypes.entities.list({
    parent,
    conditions,
    pageSize: 2,
    sortBy: ['Name'],
    pageToken: first.nextPageToken ?? '',
  });
  assert.deepEqual(
    second.entities?.map((one) => fieldsOf(one)['Name']),
    ['n3'],
  );
  assert.equal(second.nextPageToken, undefined);
  assert.match(second.entities[0]?.name ?? '', /\/entityTypes\/Customer\/entities\/cus_/);
});

test('by conditions an update returns its rows and a deletion {}', async () => {
  const parent = `${TYPES}/Customer`;
  for (const email of ['w1@example.com', 'w2@example.com'])
    await api.entityTypes.entities.create({ parent, requestBody: { fields: { Email: email, Description: 'with' } } });
  const conditions = "Description = 'with'";
  const { data } = await api.entityTypes.entities.updateEntitiesWithConditions({
    entityType: parent,
    conditions,
    requestBody: { fields: { Phone: '1' } },
  });
  assert.equal(data.response?.['affected'], 2);
  const gone = await api.entityTypes.entities.deleteEntitiesWithConditions({ entityType: parent, conditions });
  assert.deepEqual(gone.data, {});
  assert.equal((await api.entityTypes.entities.list({ parent, conditions })).data.entities?.length, 0);
  const empty = await failure(
    api.entityTypes.entities.deleteEntitiesWithConditions({ entityType: parent, conditions: '' }),
  );
  assert.deepEqual([empty.status, empty.error.status], [400, 'INVALID_ARGUMENT']);
});

test('names a nested object by its parent and itself, an account by default', async () => {
  const { data: customer } = await api.entityTypes.entities.create({
    parent: `${TYPES}/Customer`,
    requestBody: { fields: { Name: 'Tax' } },
  });
  const id = String(fieldsOf(customer)['Id']);
  const { data: made } = await api.entityTypes.entities.create({
    parent: `${TYPES}/TaxId`,
    requestBody: { fields: { Customer: id, Type: 'eu_vat', Value: 'DE123456789' } },
  });
  const { data: read } = await api.entityTypes.entities.get({ name: made.name ?? '' });
  assert.equal(fieldsOf(read)['Value'], 'DE123456789');
  const { data: balance } = await api.entityTypes.entities.get({ name: `${TYPES}/Balance/entities/default` });
  assert.ok('Livemode' in fieldsOf(balance));
});

test("an action's results are a list with text scalars", async () => {
  const { data: intent } = await api.entityTypes.entities.create({
    parent: `${TYPES}/PaymentIntent`,
    requestBody: { fields: { Amount: 1500, Currency: 'usd', PaymentMethod: 'pm_card_visa' } },
  });
  const { data } = await api.actions.execute({
    name: `${CONNECTION}/actions/ConfirmPaymentIntent`,
    requestBody: { parameters: { PaymentIntentId: fieldsOf(intent)['Id'], ReturnUrl: 'https://example.com/' } },
  });
  assert.equal(data.results?.length, 1);
  assert.deepEqual([data.results[0]?.['Success'], data.results[0]?.['status']], ['true', 'succeeded']);
  const { data: declined } = await api.entityTypes.entities.create({
    parent: `${TYPES}/PaymentIntent`,
    requestBody: { fields: { Amount: 1500, Currency: 'usd', PaymentMethod: 'pm_card_visa_chargeDeclined' } },
  });
  const refused = await failure(
    api.actions.execute({
      name: `${CONNECTION}/actions/ConfirmPaymentIntent`,
      requestBody: { parameters: { PaymentIntentId: fieldsOf(declined)['Id'], ReturnUrl: 'https://example.com/' } },
    }),
  );
  assert.equal(refused.error.status, 'FAILED_PRECONDITION');
  assert.match(refused.error.message, /declined/);
  assert.match(JSON.stringify(refused.error.details), /"operationId"/);
});

test('a repeat under the same Idempotency-Key has one effect', async () => {
  const url = `${server.url}/v2/${TYPES}/Customer/entities`;
  const key = { 'Idempotency-Key': 'api-key-1' };
  const first = await post(url, { fields: { Name: 'once' } }, key);
  const second = await post(url, { fields: { Name: 'once' } }, key);
  assert.deepEqual(first.body, second.body);
  assert.equal(second.headers.get('idempotent-replayed'), 'true');
});

test('every error of a write has its key and effect', async () => {
  const url = `${server.url}/v2/${TYPES}/Customer/entities`;
  const headers = { 'content-type': 'application/json', 'Idempotency-Key': 'api-key-2' };
  for (const [path, method] of [
    ['', 'POST'],
    ['/cus_1', 'PATCH'],
    [':updateEntitiesWithConditions', 'POST'],
  ] as const) {
    const answer = await fetch(url + path, { method, headers, body: '{"fields":7}' });
    const { error } = (await answer.json()) as { error: { details: { metadata: Record<string, string> }[] } };
    const { operationId, effect } = error.details[0]?.metadata ?? {};
    assert.deepEqual([answer.status, operationId, effect], [400, 'api-key-2', 'none'], method);
  }
});

test("returns errors in the API's format", async () => {
  const cases: readonly [() => Promise<unknown>, number, string, RegExp?][] = [
    [() => api.entityTypes.get({ name: `${TYPES}/Custmer` }), 400, 'INVALID_ARGUMENT'],
    [() => api.entityTypes.entities.get({ name: `${TYPES}/Customer/entities/cus_none` }), 404, 'NOT_FOUND'],
    [
      () => api.entityTypes.entities.list({ parent: `${TYPES}/Customer`, conditions: 'Email ==' }),
      400,
      'INVALID_ARGUMENT',
      /^conditions: use = once/,
    ],
    [
      () => api.entityTypes.entities.list({ parent: `${TYPES}/Customer`, sortBy: ['A', 'B'] }),
      400,
      'INVALID_ARGUMENT',
      /^sortBy: must be one column/,
    ],
    [() => api.entityTypes.list({ parent: CONNECTION, pageToken: 'x' }), 400, 'INVALID_ARGUMENT'],
    [() => api.checkStatus({ name: CONNECTION.replace('stripe-local', 'other') }), 404, 'NOT_FOUND'],
    [() => api.executeSqlQuery({ connection: CONNECTION, requestBody: {} }), 501, 'UNIMPLEMENTED'],
    [() => api.exchangeAuthCode({ name: CONNECTION, requestBody: {} }), 501, 'UNIMPLEMENTED'],
    [() => api.refreshAccessToken({ name: CONNECTION, requestBody: {} }), 501, 'UNIMPLEMENTED'],
    [() => api.tools.list({ parent: CONNECTION }), 501, 'UNIMPLEMENTED'],
    [() => api.actions.execute({ name: `${CONNECTION}/actions/Nothing`, requestBody: {} }), 501, 'UNIMPLEMENTED'],
  ];
  for (const [work, status, canonical, says = /./] of cases) {
    const said = await failure(work());
    assert.deepEqual(
      [said.status, said.error.code, said.error.status],
      [status, status, canonical],
      said.error.message,
    );
    assert.match(said.error.message, says);
  }
  const unknown = await fetch(`${server.url}/v2/${TYPES}?pageSise=3`);
  assert.match(await unknown.text(), /pageSise: is not a parameter of this method/);
});
