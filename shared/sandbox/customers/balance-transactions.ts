import { inPath, make, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import { bad } from '../refusal.ts';
import type { Stored } from '../store.ts';

/**
 * Posts to the customer's balance: negative amounts are credit, positive ones are owed.
 * https://docs.stripe.com/billing/customer/balance
 */
export function addTransaction(
  context: Context,
  customer: Stored,
  amount: number,
  type: string,
  params: Context['params'] = {},
): Stored {
  const balance = Number(customer['balance'] ?? 0) + amount;
  customer['balance'] = balance;
  customer['currency'] ??= params['currency'] ?? 'usd';
  const transaction = make(context, 'CustomerBalanceTransaction', {
    ...params,
    amount,
    currency: customer['currency'],
    customer: customer.id,
    ending_balance: balance,
    type,
  });
  context.account.parents.set(transaction, { customer: customer.id });
  return transaction;
}

/** POST /v1/customers/{customer}/balance_transactions. https://docs.stripe.com/api/customer_balance_transactions/create */
function createBalanceTransaction(context: Context): Stored {
  const { customer: id, amount, currency, ...rest } = context.params;
  const customer = inPath(context, 'customer', String(id), 'customer');
  const own = customer['currency'];
  const wanted = String(currency).toLowerCase();
  if (typeof own === 'string' && own !== wanted)
    throw bad(
      `The customer's balance is in ${own}: a transaction of it cannot be in ${wanted}. A customer has one currency.`,
      { param: 'currency' },
    );
  return addTransaction(context, customer, Number(amount), 'adjustment', { ...rest, currency: wanted });
}

export const balanceTransactions: Required<Pick<Feature, 'entities'>> = {
  entities: { CustomerBalanceTransaction: { create: createBalanceTransaction } },
};
