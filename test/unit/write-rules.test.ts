/** The reviewed tables of the write policy: a later SDK stops the generator until they say what its new inputs and writes are. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { catalogFiles } from '../../shared/adapters/catalog-files.ts';
import { inputsOf, writesOf } from '../../shared/catalog/generate/write-inputs.ts';
import { buildPolicyTable } from '../../shared/catalog/generate/write-policy.ts';
import { AMOUNTS_ELSEWHERE } from '../../shared/catalog/money/money-inputs.ts';
import type { Action, Entity, FieldType } from '../../shared/catalog/types.ts';
import { findBySuffix } from '../../shared/catalog/money/write-facts.ts';

const catalog = catalogFiles('shared/catalog');
const entities = catalog.names().map((name) => catalog.entity(name));
const actions: readonly Action[] = catalog.actionNames().flatMap((name) => catalog.action(name) ?? []);

/** The catalog of a newer SDK: Customer.Create takes one input more. */
function withInput(name: string, type: FieldType): readonly Entity[] {
  return entities.map((entity) => {
    const { Create } = entity.operations;
    if (entity.entity !== 'Customer' || Create === undefined) return entity;
    const params = { ...Create.params, [name]: { type } };
    return { ...entity, operations: { ...entity.operations, Create: { ...Create, params } } };
  });
}

for (const type of ['integer', 'number', 'decimal', { array: 'integer' }, { map: 'integer' }] as const)
  test(`a new number of a write stops the generator until it is classified: ${JSON.stringify(type)}`, () => {
    assert.throws(
      () => buildPolicyTable(withInput('surcharge', type), actions),
      /Customer.Create: surcharge is a number/,
    );
  });

test('a new map of a write stops the generator until its keys are classified', () => {
  assert.throws(
    () => buildPolicyTable(withInput('bag', { map: 'string' }), actions),
    /Customer.Create: bag has free keys/,
  );
});

test('a new write stops the generator until it has a rule, and so does a removed write', () => {
  const action: Action = {
    action: 'PourMoney',
    entity: 'Charge',
    method: 'POST',
    path: '/v1/pour',
    answer: null,
    params: {},
    output: 'object',
  };
  assert.throws(() => buildPolicyTable(entities, [...actions, action]), /PourMoney .* must be in exactly one row/);
  assert.throws(
    () =>
      buildPolicyTable(
        entities,
        actions.filter((one) => one.action !== 'PayInvoice'),
      ),
    /PayInvoice of write-rules.ts is not a write/,
  );
});

test('inputs that name a price, or an object with one, have their amount elsewhere', () => {
  const rows = new Map(Object.entries(AMOUNTS_ELSEWHERE));
  // What is offered in the portal, and what a product or an offer begins with, what a tax record is of: no money moves by these.
  const kept =
    /^(features\.subscription_update\.products\.prices|default_price|end_behavior\.transition\.price|line_items\.original_line_item)$/;
  for (const write of writesOf(entities, actions))
    for (const { path, shape } of inputsOf(write)) {
      if (shape !== 'string') continue;
      if (!/(^|_)(price|plan|shipping_rate|offer|invoice_item|line_item)s?$/.test(path.at(-1) ?? '')) continue;
      assert.ok(findBySuffix(rows, path) !== undefined || kept.test(path.join('.')), `${write.key} ${path.join('.')}`);
    }
});
