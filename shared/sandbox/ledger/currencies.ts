import { bad } from '../refusal.ts';
import { USD_VALUE } from './rates.ts';

/** https://docs.stripe.com/currencies#zero-decimal */
const ZERO_DECIMAL = new Set('bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' '));
/** https://docs.stripe.com/currencies#three-decimal: the last digit is 0. */
const THREE_DECIMAL = new Set('bhd jod kwd omr tnd'.split(' '));
/** Without decimals, but written with two zeros. https://docs.stripe.com/currencies#special-cases */
const WRITTEN_WITH_DECIMALS = new Set(['isk', 'ugx']);

/** Least charges in major units. https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts */
const LEAST: Readonly<Record<string, number>> = {
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

/** Where a currency has no least charge of its own, this much in US dollars. */
const LEAST_USD = 0.5;

/** Digits of the greatest charge; eight for all others. */
const MOST_DIGITS: Readonly<Record<string, number>> = { cop: 10, huf: 10, idr: 12, inr: 9, jpy: 10, lbp: 12 };

/** Digits behind the point. */
export function decimalsOf(currency: string): 0 | 2 | 3 {
  return ZERO_DECIMAL.has(currency) ? 0 : THREE_DECIMAL.has(currency) ? 3 : 2;
}

/** An amount in minor units of one currency in those of another, and the rate between the major units. */
export function converted(amount: number, from: string, to: string): { amount: number; rate: number } {
  const rate = Number(((USD_VALUE[from] ?? 1) / (USD_VALUE[to] ?? 1)).toPrecision(6));
  return { amount: Math.round((amount / 10 ** decimalsOf(from)) * rate * 10 ** decimalsOf(to)), rate };
}

/** `1050`, `usd` -> `$10.50`; without a symbol of its own the currency's code stands behind the amount. */
export function formatted(amount: number, currency: string): string {
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

/** A currency that Stripe charges in, in small letters. */
export function requireCurrency(given: unknown, param = 'currency'): string {
  const currency = String(given).toLowerCase();
  if (Object.hasOwn(USD_VALUE, currency)) return currency;
  throw bad(
    `Invalid currency: ${String(given)}. Stripe currently supports these currencies: ${Object.keys(USD_VALUE).join(', ')}`,
    { param },
  );
}

/** A whole positive amount of minor units. */
export function checkPositive(amount: number, param = 'amount'): void {
  if (amount < 1)
    throw bad('This value must be greater than or equal to 1.', { code: 'parameter_invalid_integer', param });
}

/** An amount that Stripe charges: within the bounds of its currency, and a multiple of the least that it has. */
export function checkChargeAmount(amount: number, currency: string): void {
  checkPositive(amount);
  const unit = 10 ** decimalsOf(currency);
  const least = Math.ceil(unit * (LEAST[currency] ?? LEAST_USD / (USD_VALUE[currency] ?? 1)));
  if (amount < least)
    throw bad(
      LEAST[currency] === undefined
        ? `Amount must convert to at least 50 cents. ${formatted(amount, currency)} converts to approximately ${formatted(converted(amount, currency, 'usd').amount, 'usd')}.`
        : `Amount must be at least ${formatted(least, currency)}${SYMBOLS[currency] === undefined ? '' : ` ${currency}`}`,
      { code: 'amount_too_small', param: 'amount' },
    );
  const most = 10 ** (MOST_DIGITS[currency] ?? 8) - 1;
  if (amount > most)
    throw bad(`Amount must be no more than ${formatted(most, currency)}`, {
      code: 'amount_too_large',
      param: 'amount',
    });
  checkStep(amount, currency);
}

/** A multiple of the least that its currency has. https://docs.stripe.com/currencies#three-decimal */
export function checkStep(amount: number, currency: string, param = 'amount'): void {
  if (THREE_DECIMAL.has(currency) && amount % 10 !== 0)
    throw bad(
      `Invalid amount: ${amount}. Amounts in ${currency} have three decimals, and the last one must be 0: round to ${Math.round(amount / 10) * 10}.`,
      { param },
    );
  if (WRITTEN_WITH_DECIMALS.has(currency) && amount % 100 !== 0)
    throw bad(`Invalid amount: ${amount}. ${currency} has no decimals: the amount must be a multiple of 100.`, {
      param,
    });
}
