import type { Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import type { StoredObject } from '../store.ts';
import { makeAvailable, balanceSums } from './ledger.ts';

/**
 * GET /v1/balance returns the sums of the balance transactions in each currency.
 * https://docs.stripe.com/api/balance/balance_object
 */
function readBalance(context: Context, balance: StoredObject): void {
  const amountsOf = (status: 'available' | 'pending'): object[] =>
    balanceSums(context, status).map(([currency, amount]) => ({ amount, currency, source_types: { card: amount } }));
  Object.assign(balance, { available: amountsOf('available'), pending: amountsOf('pending'), livemode: false });
}

export const balance: Feature = {
  entities: { Balance: { beforeRead: readBalance } },
  scheduled: { 'balance_transaction.become_available': makeAvailable },
};
