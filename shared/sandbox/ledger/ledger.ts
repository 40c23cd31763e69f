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
export function postTransaction(context: Context, posting: Posting): Stored {
  const { amount, currency, fees = [], availableOn = context.now, type } = posting;
  // Before the transaction is there: sums that are added up for the first time must not have it twice.
  const own = balanceTotals(context);
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
  addToTotals(own, transaction, 1);
  if (transaction.status === 'pending')
    later(context, availableOn, 'balance_transaction.become_available', transaction);
  return transaction;
}

interface BalanceTotals {
  readonly available: Map<string, number>;
  readonly pending: Map<string, number>;
}

const totals = new WeakMap<Context['account'], BalanceTotals>();

/** The sums so far; of an account that came from a file, added up once. */
function balanceTotals({ account }: Context): BalanceTotals {
  const known = totals.get(account);
  if (known !== undefined) return known;
  const made: BalanceTotals = { available: new Map<string, number>(), pending: new Map<string, number>() };
  totals.set(account, made);
  for (const transaction of account.all('balance_transaction')) addToTotals(made, transaction, 1);
  return made;
}

function addToTotals(sums: BalanceTotals, { currency, net, status }: Stored, sign: 1 | -1): void {
  const part = sums[status === 'available' ? 'available' : 'pending'];
  part.set(String(currency), (part.get(String(currency)) ?? 0) + sign * Number(net));
}

export function becomeAvailable(context: Context, transaction: Stored): void {
  const own = balanceTotals(context);
  addToTotals(own, transaction, -1);
  transaction['status'] = 'available';
  addToTotals(own, transaction, 1);
}

/** The sums of the balance in minor units, by currency; the account's own currency is always there. */
export function sums(context: Context, part: keyof BalanceTotals): [currency: string, amount: number][] {
  const own = balanceTotals(context);
  const currencies = new Set([settlementCurrency(context), ...own.available.keys(), ...own.pending.keys()]);
  return [...currencies].map((currency) => [currency, own[part].get(currency) ?? 0]);
}

export function availableIn(context: Context, currency: string): number {
  return balanceTotals(context).available.get(currency) ?? 0;
}
