/** Every operation of every entity of the catalogue works through the five functions, against the sandbox. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { catalogueFiles } from '../../shared/adapters/catalogue-files.ts';
import type { Fields, Operation, Shape } from '../../shared/catalog/shapes.ts';
import { pascal } from '../../shared/core/names.ts';
import { freePort } from '../emulator/firestore.ts';
import { errorOf, post, running, type Running } from './framework.ts';

const catalogue = catalogueFiles(path.resolve('shared/catalog'));
let server: Running;

before(async () => {
  const port = await freePort();
  // No limit worth the name: the limiter has tests of its own.
  const settings = { min_nodes: 100, max_nodes: 100, account_ceiling: 10000, endpoint_ceiling: 10000 };
  const env = {
    PATH: process.env['PATH'],
    PORT: String(port),
    CONNECTION_SETTINGS: JSON.stringify(settings),
  } as NodeJS.ProcessEnv;
  server = await running(spawn(process.execPath, ['build/local/start.cjs'], { env }), port, 'try it:');
});
after(() => server.stop());

/** The least that Stripe takes: every required field, with a plausible value. */
function least(fields: Fields): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([, field]) => field.required)
      .map(([name, field]) => [pascal(name), plausible(name, field.type)]),
  );
}

function plausible(name: string, shape: Shape): unknown {
  if (typeof shape === 'string')
    return {
      string: name === 'currency' ? 'usd' : 'x',
      integer: 100,
      number: 1,
      decimal: '1',
      boolean: true,
      json: {},
    }[shape];
  if ('enum' in shape) return shape.enum[0];
  if ('array' in shape) return [plausible(name, shape.array)];
  if ('map' in shape) return { usd: plausible(name, shape.map) };
  if ('range' in shape) return 1;
  if ('anyOf' in shape) return plausible(name, shape.anyOf[0]!);
  if ('object' in shape) {
    // An object without a required field is nothing on the wire: one field makes it something.
    const required = Object.entries(shape.object).filter(([, field]) => field.required);
    const chosen = required.length > 0 ? required : Object.entries(shape.object).slice(0, 1);
    return Object.fromEntries(chosen.map(([key, field]) => [key, plausible(key, field.type)]));
  }
  return 'x';
}

function clause(fields: Fields): string | undefined {
  const terms = Object.entries(fields)
    .filter(([, field]) => field.required)
    .flatMap(([name, field]) => Object.entries(flatValue(pascal(name), plausible(name, field.type))))
    .map(([name, value]) => `${name} = '${value}'`);
  return terms.length === 0 ? undefined : terms.join(' AND ');
}

function flatValue(name: string, value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null) return { [name]: String(value) };
  return Object.assign(
    {},
    ...Object.entries(value).map(([key, inner]) => flatValue(name + pascal(key), inner)),
  ) as Record<string, string>;
}

/** What Stripe checks beyond its parameters' types, for the entities that are machines in the sandbox. */
const SEED: Readonly<Record<string, (id: (entity: string) => string) => Record<string, unknown>>> = {
  InvoiceItem: (id) => ({ Customer: id('Customer'), Amount: 100, Currency: 'usd' }),
  Invoice: (id) => ({ Customer: id('Customer') }),
  PaymentMethod: () => ({ Type: 'card', Card: { token: 'tok_visa' } }),
  Price: () => ({ Currency: 'usd', UnitAmount: 100, ProductData: { name: 'x' } }),
  Refund: (id) => ({ PaymentIntent: id('PaymentIntent') }),
  PaymentIntent: () => ({ Amount: 500, Currency: 'usd', Confirm: true, PaymentMethod: 'pm_card_visa' }),
  Subscription: (id) => ({ Customer: id('Customer'), Items: [{ price: id('Price') }] }),
};

const order = ['Customer', 'PaymentIntent', 'Price'];
const names = [...order, ...catalogue.names().filter((name) => !order.includes(name))];
const made = new Map<string, string>();

test('the catalogue has every top-level entity of API v1', () => {
  const operations = names.flatMap((name) => catalogue.operationsOf(name));
  assert.ok(
    names.length >= 117 && operations.length >= 351,
    `${names.length} entities, ${operations.length} operations`,
  );
});

for (const name of names) {
  test(`${name}: ${catalogue.operationsOf(name).join(', ')}`, async () => {
    const entity = catalogue.entity(name);
    const idOf = (other: string): string => made.get(other) ?? 'missing';
    const offered = new Set<Operation>(catalogue.operationsOf(name));
    if (offered.has('Create')) {
      const input = SEED[name]?.(idOf) ?? least(entity.operations.Create!.params);
      const answer = await post(`${server.url}/create-entity`, { entity: name, connectorInputPayload: input });
      assert.equal(answer.status, 200, answer.text);
      const id = (answer.body['connectorOutputPayload'] as { Id: string | null }).Id;
      if (id !== null) made.set(name, id);
    }
    if (offered.has('List')) {
      const answer = await post(`${server.url}/list-entities`, {
        entity: name,
        filterClause: clause(entity.operations.List!.params),
      });
      assert.equal(answer.status, 200, answer.text);
      assert.ok(Array.isArray(answer.body['connectorOutputPayload']));
    }
    const single = !(entity.operations.Get ?? entity.operations.Update)?.path.includes('{id}');
    const entityId = entity.singleton && single ? undefined : (made.get(name) ?? 'none');
    if (offered.has('Get')) {
      const payload = least(entity.operations.Get!.params);
      const answer = await post(`${server.url}/get-entity`, {
        entity: name,
        entityId,
        ...(Object.keys(payload).length === 0 ? {} : { connectorInputPayload: payload }),
      });
      if (entityId === 'none') assert.equal(errorOf(answer).status, 'NOT_FOUND', answer.text);
      else assert.equal(answer.status, 200, answer.text);
    }
    if (offered.has('Update')) await update(name, entityId);
    if (offered.has('Delete') && name !== 'Customer' && name !== 'Price') {
      const answer = await post(`${server.url}/delete-entity`, { entity: name, entityId });
      assert.ok(answer.status === 200 || errorOf(answer).status === 'NOT_FOUND', answer.text);
    }
    for (const [operation, path] of [
      ['Create', 'create-entity'],
      ['Update', 'update-entity'],
      ['Delete', 'delete-entity'],
      ['Get', 'get-entity'],
      ['List', 'list-entities'],
    ] as const) {
      if (offered.has(operation)) continue;
      const answer = await post(`${server.url}/${path}`, {
        entity: name,
        ...(operation === 'Create' || operation === 'List' ? {} : { entityId: 'x' }),
      });
      assert.equal(errorOf(answer).status, 'UNIMPLEMENTED');
    }
  });
}

async function update(name: string, entityId: string | undefined): Promise<void> {
  const params = catalogue.entity(name).operations.Update!.params;
  const names = Object.keys(params).filter((one) => one !== 'expand');
  if (names.length === 0) return;
  const field = Object.hasOwn(params, 'metadata') ? { Metadata: { seen: 'yes' } } : { [pascal(names[0]!)]: null };
  const answer = await post(`${server.url}/update-entity`, { entity: name, entityId, connectorInputPayload: field });
  const known =
    answer.status === 200 || ['NOT_FOUND', 'FAILED_PRECONDITION', 'INVALID_ARGUMENT'].includes(errorOf(answer).status);
  assert.ok(known, answer.text);
  if (entityId !== 'none' && 'Metadata' in field && name !== 'PaymentMethod')
    assert.equal(answer.status, 200, answer.text);
}
