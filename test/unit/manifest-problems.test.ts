/** What a build says of a mistake in functions/manifest.json, which would widen what a function may do. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import manifest from '../../functions/manifest.json';
import { manifestProblems } from '../../infra/bundles/manifest-problems.mjs';

const REFUND = { name: 'support', restricts: 'create-entity', entities: ['Refund'] };

const MISTAKES: readonly (readonly [row: object, problem: string])[] = [
  [{ ...REFUND, inputs: { Amount: { maxmum: 2000 } } }, 'support.inputs.Amount: maxmum is no key of it'],
  [{ ...REFUND, input: { Amount: { maximum: 2000 } } }, 'support: input is no key of it'],
  [{ ...REFUND, inputs: { Amount: { maximum: '2000' } } }, 'support.inputs.Amount.maximum: Invalid input'],
  [{ ...REFUND, inputs: { Reason: { maximum: 1 } } }, 'support.inputs.Reason.maximum: the input is not an integer'],
  [{ ...REFUND, inputs: { PaymentIntnt: {} } }, 'support.inputs.PaymentIntnt: no such input'],
  [{ ...REFUND, entities: [] }, 'support.entities: Too small'],
  [{ ...REFUND, entities: ['Refunds'] }, 'support.entities: no operation Refunds.Create'],
  [{ ...REFUND, restricts: 'create-entty' }, 'support.restricts: create-entty is no function'],
  [{ ...REFUND, restricts: 'execute-action' }, 'support: execute-action is restricted by actions'],
  [{ name: 'support', restricts: 'create-entity', entites: ['Refund'] }, 'support.entities: Invalid input'],
  [{ name: 'support', restricts: 'execute-action', actions: ['PayInvoce'] }, 'support.actions: no action PayInvoce'],
  [{ ...manifest.functions[0], name: 'other', concurency: 1 }, 'other: concurency is no key of it'],
];
for (const [row, problem] of MISTAKES)
  test(problem, () => {
    const problems = manifestProblems([...manifest.functions, row]);
    assert.ok(problems[0]?.startsWith(`functions/manifest.json: ${problem}`), problems.join('\n'));
  });

test('the manifest itself has no problems', () => {
  assert.deepEqual(manifestProblems(manifest.functions), []);
});
