/**
 * Currencies that have no decimals in ISO 4217, but two at Stripe.
 * https://docs.stripe.com/currencies#special-cases
 */
const STRIPE_DECIMALS: Readonly<Record<string, number>> = { isk: 2, ugx: 2 };

/** Zero-decimal currencies. https://docs.stripe.com/currencies#zero-decimal */
const ZERO_DECIMAL_CODES = /^(bif|clp|djf|gnf|jpy|kmf|krw|mga|pyg|rwf|vnd|vuv|xaf|xof|xpf)$/;
/** Three-decimal currencies. https://docs.stripe.com/currencies#three-decimal */
const THREE_DECIMAL_CODES = /^(bhd|jod|kwd|omr|tnd)$/;

/** The number of decimals of amounts in a currency: 2 for usd, 0 for jpy. */
export function currencyDecimals(currency: string): number {
  const code = currency.toLowerCase();
  const { [code]: stripeDecimals } = STRIPE_DECIMALS;
  if (stripeDecimals !== undefined) return stripeDecimals;
  if (ZERO_DECIMAL_CODES.test(code)) return 0;
  return THREE_DECIMAL_CODES.test(code) ? 3 : 2;
}

/** `$15.00` for 1500 and usd. Undefined without a valid currency. */
export function formatMoney(minor: number, currency: string | undefined): string | undefined {
  if (currency === undefined || !/^[a-z]{3}$/i.test(currency)) return undefined;
  const decimals = currencyDecimals(currency);
  const format = new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
  return format.format(minor / 10 ** decimals);
}

/** Words in the names of amounts that are in a currency's minor unit. */
const AMOUNT_WORDS = /^(amount|balance|subtotal|total|fee|net|tax)$/i;
/** Names that contain one of these texts are no amounts, even if they contain an amount word: `TaxPercent`. */
const NOT_AMOUNTS = /percent|count|decimal|type|status/i;

/** Whether a column or an input with this name holds an amount: `AmountReceived`, `unit_amount`, `Total`. */
export function isAmountName(name: string): boolean {
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').split('_');
  return words.some((word) => AMOUNT_WORDS.test(word)) && !NOT_AMOUNTS.test(name);
}

/**
 * The amount in minor units for a text in major units: 1500 for `15.00` in usd. Undefined for too many decimals, or if
 * the text is not a number.
 */
export function minorUnits(text: string, currency: string): number | undefined {
  const decimals = currencyDecimals(currency);
  const [, whole = '', fraction = ''] = /^(-?\d+)(?:[.,](\d+))?$/.exec(text.trim()) ?? [];
  if (whole === '' || fraction.length > decimals) return undefined;
  return Number(whole + fraction.padEnd(decimals, '0'));
}
