/**
 * A request that the sandbox rejects changes nothing: the whole state is as it was. A declined payment is no such request:
 * it has its charge. https://docs.stripe.com/api/errors
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { takeSnapshot } from '../../shared/sandbox/control/snapshot.ts';
import { sized } from '../support/sizes.ts';
import { openBank, steps, take, type Bank } from './ledger/walk.ts';

const SEED = Number(process.env['SEED'] ?? 20261127);
const [RUNS, LEAST, MOST] = sized([80, 10, 30], [300, 100, 100]);

/** Codes of requests that are rejected after they used up a chance. https://docs.stripe.com/payments/ach-direct-debit/set-up-payment */
const USES_UP = /^payment_method_microdeposit_verification_/;

/** Everything but events: a request publishes those of what happened before it, too. */
function stateOf(bank: Bank): string {
  const { accounts } = takeSnapshot(bank.state);
  return JSON.stringify(
    Object.entries(accounts).map(([id, { objects, ...rest }]) => [
      id,
      objects.filter(([kind]) => !kind.endsWith('event')),
      rest,
    ]),
  );
}

/** Compares the state before and after each rejected request. */
function watched(bank: Bank, rejected: { count: number }): Bank {
  const call: Bank['call'] = (method, path, params, account) => {
    // What is due happens before the request, and is not of it.
    bank.call('GET', '/v1/balance', {}, account);
    const before = stateOf(bank);
    const answer = bank.call(method, path, params, account);
    const { code } = (answer.body['error'] ?? {}) as { code?: string };
    if (answer.status === 200 || answer.status === 402 || USES_UP.test(code ?? '')) return answer;
    rejected.count += 1;
    assert.ok(stateOf(bank) === before, `${method} ${path} ${JSON.stringify(params)} changed something`);
    return answer;
  };
  return { ...bank, call };
}

test('a rejected request leaves the state as it was', () => {
  const rejected = { count: 0 };
  fc.assert(
    fc.property(steps(LEAST, MOST), (walk) => {
      const bank = watched(openBank(), rejected);
      for (const step of walk) take(bank, step);
    }),
    { seed: SEED, numRuns: RUNS },
  );
  assert.ok(rejected.count > RUNS, `only ${rejected.count} requests were rejected`);
});
