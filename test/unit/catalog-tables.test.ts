/** The reviewed tables name only what the generated catalogue has: a row that outlives Stripe's API is found here. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { catalogueFiles } from '../../shared/adapters/catalogue-files.ts';
import {
  ACTION_NAMES,
  ENTITY_NAMES,
  KINDS,
  LIST_DEFAULTS,
  NO_FILTER_OF_COLUMN,
  NOT_SERVED,
  SEARCHABLE,
  SIGNED_AMOUNTS,
} from '../../shared/catalog/overrides.ts';
import { isSecretField } from '../../shared/core/client-secrets.ts';
import { nameSays } from '../../shared/redact/names.ts';
import type { Fields, Shape } from '../../shared/catalog/shapes.ts';

const catalogue = catalogueFiles(path.resolve('shared/catalog'));

/** The shape at a dotted path, through arrays and alternatives. */
function shapeAt(fields: Fields, names: readonly string[]): Shape | undefined {
  const [name = '', ...rest] = names;
  const shape = Object.hasOwn(fields, name) ? fields[name]?.type : undefined;
  if (shape === undefined || rest.length === 0) return shape;
  return objectsIn(shape)
    .map((inner) => shapeAt(inner, rest))
    .find((found) => found !== undefined);
}

function objectsIn(shape: Shape): Fields[] {
  if (typeof shape === 'string') return [];
  if ('object' in shape) return [shape.object];
  if ('array' in shape) return objectsIn(shape.array);
  return 'anyOf' in shape ? shape.anyOf.flatMap(objectsIn) : [];
}

function inputsOf(name: string): Fields[] {
  const action = catalogue.action(name);
  if (action !== undefined) return [action.params];
  const { Create, Update } = catalogue.entity(name).operations;
  return [Create, Update].flatMap((row) => (row ? [row, ...(row.also ?? [])] : [])).map(({ params }) => params);
}

for (const key of SIGNED_AMOUNTS) {
  test(`${key} is an input that may be negative`, () => {
    const owner = [...catalogue.names(), ...catalogue.actionNames()].filter((name) => key.startsWith(`${name}.`));
    assert.equal(owner.length, 1);
    const names = key.slice((owner[0]?.length ?? 0) + 1).split('.');
    assert.ok(inputsOf(owner[0] ?? '').some((fields) => shapeAt(fields, names) !== undefined));
  });
}

for (const [name, columns] of Object.entries(SEARCHABLE)) {
  test(`${name} is searched by columns that it has`, () => {
    const { fields, operations } = catalogue.entity(name);
    assert.notEqual(operations.List?.search, undefined);
    for (const column of columns) assert.notEqual(shapeAt(fields, column.split('.')), undefined, column);
  });
}

test('each entity with a search has its columns in the table', () => {
  const searched = catalogue.names().filter((name) => catalogue.entity(name).operations.List?.search !== undefined);
  assert.deepEqual(searched.sort(), Object.keys(SEARCHABLE).sort());
});

test('defaults and exceptions of lists are parameters of those lists', () => {
  const pairs = Object.entries(LIST_DEFAULTS).flatMap(([name, params]) =>
    Object.keys(params).map((param): [string, string] => [name, param]),
  );
  const exceptions = [...NO_FILTER_OF_COLUMN].map((key) => key.split('.'));
  for (const [name = '', param = ''] of [...pairs, ...exceptions])
    assert.ok(Object.hasOwn(catalogue.entity(name).operations.List?.params ?? {}, param), `${name}.${param}`);
});

test('named entities, kinds and actions are in the catalogue', () => {
  const kinds = Object.values(KINDS).flatMap((rows) => rows.map(({ entity }) => entity));
  for (const name of [...Object.values(ENTITY_NAMES), ...kinds]) assert.ok(catalogue.names().includes(name), name);
  for (const name of Object.values(ACTION_NAMES)) assert.ok(catalogue.actionNames().includes(name), name);
});

test('what is not served is not in the catalogue', () => {
  for (const { name } of NOT_SERVED) {
    const [entity, operation] = [name.slice(0, name.lastIndexOf('.')), name.slice(name.lastIndexOf('.') + 1)];
    const operations: readonly string[] = catalogue.names().includes(entity) ? catalogue.operationsOf(entity) : [];
    assert.ok(!operations.includes(operation) && !catalogue.actionNames().includes(name), name);
  }
});

/** Fields of Stripe's objects whose names say a secret, and whose values are none: ids, words, what Stripe itself masks. */
const NO_SECRETS: readonly string[] = [
  'ConfirmationToken.cvc_token',
  'TestHelpers.ConfirmationToken.cvc_token',
  'TestHelpers.Treasury.ReceivedCredit.issuing_authorization',
  'TestHelpers.Treasury.ReceivedDebit.issuing_authorization',
  'Treasury.ReceivedCredit.issuing_authorization',
  'Treasury.ReceivedDebit.issuing_authorization',
];

function* textsIn(fields: Fields): Generator<string> {
  for (const [name, { type }] of Object.entries(fields)) {
    if (type === 'string') yield name;
    for (const inner of objectsIn(type)) yield* textsIn(inner);
  }
}

// https://docs.stripe.com/api: `client_secret` "should not be stored, logged"; `payload` "the plaintext secret value".
test('every text of an object that its name tells as a secret is kept nowhere, or is reviewed', () => {
  const kept = catalogue.names().flatMap((name) => {
    const { fields, object } = catalogue.entity(name);
    const told = [...textsIn(fields)].filter((field) => ['secret', 'code', 'line'].includes(nameSays(field)));
    return told.filter((field) => !isSecretField(field, object)).map((field) => `${name}.${field}`);
  });
  assert.deepEqual([...new Set(kept)].sort(), NO_SECRETS);
});

/** Links that log in whoever opens them. Others are made to be sent to a payer, or show what anybody may see. */
const LOGIN_LINKS = [
  'AccountLink',
  'BillingPortal.Session',
  'Identity.VerificationSession',
  'LoginLink',
  'V2.Core.AccountLink',
];
const OPEN_LINKS = [
  'Checkout.Session',
  'FileLink',
  'PaymentLink',
  'File',
  'Forwarding.Request',
  'Product',
  'WebhookEndpoint',
];

test('the link of an object is kept nowhere where it logs somebody in', () => {
  const linked = catalogue.names().filter((name) => Object.hasOwn(catalogue.entity(name).fields, 'url'));
  assert.deepEqual(linked.sort(), [...LOGIN_LINKS, ...OPEN_LINKS].sort());
  for (const name of linked)
    assert.equal(isSecretField('url', catalogue.entity(name).object), LOGIN_LINKS.includes(name), name);
});
