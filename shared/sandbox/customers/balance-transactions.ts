import { objectInPath, makeObject, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import { badRequest } from '../api-error.ts';
import type { StoredObject } from '../store.ts';

/**
 * Adds an amount to a customer's balance, and creates the transaction for it. A negative amount is a credit, a positive
 * amount is a debt.
 * https://docs.stripe.com/billing/customer/balance
 */
export function addBalanceTransaction(
  context: Context,
  customer: StoredObject,
  amount: number,
  type: string,
  params: Context['params'] = {},
): StoredObject {
  const balance = Number(customer['balance'] ?? 0) + amount;
  customer['balance'] = balance;
  customer['currency'] ??= params['currency'] ?? 'usd';
  const transaction = makeObject(context, 'CustomerBalanceTransaction', {
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
function createBalanceTransaction(context: Context): StoredObject {
  const { customer: id, amount, currency, ...rest } = context.params;
  const customer = objectInPath(context, 'customer', String(id), 'customer');
  const customerCurrency = customer['currency'];
  const requestedCurrency = String(currency).toLowerCase();
  if (typeof customerCurrency === 'string' && customerCurrency !== requestedCurrency)
    throw badRequest(
      `The customer's balance is in ${customerCurrency}. A transaction in ${requestedCurrency} is not possible, because a customer has one currency.`,
      { param: 'currency' },
    );
  return addBalanceTransaction(context, customer, Number(amount), 'adjustment', {
    ...rest,
    currency: requestedCurrency,
  });
}

export const balanceTransactions: Required<Pick<Feature, 'entities'>> = {
  entities: { CustomerBalanceTransaction: { create: createBalanceTransaction } },
};
