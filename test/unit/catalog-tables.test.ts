/** The reviewed tables name only what the generated catalog has: a row that outlives Stripe's API is found here. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { catalogFiles } from '../../shared/adapters/catalog-files.ts';
import {
  boundParameterOf,
  LIST_DEFAULTS,
  NO_FILTER_OF_COLUMN,
  parameterOf,
} from '../../shared/catalog/list-parameters.ts';
import { joinedNames, pascal, resolvePascal } from '../../shared/catalog/names.ts';
import { ACTION_NAMES, ENTITY_NAMES, ENTITY_KINDS, UNSUPPORTED_METHODS } from '../../shared/catalog/overrides.ts';
import { SEARCHABLE } from '../../shared/catalog/search-columns.ts';
import { SIGNED_AMOUNTS } from '../../shared/catalog/field-meaning.ts';
import { isSecretField } from '../../shared/stripe/sensitive-fields.ts';
import { classifyName } from '../../shared/redact/names.ts';
import type { Fields, FieldType } from '../../shared/catalog/types.ts';

const catalog = catalogFiles(path.resolve('shared/catalog'));

/** The shape at a dotted path, through arrays and alternatives. */
function shapeAt(fields: Fields, names: readonly string[]): FieldType | undefined {
  const [name = '', ...rest] = names;
  const shape = Object.hasOwn(fields, name) ? fields[name]?.type : undefined;
  if (shape === undefined || rest.length === 0) return shape;
  return objectsIn(shape)
    .map((inner) => shapeAt(inner, rest))
    .find((found) => found !== undefined);
}

function objectsIn(shape: FieldType): Fields[] {
  if (typeof shape === 'string') return [];
  if ('object' in shape) return [shape.object];
  if ('array' in shape) return objectsIn(shape.array);
  return 'anyOf' in shape ? shape.anyOf.flatMap(objectsIn) : [];
}

function inputsOf(name: string): Fields[] {
  const action = catalog.action(name);
  if (action !== undefined) return [action.params];
  const { Create, Update } = catalog.entity(name).operations;
  return [Create, Update].flatMap((row) => (row ? [row, ...(row.also ?? [])] : [])).map(({ params }) => params);
}

for (const key of SIGNED_AMOUNTS) {
  test(`${key} is an input that may be negative`, () => {
    const owner = [...catalog.names(), ...catalog.actionNames()].filter((name) => key.startsWith(`${name}.`));
    assert.equal(owner.length, 1);
    const names = key.slice((owner[0]?.length ?? 0) + 1).split('.');
    assert.ok(inputsOf(owner[0] ?? '').some((fields) => shapeAt(fields, names) !== undefined));
  });
}

for (const [name, columns] of Object.entries(SEARCHABLE)) {
  test(`the search columns of ${name} exist`, () => {
    const { fields, operations } = catalog.entity(name);
    assert.notEqual(operations.List?.search, undefined);
    for (const column of columns) assert.notEqual(shapeAt(fields, column.split('.')), undefined, column);
  });
}

test('each entity with a search has its columns in the table', () => {
  const searched = catalog.names().filter((name) => catalog.entity(name).operations.List?.search !== undefined);
  assert.deepEqual(searched.sort(), Object.keys(SEARCHABLE).sort());
});

test('defaults and exceptions of lists are parameters of those lists', () => {
  const pairs = Object.entries(LIST_DEFAULTS).flatMap(([name, params]) =>
    Object.keys(params).map((param): [string, string] => [name, param]),
  );
  const exceptions = [...NO_FILTER_OF_COLUMN].map((key) => key.split('.'));
  for (const [name = '', param = ''] of [...pairs, ...exceptions])
    assert.ok(Object.hasOwn(catalog.entity(name).operations.List?.params ?? {}, param), `${name}.${param}`);
});

test('named entities, kinds and actions are in the catalog', () => {
  const kinds = Object.values(ENTITY_KINDS).flatMap((rows) => rows.map(({ entity }) => entity));
  for (const name of [...Object.values(ENTITY_NAMES), ...kinds]) assert.ok(catalog.names().includes(name), name);
  for (const name of Object.values(ACTION_NAMES)) assert.ok(catalog.actionNames().includes(name), name);
});

test('entities that are not served are not in the catalog', () => {
  for (const { name } of UNSUPPORTED_METHODS) {
    const [entity, operation] = [name.slice(0, name.lastIndexOf('.')), name.slice(name.lastIndexOf('.') + 1)];
    const operations: readonly string[] = catalog.names().includes(entity) ? catalog.operationsOf(entity) : [];
    assert.ok(!operations.includes(operation) && !catalog.actionNames().includes(name), name);
  }
});

/** Fields of Stripe's objects whose names suggest a secret and whose values are ids, words, or masked by Stripe. */
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
test('every field whose name suggests a secret is never stored, or is reviewed', () => {
  const kept = catalog.names().flatMap((name) => {
    const { fields, object } = catalog.entity(name);
    const told = [...textsIn(fields)].filter((field) => ['secret', 'code', 'line'].includes(classifyName(field)));
    return told.filter((field) => !isSecretField(field, object)).map((field) => `${name}.${field}`);
  });
  assert.deepEqual([...new Set(kept)].sort(), NO_SECRETS);
});

/** Links that sign in the person who opens them. Others are made to be sent to a payer, or show public data. */
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

test('a sign-in link is never stored', () => {
  const linked = catalog.names().filter((name) => Object.hasOwn(catalog.entity(name).fields, 'url'));
  assert.deepEqual(linked.sort(), [...LOGIN_LINKS, ...OPEN_LINKS].sort());
  for (const name of linked)
    assert.equal(isSecretField('url', catalog.entity(name).object), LOGIN_LINKS.includes(name), name);
});

/** List parameters that filter by what no column shows, each looked at: ordering, what Stripe works out, another object's fact. */
const NO_COLUMN: ReadonlySet<string> = new Set([
  'BalanceTransaction.payout',
  'Billing.CreditBalanceTransaction.customer',
  'Billing.CreditBalanceTransaction.customer_account',
  'Billing.MeterEventSummary.customer',
  'Billing.MeterEventSummary.value_grouping_window',
  'Entitlements.ActiveEntitlement.customer',
  'Entitlements.Feature.archived',
  'Event.delivery_success',
  'FinancialConnections.Account.session',
  'FinancialConnections.Transaction.transaction_refresh.after',
  'InvoiceItem.pending',
  'ProductCatalog.TrialOffer.created',
  'Product.ids',
  'Radar.ValueList.contains',
  'SubscriptionSchedule.scheduled',
  'Subscription.current_period_end',
  'Subscription.current_period_start',
  'Subscription.plan',
  'Subscription.price',
  'Treasury.DebitReversal.resolution',
  'Treasury.TransactionEntry.order_by',
  'Treasury.Transaction.order_by',
  'V2.Core.EventDestination.include',
  'V2.Core.Event.object_id',
  'V2.MoneyManagement.FinancialAccount.include',
]);

function leavesOf(fields: Fields, before: readonly string[] = []): string[][] {
  return Object.entries(fields).flatMap(([name, { type }]) =>
    typeof type === 'object' && 'object' in type ? leavesOf(type.object, [...before, name]) : [[...before, name]],
  );
}

/** The parameters that a term on a column of rows may become. */
function filteredBy(entity: string, path: readonly string[]): string[] {
  const bound = boundParameterOf(entity, path);
  const bounds = bound === undefined ? [] : (['<', '<=', '>', '>='] as const).map((one) => bound(one).name);
  return [parameterOf(entity, path), parameterOf(entity, path, true)].map((one) => one.join('.')).concat(bounds);
}

test('each parameter of a list filters a column, or is in the table of those that cannot', () => {
  const without = catalog.names().flatMap((name) => {
    const { fields, operations } = catalog.entity(name);
    const routes = operations.List === undefined ? [] : [operations.List, ...(operations.List.also ?? [])];
    const named = joinedNames(fields).flatMap((one) => {
      const found = resolvePascal(one, fields);
      return found === undefined ? [] : filteredBy(name, found.path);
    });
    const known = new Set([...named, 'expand']);
    return routes
      .flatMap(({ params }) => leavesOf(params))
      .filter((path) => !known.has(path.join('.')) && resolvePascal(path.map(pascal).join(''), fields) === undefined)
      .map((path) => `${name}.${path.join('.')}`);
  });
  assert.deepEqual([...new Set(without)].sort(), [...NO_COLUMN].sort());
});
