import { makeObject, type Context } from '../context.ts';
import type { StoredObject } from '../store.ts';
import { convertAmount } from './currencies.ts';
import { scheduleTask } from './due.ts';

/** Seconds until the money of a card payment is available. https://docs.stripe.com/payouts#payout-speed */
export const SETTLING_SECONDS = 2 * 86_400;

export interface Fee {
  readonly amount: number;
  readonly type: 'stripe_fee' | 'application_fee';
  readonly description: string;
  readonly application?: string;
}

/** A balance transaction to create. */
export interface Posting {
  /** https://docs.stripe.com/reports/balance-transaction-types */
  readonly type: string;
  readonly reporting_category?: string;
  /** In minor units of `currency`. Negative for money that leaves the balance. */
  readonly amount: number;
  readonly currency: string;
  readonly fees?: readonly Fee[] | undefined;
  readonly source: string;
  readonly description?: unknown;
  /** Unix seconds. If absent, the money is available now. */
  readonly availableOn?: number;
  readonly exchange_rate?: number | null;
}

/** Returns the currency of an account's balance: the default currency of a connected account, else US dollars. */
export function settlementCurrency({ account, accountOf }: Context): string {
  const connectedAccount = account.id === '' ? undefined : accountOf('').get('account', account.id);
  const currency = connectedAccount?.['default_currency'];
  return typeof currency === 'string' && currency !== '' ? currency : 'usd';
}

/** Converts an amount to the currency of the account's balance. https://docs.stripe.com/currencies/conversions */
export function inSettlementCurrency(
  context: Context,
  amount: number,
  currency: string,
): { amount: number; currency: string; exchange_rate: number | null } {
  const balanceCurrency = settlementCurrency(context);
  if (currency === balanceCurrency) return { amount, currency, exchange_rate: null };
  const { amount: convertedAmount, rate } = convertAmount(amount, currency, balanceCurrency);
  return { amount: convertedAmount, currency: balanceCurrency, exchange_rate: rate };
}

/** Creates a balance transaction. An account's balance is the sum of its balance transactions. */
export function postTransaction(context: Context, posting: Posting): StoredObject {
  const { amount, currency, fees = [], availableOn = context.now, type } = posting;
  // The totals must be read before the transaction exists. Otherwise the first calculation of the totals would count
  // the transaction, and `addToTotals` would count it again.
  const totals = balanceTotals(context);
  const fee = fees.reduce((sum, entry) => sum + entry.amount, 0);
  const transaction = Object.assign(makeObject(context, 'BalanceTransaction'), {
    amount,
    available_on: availableOn,
    balance_type: 'payments',
    currency,
    description: posting.description ?? null,
    exchange_rate: posting.exchange_rate ?? null,
    fee,
    fee_details: fees.map(({ application, ...rest }) => ({ ...rest, application: application ?? null, currency })),
    net: amount - fee,
    reporting_category: posting.reporting_category ?? type,
    source: posting.source,
    status: availableOn <= context.now ? 'available' : 'pending',
    type,
  });
  addToTotals(totals, transaction, 1);
  if (transaction.status === 'pending')
    scheduleTask(context, availableOn, 'balance_transaction.become_available', transaction);
  return transaction;
}

/** The sums of an account's transactions with each status, by currency. */
interface BalanceTotals {
  readonly available: Map<string, number>;
  readonly pending: Map<string, number>;
}

const totalsByAccount = new WeakMap<Context['account'], BalanceTotals>();

/**
 * Returns the totals of an account. The first call adds up the existing transactions, for example those of a snapshot.
 */
function balanceTotals({ account }: Context): BalanceTotals {
  const existing = totalsByAccount.get(account);
  if (existing !== undefined) return existing;
  const newTotals: BalanceTotals = { available: new Map<string, number>(), pending: new Map<string, number>() };
  totalsByAccount.set(account, newTotals);
  for (const transaction of account.all('balance_transaction')) addToTotals(newTotals, transaction, 1);
  return newTotals;
}

/** Adds the net amount of a transaction to the totals, or subtracts it if `sign` is -1. */
function addToTotals(totals: BalanceTotals, { currency, net, status }: StoredObject, sign: 1 | -1): void {
  const amounts = totals[status === 'available' ? 'available' : 'pending'];
  amounts.set(String(currency), (amounts.get(String(currency)) ?? 0) + sign * Number(net));
}

/** Moves the money of a transaction from the pending to the available balance. */
export function makeAvailable(context: Context, transaction: StoredObject): void {
  const totals = balanceTotals(context);
  addToTotals(totals, transaction, -1);
  transaction['status'] = 'available';
  addToTotals(totals, transaction, 1);
}

/**
 * Returns the available or the pending balance by currency, in minor units. The settlement currency is always included.
 */
export function balanceSums(context: Context, status: keyof BalanceTotals): [currency: string, amount: number][] {
  const totals = balanceTotals(context);
  const currencies = new Set([settlementCurrency(context), ...totals.available.keys(), ...totals.pending.keys()]);
  return [...currencies].map((currency) => [currency, totals[status].get(currency) ?? 0]);
}

/** Returns the available balance in a currency, in minor units. */
export function availableIn(context: Context, currency: string): number {
  return balanceTotals(context).available.get(currency) ?? 0;
}
