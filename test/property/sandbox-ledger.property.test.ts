/**
 * The sandbox makes no money up: after any calls, legal or not, every balance is the sum of its transactions, and nothing is
 * captured, refunded, reversed or returned beyond its amount; an invoice's total is that of its lines. https://docs.stripe.com/api/balance_transactions/object
 * Short walks; with FULL_SIZES=1 walks of 200 steps, 100,000 steps in all.
 */
import { test } from 'node:test';
import fc from 'fast-check';
import { checkBooks } from './ledger/invariants.ts';
import { openBank, steps, take } from './ledger/walk.ts';
import { sized } from '../support/sizes.ts';

const SEED = Number(process.env['SEED'] ?? 20261127);
const [RUNS, LEAST, MOST] = sized([200, 10, 30], [500, 200, 200]);

test('in any sequence of calls the books balance, and nothing exceeds its amount', () => {
  fc.assert(
    fc.property(steps(LEAST, MOST), (walk) => {
      const bank = openBank();
      for (const step of walk) take(bank, step);
      checkBooks(bank);
    }),
    { seed: SEED, numRuns: RUNS },
  );
});
