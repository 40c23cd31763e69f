import type { Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import type { Stored } from '../store.ts';
import { becomeAvailable, sums } from './ledger.ts';

/** GET /v1/balance: the sum of the balance transactions. https://docs.stripe.com/api/balance/balance_object */
function readBalance(context: Context, balance: Stored): void {
  const part = (which: 'available' | 'pending'): object[] =>
    sums(context, which).map(([currency, amount]) => ({ amount, currency, source_types: { card: amount } }));
  Object.assign(balance, { available: part('available'), pending: part('pending'), livemode: false });
}

export const balance: Feature = {
  entities: { Balance: { read: readBalance } },
  due: { 'balance_transaction.become_available': becomeAvailable },
};
