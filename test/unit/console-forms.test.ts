/** What the console's forms compute without a browser: present values, what is sent of them, an integration as code. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { integrationSnippet } from '../../shared/console/form/snippets/cloud.ts';
import {
  changedPairs,
  changedValue,
  currentValueOf,
  acceptsNull,
} from '../../shared/console/form/fields/current-value.ts';
import { isUnchanged } from '../../shared/console/form/sending/validate-draft.ts';
import type { FormTarget } from '../../shared/console/form/target.ts';
import { EMPTY_DRAFT } from '../../shared/console/state/drafts.ts';
import { inputKindOf, needsSeveralLines } from '../../shared/console/form/fields/input-kind.ts';
import type { JsonSchema } from '../../shared/schema/json-schema.ts';

const TEXT: JsonSchema = { type: ['string', 'null'] };
const ROW = {
  Email: 'jane@example.com',
  Phone: null,
  AddressCity: 'Dublin',
  Balance: 1500,
  Metadata: { tier: 'gold', shop: '7' },
  ItemsData: [{ id: 'si_1' }],
  TaxExempt: 'none',
};

const present = (path: string, schema: JsonSchema): unknown =>
  currentValueOf(path, inputKindOf(path, schema), schema, ROW);

test('an input begins with the value of the row that it can show', () => {
  assert.equal(present('Email', TEXT), 'jane@example.com');
  assert.equal(present('Address.city', TEXT), 'Dublin');
  assert.equal(present('Balance', { type: 'integer' }), 1500);
  assert.deepEqual(present('Metadata', { type: 'object', additionalProperties: { type: 'string' } }), ROW.Metadata);
  assert.equal(present('TaxExempt', { enum: ['none', 'exempt'] }), 'none');
  // No value, a value of another kind, and a list of objects whose inputs have another shape.
  assert.equal(present('Phone', TEXT), undefined);
  assert.equal(present('Balance', TEXT), undefined);
  assert.equal(present('TaxExempt', { enum: ['reverse'] }), undefined);
  assert.equal(present('ItemsData', { type: 'array', items: { type: 'object', properties: {} } }), undefined);
});

test('a form sends what the user changed, and what clears a removed value', () => {
  assert.equal(changedValue('jane@example.com', 'jane@example.com', TEXT), undefined);
  assert.equal(changedValue('joe@example.com', 'jane@example.com', TEXT), 'joe@example.com');
  assert.equal(changedValue(undefined, 'jane@example.com', TEXT), null);
  assert.equal(changedValue(undefined, 5, { type: 'integer' }), '');
  assert.equal(changedValue(['card'], ['card'], { type: 'array' }), undefined);
  assert.equal(changedValue('new', undefined, TEXT), 'new');
});

test('a present choice can be cleared only where the field takes null', () => {
  assert.deepEqual([{ type: 'boolean' }, { enum: ['a', 'b'] }].map(acceptsNull), [false, false]);
  assert.deepEqual([TEXT, { enum: ['a', null] }].map(acceptsNull), [true, true]);
});

test('a text with line breaks has an input that keeps them', () => {
  assert.equal(needsSeveralLines('text', 'two\nlines'), true);
  assert.equal(needsSeveralLines('text', 'one line'), false);
  assert.equal(needsSeveralLines('texts', ''), true);
});

test('an update that changes nothing is not sent', () => {
  const update: FormTarget = { kind: 'entity', entity: 'Customer', operation: 'Update', byId: true };
  const cleared = { ...EMPTY_DRAFT, entityId: 'cus_1', payload: { Phone: null } };
  assert.equal(isUnchanged(update, { ...cleared, payload: {} }), true);
  assert.equal(isUnchanged(update, cleared), false);
  assert.equal(isUnchanged({ ...update, operation: 'Create' }, EMPTY_DRAFT), false);
  const action: FormTarget = { kind: 'action', action: 'PayInvoice', entity: 'Invoice', readOnly: false };
  assert.equal(isUnchanged(action, EMPTY_DRAFT), false);
});

test('metadata sends the keys that differ, and an empty value for a removed one', () => {
  const before = { tier: 'gold', shop: '7' };
  assert.equal(changedPairs({ tier: 'gold', shop: '7' }, before), undefined);
  assert.deepEqual(changedPairs({ tier: 'silver', shop: '7', new: 'x' }, before), { tier: 'silver', new: 'x' });
  // https://docs.stripe.com/api/metadata: an empty string removes a key.
  assert.deepEqual(changedPairs({ tier: 'gold' }, before), { shop: '' });
});

interface IntegrationVersion {
  readonly taskConfigs: readonly [
    {
      readonly task: string;
      readonly parameters: Readonly<Record<string, { readonly key: string; readonly value: { stringValue?: string } }>>;
    },
  ];
}

test('an integration has the members of the example, which follows the format of uploads, and the body of the call', () => {
  const body = { entity: 'Customer', connectorInputPayload: { Name: "O'Hara" } };
  const made = JSON.parse(integrationSnippet({ functionName: 'create-entity', body })) as IntegrationVersion;
  const example = JSON.parse(
    readFileSync('shared/docs/examples/application-integration.json', 'utf8'),
  ) as IntegrationVersion;
  assert.deepEqual(Object.keys(made), Object.keys(example));
  const [task] = made.taskConfigs;
  assert.equal(task.task, example.taskConfigs[0].task);
  assert.deepEqual(Object.keys(task.parameters), Object.keys(example.taskConfigs[0].parameters));
  for (const [name, { key }] of Object.entries(task.parameters)) assert.equal(key, name);
  assert.equal(task.parameters['url']?.value.stringValue, 'https://BASE/create-entity');
  assert.deepEqual(JSON.parse(task.parameters['requestBody']?.value.stringValue ?? ''), body);
});
