import { make, type Context } from '../context.ts';
import type { Stored } from '../store.ts';
import { converted } from './currencies.ts';
import { later } from './due.ts';

/** Days until the money of a card payment is available. https://docs.stripe.com/payouts#payout-speed */
export const SETTLING_SECONDS = 2 * 86_400;

export interface Fee {
  readonly amount: number;
  readonly type: 'stripe_fee' | 'application_fee';
  readonly description: string;
  readonly application?: string;
}

export interface Posting {
  /** https://docs.stripe.com/reports/balance-transaction-types */
  readonly type: string;
  readonly reporting_category?: string;
  /** In minor units of `currency`; negative if it leaves the balance. */
  readonly amount: number;
  readonly currency: string;
  readonly fees?: readonly Fee[];
  readonly source: string;
  readonly description?: unknown;
  /** Unix seconds; at once if absent. */
  readonly availableOn?: number;
  readonly exchange_rate?: number | null;
}

/** The currency in which an account keeps its balance: that of its country. */
export function settlementCurrency({ account, accountOf }: Context): string {
  const own = account.id === '' ? undefined : accountOf('').get('account', account.id);
  return typeof own?.['default_currency'] === 'string' && own['default_currency'] !== ''
    ? own['default_currency']
    : 'usd';
}

/** An amount in the currency of the account's balance. https://docs.stripe.com/currencies/conversions */
export function settled(
  context: Context,
  amount: number,
  currency: string,
): { amount: number; currency: string; exchange_rate: number | null } {
  const own = settlementCurrency(context);
  if (own === currency) return { amount, currency, exchange_rate: null };
  const { amount: inOwn, rate } = converted(amount, currency, own);
  return { amount: inOwn, currency: own, exchange_rate: rate };
}

/** Every movement of an account's money is one balance transaction; the balance is their sum. */
export function post(context: Context, posting: Posting): Stored {
  const { amount, currency, fees = [], availableOn = context.now, type } = posting;
  const fee = fees.reduce((sum, one) => sum + one.amount, 0);
  const transaction = Object.assign(make(context, 'BalanceTransaction'), {
    amount,
    available_on: availableOn,
    balance_type: 'payments',
    currency,
    description: posting.description ?? null,
    exchange_rate: posting.exchange_rate ?? null,
    fee,
    fee_details: fees.map(({ application, ...one }) => ({ ...one, application: application ?? null, currency })),
    net: amount - fee,
    reporting_category: posting.reporting_category ?? type,
    source: posting.source,
    status: availableOn <= context.now ? 'available' : 'pending',
    type,
  });
  const totals = totalsOf(context);
  const part = transaction.status === 'available' ? 'available' : 'pending';
  totals[part].set(currency, (totals[part].get(currency) ?? 0) + transaction.net);
  if (part === 'pending') later(context, availableOn, () => becomeAvailable(context, transaction));
  return transaction;
}

interface Totals {
  readonly available: Map<string, number>;
  readonly pending: Map<string, number>;
}

const totals = new WeakMap<Context['account'], Totals>();

function totalsOf({ account }: Context): Totals {
  const known = totals.get(account) ?? { available: new Map<string, number>(), pending: new Map<string, number>() };
  totals.set(account, known);
  return known;
}

function becomeAvailable(context: Context, transaction: Stored): void {
  const { available, pending } = totalsOf(context);
  const [currency, net] = [String(transaction['currency']), Number(transaction['net'])];
  pending.set(currency, (pending.get(currency) ?? 0) - net);
  available.set(currency, (available.get(currency) ?? 0) + net);
  transaction['status'] = 'available';
}

/** The sums of the balance in minor units, by currency; the account's own currency is always there. */
export function sums(context: Context, part: keyof Totals): [currency: string, amount: number][] {
  const own = totalsOf(context);
  const currencies = new Set([settlementCurrency(context), ...own.available.keys(), ...own.pending.keys()]);
  return [...currencies].map((currency) => [currency, own[part].get(currency) ?? 0]);
}

export function availableIn(context: Context, currency: string): number {
  return totalsOf(context).available.get(currency) ?? 0;
}
