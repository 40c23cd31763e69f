/** One operation id, one effect: every order of what two and three workers can do. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { complete } from '../../shared/idempotency/record/complete.ts';
import { sized } from '../support/sizes.ts';
import { effectAfter, explore } from './operation-model.ts';

/** How deep every order is tried: all that there is, or the first keys and leases of it. */
const DEPTH = sized({ keys: 2, leases: 4 }, { keys: 4, leases: 6 });

test('two workers, two crashes each: in no order of steps is there a second effect, all orders tried', () => {
  const model = { workers: 2, crashes: 2, endStep: complete, depth: DEPTH };
  const { states, whole, violation: wrong } = explore(model, 1_000_000);
  console.log(`two workers: ${states} states, all of them`);
  assert.equal(wrong, undefined);
  assert.ok(whole);
});

/** States of the larger models: the nearest ones, or as many as a run of minutes can walk. */
const MOST = sized(20_000, 1_000_000);

test('a clock that is wrong by any amount: a holder that sends after its lease has no second effect', () => {
  for (const workers of [2, 3]) {
    const { states, violation: wrong } = explore({ workers, crashes: 2, endStep: complete, skew: true }, MOST);
    console.log(`${workers} workers with wrong clocks: ${states} states`);
    assert.equal(wrong, undefined);
    assert.ok(states >= Math.min(MOST, 200_000), String(states));
  }
});

test('three workers, two crashes each: in no order of steps is there a second effect, the nearest states', () => {
  const { states, violation: wrong } = explore({ workers: 3, crashes: 2, endStep: complete }, MOST);
  console.log(`three workers: ${states} states`);
  assert.equal(wrong, undefined);
  assert.ok(states >= Math.min(MOST, 200_000), String(states));
});

test('the model finds a planted bug: an owner who lost its lease writes all the same', () => {
  const unfenced: typeof complete = (lease, ended, keptUs) => (record, nowUs) =>
    complete(
      lease,
      ended,
      keptUs,
    )(record === undefined ? undefined : { ...record, state: 'calling', fence: lease.fence }, nowUs);
  assert.notEqual(explore({ workers: 3, crashes: 2, endStep: unfenced }, 200_000).violation, undefined);
});

test('the model finds the rule of before: a refusal that stands before the idempotency layer settles an unknown try', () => {
  const settles: typeof effectAfter = (before, evidence) =>
    evidence === 'invalid request' ? 'none' : effectAfter(before, evidence);
  const found = explore({ workers: 2, crashes: 0, endStep: complete, after: settles }, 200_000);
  assert.equal(found.violation, 'a failure that had its effect');
});
