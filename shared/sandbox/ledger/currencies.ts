import { badRequest } from '../api-error.ts';
import { USD_VALUE } from './rates.ts';

/** https://docs.stripe.com/currencies#zero-decimal */
const ZERO_DECIMAL = new Set('bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' '));
/** Currencies with three decimals, of which the last must be 0. https://docs.stripe.com/currencies#three-decimal */
const THREE_DECIMAL = new Set('bhd jod kwd omr tnd'.split(' '));
/** Currencies without decimals whose amounts must nevertheless end in two zeros. https://docs.stripe.com/currencies#special-cases */
const ZERO_DECIMAL_WITH_TWO_DIGITS = new Set(['isk', 'ugx']);

/** Minimum charges in major units. https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts */
const MIN_CHARGES: Readonly<Record<string, number>> = {
  usd: 0.5,
  aed: 2,
  aud: 0.5,
  bgn: 1,
  brl: 0.5,
  cad: 0.5,
  chf: 0.5,
  czk: 15,
  dkk: 2.5,
  eur: 0.5,
  gbp: 0.3,
  hkd: 4,
  huf: 175,
  inr: 0.5,
  jpy: 50,
  mxn: 10,
  myr: 2,
  nok: 3,
  nzd: 0.5,
  pln: 2,
  ron: 2,
  sek: 3,
  sgd: 0.5,
  thb: 10,
};

/** Minimum charge in US dollars for currencies that are not in `MIN_CHARGES`. */
const MIN_CHARGE_USD = 0.5;

/** Maximum number of digits of a charge in minor units. Any other currency has a maximum of eight digits. */
const MAX_CHARGE_DIGITS: Readonly<Record<string, number>> = { cop: 10, huf: 10, idr: 12, inr: 9, jpy: 10, lbp: 12 };

/**
 * Returns the number of decimals that amounts of a currency have in the API: 2 also for the currencies of
 * `ZERO_DECIMAL_WITH_TWO_DIGITS`.
 */
export function decimalsOf(currency: string): 0 | 2 | 3 {
  if (ZERO_DECIMAL.has(currency)) return 0;
  return THREE_DECIMAL.has(currency) ? 3 : 2;
}

/**
 * Converts an amount in minor units to another currency. `rate` is the value of one major unit of `from` in major units
 * of `to`.
 */
export function convertAmount(amount: number, from: string, to: string): { amount: number; rate: number } {
  const rate = Number(((USD_VALUE[from] ?? 1) / (USD_VALUE[to] ?? 1)).toPrecision(6));
  return { amount: Math.round((amount / 10 ** decimalsOf(from)) * rate * 10 ** decimalsOf(to)), rate };
}

/** Formats minor units: `1050`, `usd` -> `$10.50`. A currency without a symbol has its code after the amount. */
export function formatAmount(amount: number, currency: string): string {
  const digits = decimalsOf(currency);
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  const text = (amount / 10 ** digits).toLocaleString('en-US', options);
  const symbol = SYMBOLS[currency];
  return symbol === undefined ? `${text} ${currency}` : `${symbol}${text}`;
}

const SYMBOLS: Readonly<Record<string, string>> = {
  usd: '$',
  aud: '$',
  cad: '$',
  hkd: '$',
  mxn: '$',
  nzd: '$',
  sgd: '$',
  brl: 'R$',
  eur: '€',
  gbp: '£',
  jpy: '¥',
  inr: '₹',
};

/** Returns a currency in lower case. Throws if Stripe does not support charges in this currency. */
export function requireCurrency(value: unknown, param = 'currency'): string {
  const currency = String(value).toLowerCase();
  if (Object.hasOwn(USD_VALUE, currency)) return currency;
  throw badRequest(
    `Invalid currency: ${String(value)}. Stripe currently supports these currencies: ${Object.keys(USD_VALUE).join(', ')}`,
    { param },
  );
}

/** Rejects an amount below one minor unit. */
export function checkPositive(amount: number, param = 'amount'): void {
  if (amount < 1)
    throw badRequest('This value must be greater than or equal to 1.', { code: 'parameter_invalid_integer', param });
}

/**
 * Checks an amount to charge: it must be between the minimum and the maximum of its currency, and a multiple of the
 * smallest unit.
 */
export function checkChargeAmount(amount: number, currency: string): void {
  checkPositive(amount);
  const unit = 10 ** decimalsOf(currency);
  const min = Math.ceil(unit * (MIN_CHARGES[currency] ?? MIN_CHARGE_USD / (USD_VALUE[currency] ?? 1)));
  if (amount < min)
    throw badRequest(amountTooSmall(amount, min, currency), { code: 'amount_too_small', param: 'amount' });
  const max = 10 ** (MAX_CHARGE_DIGITS[currency] ?? 8) - 1;
  if (amount > max)
    throw badRequest(`Amount must be no more than ${formatAmount(max, currency)}`, {
      code: 'amount_too_large',
      param: 'amount',
    });
  checkSmallestUnit(amount, currency);
}

/** Returns the error message for an amount below the minimum charge. */
function amountTooSmall(amount: number, min: number, currency: string): string {
  if (MIN_CHARGES[currency] === undefined) {
    const { amount: cents } = convertAmount(amount, currency, 'usd');
    return `Amount must convert to at least 50 cents. ${formatAmount(amount, currency)} converts to approximately ${formatAmount(cents, 'usd')}.`;
  }
  const code = SYMBOLS[currency] === undefined ? '' : ` ${currency}`;
  return `Amount must be at least ${formatAmount(min, currency)}${code}`;
}

/** Checks that an amount is a multiple of the smallest unit of its currency. https://docs.stripe.com/currencies#three-decimal */
export function checkSmallestUnit(amount: number, currency: string, param = 'amount'): void {
  if (THREE_DECIMAL.has(currency) && amount % 10 !== 0)
    throw badRequest(
      `Invalid amount: ${amount}. Amounts in ${currency} have three decimals, and the last one must be 0: round to ${Math.round(amount / 10) * 10}.`,
      { param },
    );
  if (ZERO_DECIMAL_WITH_TWO_DIGITS.has(currency) && amount % 100 !== 0)
    throw badRequest(`Invalid amount: ${amount}. ${currency} has no decimals: the amount must be a multiple of 100.`, {
      param,
    });
}
