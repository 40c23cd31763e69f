/** The function `single`: what its paths reach, and what they do not. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, beforeEach, test } from 'node:test';
import { automationFunction } from '../../shared/automation/function.ts';
import { systemClock } from '../../shared/adapters/system-clock.ts';
import { defineEntityFunction } from '../../shared/http/define-function.ts';
import { singleFunction } from '../../shared/management/single-function.ts';
import { reconcileEventsFunction } from '../../shared/webhooks/reconcile/reconcile-function.ts';
import { stripeEventsFunction } from '../../shared/webhooks/function.ts';
import { testConnector } from '../support/connector.ts';
import { fakeStripe } from '../support/fake-stripe.ts';
import { serve, type Served } from '../support/in-process.ts';
import { fixedStripe } from './fixed-stripe.ts';
import { errorOf, post, startFunction, type Answered } from './framework.ts';

const { functions } = JSON.parse(readFileSync('functions/manifest.json', 'utf8')) as {
  functions: { name: string; source?: string; restricts?: string; entities?: string[]; actions?: string[] }[];
};
const WIDE = { min_nodes: 100, max_nodes: 100, account_ceiling: 10_000, endpoint_ceiling: 10_000 };
const stripe = fakeStripe(() => ({ id: 'cus_1', object: 'customer', data: [], has_more: false }));
beforeEach(() => stripe.clear());
const writes = (): unknown[] => stripe.sent.filter(({ method }) => method !== 'GET');
const reasonOf = (answer: Answered): unknown => errorOf(answer).details[0]?.reason;

/** A closed connection, as it is deployed. */
function connectorWith(settings: object) {
  const connector = testConnector({ clock: systemClock, stripe, open: false, settings: { ...WIDE, ...settings } });
  return { ...connector, project: 'p', explorerPage: () => '' };
}

async function withSingle(settings: object, use: (url: string) => Promise<void>): Promise<void> {
  const connector = connectorWith(settings);
  const server = await serve(singleFunction(() => connector, functions));
  try {
    await use(server.url);
  } finally {
    await server.close();
  }
}

/** The samples of Google's page: the path of each, and its body. */
function samples(): { readonly name: string; readonly path: string; readonly body: object }[] {
  return readdirSync('test/fixtures/samples').map((file) => {
    const sample = JSON.parse(readFileSync(`test/fixtures/samples/${file}`, 'utf8')) as Record<string, unknown>;
    const { action, operation, connectorOutputPayload: _expected, ...body } = sample;
    const name = file.replace('.json', '');
    const ofEntity = `${String(operation).toLowerCase()}-${operation === 'List' ? 'entities' : 'entity'}`;
    return { name, path: action === undefined ? ofEntity : name, body };
  });
}

const API = '/v2/projects/p/locations/local/connections/test';
/** Every way to create a customer. */
const CREATE = { entity: 'Customer', connectorInputPayload: { Name: 'a' } };
const CREATES: readonly (readonly [path: string, body: object])[] = [
  ['/create-entity', CREATE],
  ['/create-entity', { ...CREATE, dryRun: true }],
  ['/run/create-entity', CREATE],
  [`${API}/entityTypes/Customer/entities`, { fields: { Name: 'a' } }],
];

test('without operations_allowlist it reads and does not write, whatever expose is', () =>
  withSingle({ expose: 'all' }, async (url) => {
    for (const [path, body] of CREATES)
      assert.equal(reasonOf(await post(url + path, body)), 'OPERATION_NOT_ALLOWED', path);
    const pay = { action: 'PayInvoice', connectorInputPayload: { InvoiceId: 'in_1' } };
    assert.equal(reasonOf(await post(`${url}/execute-action`, pay)), 'OPERATION_NOT_ALLOWED');
    assert.equal(
      reasonOf(await post(`${url}${API}/actions/PayInvoice:execute`, { parameters: { InvoiceId: 'in_1' } })),
      'OPERATION_NOT_ALLOWED',
    );
    assert.deepEqual(stripe.sent, []);
    assert.equal((await post(`${url}/get-entity`, { entity: 'Customer', entityId: 'cus_1' })).status, 200);
    assert.equal((await post(`${url}/list-entities`, { entity: 'Customer' })).status, 200);
    assert.equal((await fetch(`${url}${API}/entityTypes/Customer/entities/cus_1`)).status, 200);
    assert.deepEqual(writes(), []);
  }));

test('each of the fourteen that writes is closed without the allowlist', () =>
  withSingle({ expose: 'all' }, async (url) => {
    for (const { path, body } of samples()) {
      const answer = await post(`${url}/${path}`, body);
      if (/^(list|get)-/.test(path)) assert.equal(answer.status, 200, answer.text);
      else assert.equal(reasonOf(answer), 'OPERATION_NOT_ALLOWED', `${path}: ${answer.text}`);
    }
    assert.deepEqual(writes(), []);
  }));

test('operations_allowlist opens what it names, at every path, and no more', () =>
  withSingle({ expose: 'all', operations_allowlist: ['Customer.Create', 'PayInvoice'] }, async (url) => {
    for (const [path, body] of CREATES) assert.equal((await post(url + path, body)).status, 200, path);
    assert.equal(writes().length, CREATES.length - 1, 'a dry run sends nothing');
    const pay = { action: 'PayInvoice', connectorInputPayload: { InvoiceId: 'in_1' } };
    assert.equal((await post(`${url}/execute-action`, pay)).status, 200);
    stripe.clear();
    const denied: readonly (readonly [string, object])[] = [
      ['/get-entity', { entity: 'Customer', entityId: 'cus_1' }],
      ['/create-entity', { entity: 'Product', connectorInputPayload: { Name: 'a' } }],
      ['/delete-entity', { entity: 'Customer', entityId: 'cus_1' }],
      ['/execute-action', { action: 'VoidInvoice', connectorInputPayload: { InvoiceId: 'in_1' } }],
      ['/confirm-payment-intent', { connectorInputPayload: { PaymentIntentId: 'pi_1' } }],
      ['/run/update-entity', { entity: 'Customer', entityId: 'cus_1', connectorInputPayload: {} }],
    ];
    for (const [path, body] of denied)
      assert.equal(reasonOf(await post(url + path, body)), 'OPERATION_NOT_ALLOWED', path);
    assert.deepEqual(stripe.sent, []);
  }));

test('expose still limits the paths of connection', () =>
  withSingle({ operations_allowlist: ['*'] }, async (url) => {
    for (const [path, body] of CREATES.slice(2))
      assert.equal(reasonOf(await post(url + path, body)), 'NOT_EXPOSED', path);
    assert.deepEqual(stripe.sent, []);
    assert.equal((await fetch(`${url}/entities`)).status, 200);
    assert.equal((await fetch(`${url}/actions/PayInvoice`)).status, 200);
  }));

test('a restricted entry serves its own entities only', () =>
  withSingle({ operations_allowlist: ['*'] }, async (url) => {
    assert.equal((await post(`${url}/customer-get`, { entityId: 'cus_1' })).status, 200);
    assert.equal(
      reasonOf(await post(`${url}/customer-get`, { entity: 'Product', entityId: 'prod_1' })),
      'ENTITY_NOT_EXPOSED',
    );
    assert.equal(
      reasonOf(await post(`${url}/cancel-subscription`, { action: 'PayInvoice', connectorInputPayload: {} })),
      'ACTION_NOT_SERVED',
    );
  }));

test('what topics, schedules, Stripe and MCP clients call is no path of it', () =>
  withSingle({ expose: 'all', operations_allowlist: ['*'], tools_allowlist: ['*'] }, async (url) => {
    const message = {
      message: { messageId: '1', attributes: { operation: 'Create', entity: 'Customer', connectorInputPayload: '{}' } },
    };
    for (const path of [
      'automation',
      'stripe-events',
      'reconcile-events',
      'tools',
      'single',
      'connection',
      'create-entity/x',
      'create-entity/',
      '/create-entity',
      'Create-Entity',
      'create%2Dentity',
      'x',
      'constructor',
    ])
      for (const body of [message, CREATE])
        assert.equal(reasonOf(await post(`${url}/${path}`, body)), 'NO_SUCH_PATH', path);
    assert.deepEqual(stripe.sent, []);
  }));

/** Services that `allUsers` (Stripe has no Google account) and the accounts of Pub/Sub and Cloud Scheduler may invoke. */
const OPEN_TO_OTHERS: Readonly<Record<string, () => ReturnType<typeof stripeEventsFunction>>> = {
  'stripe-events': () => stripeEventsFunction(() => connectorWith({})),
  'reconcile-events': () => reconcileEventsFunction(() => connectorWith({})),
  automation: () => automationWith({}),
};

function automationWith(settings: object): ReturnType<typeof automationFunction> {
  const connector = connectorWith({ dead_letter_topic: 'projects/p/topics/dead', ...settings });
  return automationFunction(() => connector, functions);
}

const messageOf = (attributes: object, messageId: string): object => ({
  message: { messageId, publishTime: new Date().toISOString(), attributes },
});
const CREATE_MESSAGE = { operation: 'Create', entity: 'Customer', connectorInputPayload: '{"Name":"a"}' };
const PAY_MESSAGE = { action: 'PayInvoice', connectorInputPayload: '{"InvoiceId":"in_1"}' };
const PAY = { action: 'PayInvoice', connectorInputPayload: { InvoiceId: 'in_1' } };

for (const [name, functionOf] of Object.entries(OPEN_TO_OTHERS))
  test(`${name} reaches no write, whatever the path and the body`, async () => {
    const server: Served = await serve(functionOf());
    try {
      for (const { name: path } of functions)
        for (const body of [CREATE, PAY, {}, messageOf(CREATE_MESSAGE, path), messageOf(PAY_MESSAGE, `${path}/pay`)])
          await post(`${server.url}/${path}`, body);
      assert.deepEqual(writes(), []);
    } finally {
      await server.close();
    }
  });

test('the push identity reaches what automation_allowlist names, by a message, and nothing else', async () => {
  const server = await serve(automationWith({ automation_allowlist: ['Customer.Create'] }));
  try {
    for (const body of [CREATE, PAY, messageOf(PAY_MESSAGE, 'pay')]) await post(server.url, body);
    await post(server.url, messageOf({ ...CREATE_MESSAGE, entity: 'Product' }, 'product'));
    assert.deepEqual(writes(), []);
    const answer = await post(server.url, messageOf(CREATE_MESSAGE, 'customer'));
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(
      stripe.sent.filter(({ method }) => method !== 'GET').map(({ method, path }) => [method, path]),
      [['POST', '/v1/customers']],
    );
  } finally {
    await server.close();
  }
});

test('with the setting, a function for one operation is limited too; without it, it is not', async () => {
  for (const [settings, status] of [
    [{}, 200],
    [{ operations_allowlist: ['Get'] }, 403],
    [{ operations_allowlist: ['Customer.Create'] }, 200],
  ] as const) {
    const connector = connectorWith(settings);
    const server = await serve(defineEntityFunction(() => connector, 'Create'));
    assert.equal((await post(server.url, CREATE)).status, status, JSON.stringify(settings));
    await server.close();
  }
});

let fixed: Awaited<ReturnType<typeof fixedStripe>>;
before(async () => void (fixed = await fixedStripe()));
after(() => fixed.close());

test('one built service serves each of the fourteen samples at its path', async () => {
  const running = await startFunction({
    name: 'single',
    env: {
      STRIPE_API_KEY: 'sk_test_single00000000',
      STRIPE_API_BASE: fixed.url,
      CONNECTION_SETTINGS: JSON.stringify({ ...WIDE, operations_allowlist: ['*'] }),
    },
  });
  try {
    for (const { name, path, body } of samples()) {
      const golden = JSON.parse(readFileSync(`test/fixtures/golden/${name}.sdk.json`, 'utf8')) as {
        request: object;
        answer: unknown;
      };
      fixed.asked.length = 0;
      fixed.answer = golden.answer;
      const answer = await post(`${running.url}/${path}`, body);
      assert.equal(answer.status, 200, `${name}: ${answer.text}`);
      const [asked] = fixed.asked;
      assert.deepEqual({ method: asked?.method, path: asked?.path, form: asked?.form }, golden.request, name);
    }
  } finally {
    await running.stop();
  }
});
