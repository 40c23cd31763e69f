/** Who may call `connection` may read; by default no request through it, `execute-action` or messages moves money. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { catalogFiles } from '../../shared/adapters/catalog-files.ts';
import { systemClock } from '../../shared/adapters/system-clock.ts';
import { requireAllowed } from '../../shared/http/allowlist.ts';
import { managementFunction } from '../../shared/management/function.ts';
import { defineExecuteActionFunction } from '../../shared/http/define-function.ts';
import type { StripeFailure, StripeTransport } from '../../shared/stripe/transport.ts';
import { testConnector } from '../support/connector.ts';
import { fakeStripe, type FakeStripe } from '../support/fake-stripe.ts';
import { stripeFailure } from '../support/stripe-results.ts';
import { serve } from '../support/in-process.ts';
import { post } from './framework.ts';

const BASE = 'projects/p/locations/local/connections/test';
const catalog = catalogFiles('shared/catalog');

const WIDE = { min_nodes: 100, max_nodes: 100, account_ceiling: 10_000, endpoint_ceiling: 10_000 };

function deployed(settings: object, stripe: StripeTransport) {
  const connector = {
    ...testConnector({ clock: systemClock, stripe, open: false, settings: { ...WIDE, ...settings } }),
  };
  return { ...connector, project: 'p' };
}

const stripe = (): FakeStripe => fakeStripe(() => ({ id: 'cus_1', object: 'list', data: [], has_more: false }));

type Ask = readonly [method: string, path: string, body?: object | undefined];
const OF_EACH: readonly (readonly [need: 'health' | 'discovery' | 'reads' | 'writes', Ask])[] = [
  ['health', ['GET', ':checkReadiness']],
  ['health', ['GET', ':checkStatus']],
  ['discovery', ['GET', '/entityTypes?view=BASIC']],
  ['discovery', ['GET', '/entityTypes/Customer']],
  ['discovery', ['GET', '/actions?view=BASIC']],
  ['discovery', ['GET', '/actions/PayInvoice']],
  ['reads', ['GET', '/entityTypes/Customer/entities']],
  ['reads', ['GET', '/entityTypes/Customer/entities/cus_1']],
  ['reads', ['POST', '/actions/PreviewCreditNote:execute', { parameters: { Invoice: 'in_1' } }]],
  ['writes', ['POST', '/entityTypes/Customer/entities', { fields: { Name: 'a' } }]],
  ['writes', ['PATCH', '/entityTypes/Customer/entities/cus_1', { fields: { Name: 'a' } }]],
  ['writes', ['DELETE', '/entityTypes/Customer/entities/cus_1']],
  ['writes', ['POST', "/entityTypes/Customer/entities:deleteEntitiesWithConditions?conditions=Email='a'"]],
  ['writes', ['POST', '/actions/PayInvoice:execute', { parameters: { InvoiceId: 'in_1' } }]],
];

const OPEN = { discovery: ['health', 'discovery'], reads: ['health', 'discovery', 'reads'], all: undefined };

async function ask(url: string, [method, path, body]: Ask): Promise<Response> {
  return fetch(`${url}/v2/${BASE}${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
}

for (const [expose, opens] of Object.entries(OPEN))
  test(`expose: ${expose}`, async () => {
    const behind = stripe();
    const connector = deployed({ expose }, behind);
    const server = await serve(managementFunction(() => ({ ...connector, explorerPage: () => '' }), []));
    for (const [need, one] of OF_EACH) {
      const answer = await ask(server.url, one);
      const text = await answer.text();
      if (opens === undefined || opens.includes(need)) assert.equal(answer.status, 200, `${one.join(' ')}: ${text}`);
      else {
        assert.equal(answer.status, 403, one.join(' '));
        assert.match(text, new RegExp(`the setting expose is ${expose} and does not permit (reads|${need})`));
      }
    }
    assert.equal(
      behind.sent.some(({ method }) => method !== 'GET'),
      expose === 'all',
    );
    await server.close();
  });

/** Bodies that the API has no place for: each was dropped, or read without the checks that a body of JSON has. */
const NOT_TAKEN: readonly (readonly [
  sentence: string,
  method: string,
  path: string,
  body: string,
  type: string | undefined,
  told: RegExp,
])[] = [
  ...[undefined, 'text/plain', 'application/octet-stream', 'application/cloudevents+json'].map(
    (type) =>
      [
        `parameters of the type ${type}`,
        'POST',
        '/actions/CreateInvoicePreview:execute',
        '{"parameters":{"Customer":"cus_1"}}',
        type,
        /the content type must be application\/json/,
      ] as const,
  ),
  [
    'parameters in a form',
    'POST',
    '/entityTypes/Customer/entities',
    'fields[Name]=a&fields[Metadata][__proto__]=b',
    'application/x-www-form-urlencoded',
    /the content type must be application\/json/,
  ],
  // https://cloud.google.com/integration-connectors/docs/reference/rest/v2/projects.locations.connections.entityTypes.entities/delete: the body must be empty
  [
    'another entity in the body of a deletion',
    'DELETE',
    '/entityTypes/Customer/entities/cus_1',
    '{"entity":"Coupon"}',
    'application/json',
    /entity: is not a known field; known fields are none/,
  ],
  [
    'other conditions in the body of a deletion',
    'POST',
    "/entityTypes/Customer/entities:deleteEntitiesWithConditions?conditions=Email='a'",
    '{"conditions":"Id = \'cus_1\'"}',
    'application/json',
    /conditions: is not a known field; known fields are none/,
  ],
  // The API's word for an entity is `name`; an error repeats the caller's text unchanged.
  [
    'an input that has the name of a body field',
    'POST',
    '/actions/PreviewCreditNote:execute',
    '{"parameters":{"Invoice":"in_1","action":"PayInvoice"}}',
    'application/json',
    /"action: is not an input of PreviewCreditNote/,
  ],
];

test('the runtime API rejects a body that it does not support instead of dropping it', async () => {
  const behind = stripe();
  const connector = deployed({ expose: 'all' }, behind);
  const server = await serve(managementFunction(() => ({ ...connector, explorerPage: () => '' }), []));
  after(() => server.close());
  for (const [sentence, method, path, body, type, told] of NOT_TAKEN) {
    const answer = await fetch(`${server.url}/v2/${BASE}${path}`, {
      method,
      // A blob without a type is sent without one.
      body: type === undefined ? new Blob([body]) : body,
      ...(type === undefined ? {} : { headers: { 'content-type': type } }),
    });
    assert.match(await answer.text(), told, sentence);
    assert.equal(answer.status, /content type/.test(told.source) ? 415 : 400, sentence);
  }
  assert.deepEqual(behind.sent, []);
  for (const body of [undefined, {}]) {
    const answer = await ask(server.url, ['DELETE', '/entityTypes/Customer/entities/cus_1', body]);
    assert.equal(answer.status, 200, await answer.text());
  }
});

test('with invoker rights and default settings no write reaches Stripe', async () => {
  const behind = stripe();
  const connector = deployed({}, behind);
  const server = await serve(managementFunction(() => ({ ...connector, explorerPage: () => '' }), []));
  const asks: Ask[] = [
    ...catalog.names().flatMap((type): Ask[] => [
      ['POST', `/entityTypes/${type}/entities`, { fields: { Name: 'a' } }],
      ['PATCH', `/entityTypes/${type}/entities/any_1`, { fields: { Name: 'a' } }],
      ['DELETE', `/entityTypes/${type}/entities/any_1`],
      ['POST', `/entityTypes/${type}/entities:updateEntitiesWithConditions?conditions=Id='a'`, { fields: {} }],
      ['POST', `/entityTypes/${type}/entities:deleteEntitiesWithConditions?conditions=Id='a'`],
    ]),
    ...catalog.actionNames().map((name): Ask => ['POST', `/actions/${name}:execute`, { parameters: {} }]),
  ];
  for (const one of asks) {
    const answer = await ask(server.url, one);
    const reads = catalog.action(/^\/actions\/(\w+):/.exec(one[1])?.[1] ?? '')?.method === 'GET';
    assert.equal(answer.status === 403, !reads, one.join(' '));
    await answer.arrayBuffer();
  }
  assert.ok(asks.length > 1000);
  assert.deepEqual(
    behind.sent.filter(({ method }) => method !== 'GET'),
    [],
  );
  await server.close();
  const execute = await serve(defineExecuteActionFunction(() => connector).restrictUnlessOpen([]));
  const refused = await post(execute.url, { action: 'PayInvoice', connectorInputPayload: { InvoiceId: 'in_1' } });
  assert.match(refused.text, /ACTION_NOT_SERVED/);
  await execute.close();
  for (const call of ['Customer.Create', 'Customer.Update', 'Customer.Delete', 'PayInvoice'])
    assert.throws(() => requireAllowed(undefined, false, call), /does not permit/);
});

test('the deployed explorer is off by default and runs only what expose allows', async () => {
  for (const explorer of [false, true]) {
    const behind = stripe();
    const connector = deployed({ explorer }, behind);
    const server = await serve(
      managementFunction(() => ({ ...connector, explorerPage: () => '<style>a</style>' }), []),
    );
    const page = await fetch(`${server.url}/`);
    assert.equal(page.status, explorer ? 200 : 403);
    if (explorer) assert.match(page.headers.get('content-security-policy') ?? '', /style-src 'sha256-/);
    await page.arrayBuffer();
    const create = { entity: 'Customer', connectorInputPayload: { Name: 'a' } };
    const run = (name: string, body: object): ReturnType<typeof post> => post(`${server.url}/run/${name}`, body);
    assert.equal((await run('create-entity', create)).status, 403);
    assert.equal((await run('delete-entity', { entity: 'Customer', entityId: 'cus_1' })).status, 403);
    assert.equal((await run('execute-action', { action: 'PayInvoice' })).status, 403);
    // Text that spells a flag is no plan here.
    assert.equal((await run('create-entity', { ...create, dryRun: 'true' })).status, 403);
    assert.deepEqual(behind.sent, []);
    assert.equal((await run('create-entity', { ...create, dryRun: true })).status, 200);
    assert.equal((await run('list-entities', { entity: 'Customer' })).status, 200);
    assert.equal((await run('automation', {})).status, 404);
    assert.deepEqual(
      behind.sent.map(({ method }) => method),
      ['GET'],
    );
    await server.close();
  }
});

test('a deployed connection responds only for its own project and region', async () => {
  const connector = deployed({}, stripe());
  const server = await serve(managementFunction(() => ({ ...connector, explorerPage: () => '' }), []));
  for (const elsewhere of [
    BASE.replace('/p/', '/q/'),
    BASE.replace('/local/', '/us-east1/'),
    BASE.replace('/test', '/x'),
  ])
    assert.equal((await fetch(`${server.url}/v2/${elsewhere}/actions?view=BASIC`)).status, 404, elsewhere);
  await server.close();
});

const failing = (failure: Partial<StripeFailure>): StripeTransport =>
  fakeStripe(() => ({ ...stripeFailure(400), ...failure }));

const HEALTH: readonly (readonly [name: string, StripeTransport, object, state: string, says: RegExp])[] = [
  ['a key that Stripe rejects', failing({ httpStatus: 401 }), {}, 'AUTH_ERROR', /store a valid one in the secret/],
  [
    'a key that may not read the balance',
    failing({ httpStatus: 403 }),
    {},
    'ACTIVE',
    /has no permission to read balance/,
  ],
  ['a proxy that rejects us', failing({ kind: 'unsent', proxy: 'AUTH' }), {}, 'AUTH_ERROR', /check proxy_user/],
  [
    'a way that is closed',
    failing({ kind: 'unsent', shouldRetry: false }),
    {},
    'ERROR',
    /check the connection to api.stripe.com/,
  ],
  ['a suspended connection', stripe(), { suspended: true }, 'ERROR', /resume it: suspended = false/],
];

for (const [name, behind, settings, state, says] of HEALTH)
  test(`health: ${name}`, async () => {
    const connector = deployed({ ...settings, deadline_ms: 5000 }, behind);
    const server = await serve(managementFunction(() => ({ ...connector, explorerPage: () => '' }), []));
    const answer = await fetch(`${server.url}/v2/${BASE}:checkStatus`);
    assert.equal(answer.status, 200);
    const body = (await answer.json()) as { state: string; description: string };
    assert.equal(body.state, state);
    assert.match(body.description, says);
    await server.close();
  });
