/** Every operation of every entity, by every path, and every action, through the built functions against the sandbox. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { catalogFiles } from '../../shared/adapters/catalog-files.ts';
import { pascal } from '../../shared/catalog/names.ts';
import { UNSUPPORTED_METHODS } from '../../shared/catalog/overrides.ts';
import type { Entity, Operation, Route } from '../../shared/catalog/types.ts';
import { actionIds } from '../../shared/operations/request/action-request.ts';
import { parentsOf, routesOf } from '../../shared/catalog/routes.ts';
import { startSandbox, type Sandbox } from '../../shared/sandbox/server.ts';
import { errorOf, post, startUnlimited, type Answered, type Running } from './framework.ts';
import { OpenApi } from './openapi.ts';
import { NEWER } from './newer-than-openapi.ts';
import { clauseOf, least, plausible, SEED, TERMS } from './least-inputs.ts';

const catalog = catalogFiles(path.resolve('shared/catalog'));
let server: Running;
let sandbox: Sandbox;

/** What Stripe's API does not create. */
const FOUND = catalog
  .names()
  .filter((name) => !catalog.operationsOf(name).includes('Create') && !catalog.entity(name).singleton);

/** What Stripe has without any account's doing, by an id that it has. */
const STANDING: ReadonlyMap<string, string> = new Map([
  ['CountrySpec', 'US'],
  ['ExchangeRate', 'usd'],
]);

/** What a seeded object needs for the writes that follow. */
const FACTS: Readonly<Record<string, () => Record<string, unknown>>> = {
  ApplicationFee: () => ({ account: idOf('Account'), amount: 100, currency: 'usd' }),
  // A capability is read by its name.
  Capability: () => ({ id: 'transfers' }),
};

before(async () => {
  sandbox = await startSandbox({ seed: 11 });
  server = await startUnlimited(sandbox);
  const due = { status: 'open', amount_due: 100, amount_remaining: 100, currency: 'usd' };
  made.set('an open invoice', sandbox.seed('Invoice', { ...due, pre_payment_credit_notes_amount: 0 }).id);
});
after(async () => {
  await server.stop();
  await sandbox.close();
});

const made = new Map<string, string>();
const idOf = (entity: string): string => made.get(entity) ?? 'none';

/** `/v1/customers/{id}` -> `Customer`: whose id a path's parent is. */
const OWNERS = new Map(
  catalog.names().flatMap((name) => {
    const { operations } = catalog.entity(name);
    return [operations.Get, operations.Update, operations.Delete].flatMap((row) =>
      row ? [[row.path, name] as const] : [],
    );
  }),
);

function parentIds(route: Pick<Route, 'path'>): Record<string, string> {
  return Object.fromEntries(
    parentsOf(route.path).map((name) => {
      const at = route.path.slice(0, route.path.indexOf(`{${name}}`));
      return [name, idOf(OWNERS.get(`${at}{id}`) ?? '')];
    }),
  );
}

function inputNames(parents: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(parents).map(([name, id]) => [pascal(name), id]));
}

const first = ['Customer', 'Account', 'File', 'PaymentIntent', 'Price', 'V2.Core.Account'];
/** Parents before their children. */
const depth = (name: string): number =>
  Math.min(...Object.values(catalog.entity(name).operations).map(({ path }) => parentsOf(path).length));
const names = [...first, ...catalog.names().filter((name) => !first.includes(name))].sort(
  (a, b) => depth(a) - depth(b),
);
const count = { operations: 0, actions: 0 };

test("at most 3 % of Stripe's resources are not served", () => {
  const operations = names.reduce((sum, name) => sum + catalog.operationsOf(name).length, 0);
  assert.ok(UNSUPPORTED_METHODS.length <= 0.03 * (operations + UNSUPPORTED_METHODS.length));
});

for (const name of names) {
  test(`${name}: ${catalog.operationsOf(name).join(', ')}`, async () => {
    const entity = catalog.entity(name);
    const operations = catalog.operationsOf(name);
    if (FOUND.includes(name)) {
      const [row] = Object.values(entity.operations) as [Route];
      const parents = parentIds(row);
      made.set(name, STANDING.get(name) ?? sandbox.seed(name, FACTS[name]?.() ?? {}, parents).id);
      owners.set(idOf(name), parents);
    }
    for (const operation of ['Create', 'List', 'Get', 'Update', 'Delete'] as const) {
      const row = entity.operations[operation];
      if (row === undefined) {
        await refused(name, operation);
        continue;
      }
      count.operations += 1;
      for (const route of routesOf(row)) await STEPS[operation](entity, route);
    }
    assert.ok(operations.length > 0);
  });
}

const STEPS: Readonly<Record<Operation, (entity: Entity, route: Route) => Promise<void>>> = {
  async Create({ entity }, route) {
    const parents = parentIds(route);
    const input = { ...(SEED[entity]?.(idOf, route.path) ?? least(route.params)), ...inputNames(parents) };
    const answer = await post(`${server.url}/create-entity`, { entity, connectorInputPayload: input });
    assert.equal(answer.status, 200, `${route.path} ${answer.text}`);
    const { Id: id } = answer.body['connectorOutputPayload'] as { Id: string | null };
    if (id === null) return;
    made.set(entity, id);
    owners.set(id, parents);
  },
  async List({ entity }, route) {
    const terms = { ...clauseOf(route.params), ...TERMS[entity]?.(idOf), ...inputNames(parentIds(route)) };
    const clause = Object.entries(terms).map(([column, value]) => `${column} = '${value}'`);
    const answer = await post(`${server.url}/list-entities`, {
      entity,
      ...(clause.length > 0 ? { filterClause: clause.join(' AND ') } : {}),
    });
    assert.equal(answer.status, 200, `${route.path} ${answer.text}`);
    assert.ok(Array.isArray(answer.body['connectorOutputPayload']));
  },
  async Get(entity, route) {
    if (!reaches(entity.entity, route)) return;
    const payload = { ...least(route.params), ...inputNames(parentIds(route)) };
    const answer = await post(`${server.url}/get-entity`, { ...target(entity.entity, route), ...inputOf(payload) });
    assert.equal(answer.status, 200, `${route.path} ${answer.text}`);
  },
  async Update(entity, route) {
    if (!reaches(entity.entity, route)) return;
    const fields = Object.keys(route.params).filter((one) => one !== 'expand');
    const chosen = Object.hasOwn(route.params, 'metadata') ? 'metadata' : fields[0];
    if (chosen === undefined) return;
    const value = chosen === 'metadata' ? { seen: 'yes' } : plausible(chosen, route.params[chosen]!.type);
    const payload = { ...least(route.params), [pascal(chosen)]: value, ...inputNames(parentIds(route)) };
    const answer = await post(`${server.url}/update-entity`, {
      ...target(entity.entity, route),
      connectorInputPayload: payload,
    });
    assert.ok(answer.status === 200 || MACHINES.has(entity.entity), `${route.path} ${answer.text}`);
    if (answer.status !== 200) assert.ok(isRefusal(answer), answer.text);
  },
  async Delete(entity, route) {
    // What others hang on stays until the end.
    if (KEPT.has(entity.entity) || !reaches(entity.entity, route)) return;
    const answer = await post(`${server.url}/delete-entity`, {
      ...target(entity.entity, route),
      ...inputOf({ ...least(route.params), ...inputNames(parentIds(route)) }),
    });
    assert.equal(answer.status, 200, `${route.path} ${answer.text}`);
    const again = await post(`${server.url}/create-entity`, {
      entity: entity.entity,
      connectorInputPayload: {
        ...(SEED[entity.entity]?.(idOf, route.path) ?? least(createParams(entity, route))),
        ...inputNames(parentIds(route)),
      },
    });
    const { Id: id } = (again.body['connectorOutputPayload'] ?? {}) as { Id?: string };
    if (id !== undefined) made.set(entity.entity, id);
    if (id !== undefined) owners.set(id, parentIds(route));
  },
};

function createParams(entity: Entity, { path: wanted }: Route): Route['params'] {
  const row = entity.operations.Create;
  const routes = row === undefined ? [] : routesOf(row);
  return (routes.find(({ path: one }) => wanted.startsWith(one)) ?? routes[0])?.params ?? {};
}

/** State machines reject what their state does not allow. */
const MACHINES = new Set(['PaymentMethod', 'Quote', 'Invoice', 'PaymentIntent', 'Subscription']);
const KEPT = new Set(['Customer', 'Price', 'Account', 'Product']);
const owners = new Map<string, Record<string, string>>();

/** An object is reached by the path under which it was made. */
function reaches(entity: string, route: Route): boolean {
  const own = owners.get(idOf(entity)) ?? {};
  return parentsOf(route.path).every((name) => own[name] !== undefined) || !route.path.includes('{id}');
}

function target(entity: string, route: Route): { entity: string; entityId?: string } {
  return route.path.includes('{id}') ? { entity, entityId: idOf(entity) } : { entity };
}

function inputOf(payload: Record<string, unknown>): { connectorInputPayload?: object } {
  return Object.keys(payload).length === 0 ? {} : { connectorInputPayload: payload };
}

function isRefusal(answer: Answered): boolean {
  return ['FAILED_PRECONDITION', 'INVALID_ARGUMENT'].includes(errorOf(answer).status);
}

const FUNCTIONS: Readonly<Record<Operation, string>> = {
  List: 'list-entities',
  Get: 'get-entity',
  Create: 'create-entity',
  Update: 'update-entity',
  Delete: 'delete-entity',
};

async function refused(entity: string, operation: Operation): Promise<void> {
  const body = { entity, ...(operation === 'Create' || operation === 'List' ? {} : { entityId: 'x' }) };
  const answer = await post(`${server.url}/${FUNCTIONS[operation]}`, body);
  assert.equal(errorOf(answer).status, 'UNIMPLEMENTED', answer.text);
}

for (const name of catalog.actionNames()) {
  test(`action ${name}`, async () => {
    const row = catalog.action(name)!;
    const ids = Object.fromEntries(
      actionIds(row).map(({ input, placeholder }) => {
        const before_ = row.path.slice(0, row.path.indexOf(placeholder)).replace('/test_helpers', '');
        const owner = placeholder === '{id}' ? row.entity : (OWNERS.get(`${before_}{id}`) ?? '');
        return [input, made.get(owner) ?? made.get(owner.replace('TestHelpers.', '')) ?? 'none'];
      }),
    );
    const named = Object.fromEntries(
      Object.keys(row.renamed ?? {}).map((input) => [pascal(input), idOf(pascal(input).replace(/Id$/, ''))]),
    );
    const renamed = Object.values(row.renamed ?? {}).map(pascal);
    const rest = Object.entries(least(row.params)).filter(([input]) => !renamed.includes(input));
    const input = { ...Object.fromEntries(rest), ...named, ...ids };
    const answer = await post(`${server.url}/execute-action`, { action: name, connectorInputPayload: input });
    const machine =
      /^(Confirm|Capture|Cancel)(PaymentIntent|SetupIntent)$|^Cancel(Refund|Topup)$|^ReversePayout$|^Verify\w+IntentMicrodeposits$|Increment|PaymentMethod.*Customer$|Invoice|Quote(Pdf)?$|^AdvanceTestClock$|Subscription(Discount|Schedule)?$|CreditNote$/.test(
        name,
      );
    assert.ok(answer.status === 200 || (machine && isRefusal(answer)), `${row.path} ${answer.text}`);
    if (answer.status === 200) assert.equal((answer.body['connectorOutputPayload'] as unknown[]).length, 1);
    count.actions += 1;
  });
}

// Account.GetCurrent is no name that a call could use.
for (const { name, reason } of UNSUPPORTED_METHODS.filter(({ name }) => name !== 'Account.GetCurrent')) {
  test(`${name} is not served and has a reason`, async () => {
    const [entity, operation] = [name.slice(0, name.lastIndexOf('.')), name.slice(name.lastIndexOf('.') + 1)];
    const action = !name.includes('.');
    const answer = action
      ? await post(`${server.url}/execute-action`, { action: name, connectorInputPayload: {} })
      : await post(`${server.url}/${(FUNCTIONS as Record<string, string>)[operation] ?? 'list-entities'}`, { entity });
    assert.equal(answer.status, 501, answer.text);
    assert.ok(errorOf(answer).message.includes(reason), answer.text);
  });
}

test('every operation of the catalog was called: the generated ones minus the exceptions', () => {
  const generated = names.reduce((sum, name) => sum + catalog.operationsOf(name).length, 0);
  assert.deepEqual(count, { operations: generated, actions: catalog.actionNames().length });
  assert.deepEqual([names.length, generated, count.actions], [175, 493, 148]);
});

test("every request matches Stripe's OpenAPI document of 2024-04-10 if it has the path", () => {
  const openApi = new OpenApi();
  const checked = new Set<string>();
  const differences = new Map<string, Set<string>>();
  for (const request of sandbox.requests) {
    const operation = openApi.operationOf(request);
    if (operation === undefined) continue;
    checked.add(operation);
    for (const problem of openApi.problemsOf(request))
      differences.set(operation, (differences.get(operation) ?? new Set()).add(problem));
  }
  const found = Object.fromEntries([...differences].map(([operation, problems]) => [operation, [...problems].sort()]));
  const known = Object.fromEntries(
    Object.entries(NEWER).map(([operation, rows]) => [operation, Object.keys(rows).sort()]),
  );
  assert.deepEqual(found, known);
  assert.ok(checked.size >= 460, `${checked.size} operations of the document were called`);
});
