/**
 * What OpenAPI says of a path or a body of the runtime API holds of its function, and the reverse. Sources:
 * https://spec.openapis.org/oas/v3.1.0#request-body-object,
 * https://cloud.google.com/integration-connectors/docs/reference/rest/v2/projects.locations.connections.entityTypes.entities
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { managementFunction } from '../../shared/management/function.ts';
import { Discovery } from '../../shared/schema/discovery.ts';
import { openApi } from '../../shared/schema/openapi/document.ts';
import { systemClock } from '../../shared/adapters/system-clock.ts';
import type { StripeClient } from '../../shared/stripe/client.ts';
import { testConnector } from '../support/connector.ts';
import { CATALOG } from '../support/connector-deps.ts';
import { fakeStripe } from '../support/fake-stripe.ts';
import { serve, type Served } from '../support/in-process.ts';
import { sized } from '../support/sizes.ts';

const CONNECTION = 'projects/local/locations/local/connections/test';
const discovery = new Discovery(CATALOG);

interface Operation {
  readonly parameters: readonly { readonly name: string; readonly schema: object }[];
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: object } } };
}

let server: Served;
before(async () => {
  const connector = testConnector({ clock: systemClock, stripe: fakeStripe({}), settings: { expose: 'all' } });
  // Without the rate limiter.
  const stripe: StripeClient = { request: () => Promise.resolve({ ok: true, body: { id: 'one_1', object: 'thing' } }) };
  const built = { ...connector, deps: { ...connector.deps, stripe }, explorerPage: () => '' };
  server = await serve(managementFunction(() => built, []));
});
after(() => server.close());

/** The document of one entity or action, with its operation. */
function documented(chosen: Partial<Record<'entities' | 'actions', string[]>>, path: string, method: string) {
  const options = { address: server.url, connection: CONNECTION, hasOneServer: true, functions: [] };
  const { paths, components } = openApi(discovery, { entities: [], actions: [], ...chosen }, options);
  const { [method]: operation } = paths[path] as Readonly<Record<string, Operation>>;
  assert.ok(operation);
  const accepts = (schema: object, value: unknown): boolean =>
    new Ajv2020({ strict: false, logger: false }).compile({ ...schema, components })(value);
  return { operation, accepts };
}

async function takes(method: string, path: string, body?: object): Promise<boolean> {
  const init = body === undefined ? {} : { body: JSON.stringify(body) };
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${server.url}/v2/${CONNECTION}${path}`, { method, headers, ...init });
  await response.arrayBuffer();
  return response.status === 200;
}

/** The runtime API has no place for the inputs that the Get of these requires. */
const NEEDS_INPUT = [
  'Billing.CreditBalanceSummary',
  'CashBalance',
  'Tax.Association',
  'Treasury.FinancialAccountFeatures',
];
const IDS = ['default', 'one_1', 'x', 'a/b', 'a b', 'search', 'x'.repeat(501)];
/** One entity in twenty in `npm test`, all of them in `npm run test:full`. */
const STEP = sized(20, 1);
test('an id in a path: every readable entity', async () => {
  for (const [index, name] of discovery.entityNames().entries()) {
    if (index % STEP !== 0) continue;
    const { operations } = discovery.entity(name);
    if (!operations.includes('Get') || NEEDS_INPUT.includes(name)) continue;
    const path = `/entityTypes/${name}/entities/{entityId}`;
    const { operation, accepts } = documented({ entities: [name] }, path, 'get');
    const schema = operation.parameters.find((parameter) => parameter.name === 'entityId')?.schema;
    assert.ok(schema);
    for (const id of IDS) {
      const taken = await takes('GET', path.replace('{entityId}', encodeURIComponent(id)));
      assert.equal(taken, accepts(schema, id), `${name} ${id.slice(0, 20)}`);
    }
  }
});

const BODIES: readonly (readonly [method: string, path: string, inner: string, fitting: object])[] = [
  ['post', '/entityTypes/Customer/entities', 'fields', { Name: 'a' }],
  ['patch', '/entityTypes/Customer/entities/{entityId}', 'fields', { Name: 'a' }],
  ['post', '/actions/PayInvoice:execute', 'parameters', { InvoiceId: 'in_1' }],
  ['post', '/actions/CreateInvoicePreview:execute', 'parameters', {}],
];
for (const [method, path, inner, fitting] of BODIES)
  test(`a body: ${method} ${path}`, async () => {
    const [, kind, name = ''] = path.split(/[/:]/);
    const { operation, accepts } = documented(
      kind === 'actions' ? { actions: [name] } : { entities: [name] },
      path,
      method,
    );
    const schema = operation.requestBody?.content['application/json'].schema;
    assert.ok(schema);
    const bodies = [{ [inner]: fitting }, { [inner]: fitting, nonsense: 1 }, {}, { [inner]: null }, { [inner]: [] }];
    for (const body of [...bodies, { [inner]: { ...fitting, Nonsense: 1 } }, { [inner]: 'x' }]) {
      const taken = await takes(method.toUpperCase(), path.replace('{entityId}', 'cus_1'), body);
      assert.equal(taken, accepts(schema, body), JSON.stringify(body));
    }
  });
