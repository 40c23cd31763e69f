import { magnitude, isGreater, ZERO, ONE, plus, times, type ExactDecimal } from './exact-decimal.ts';
import { isObject } from '../../is-object.ts';
import type { WriteParams } from './params-tree.ts';
import { isCurrencyName, isEmpty, type PolicyLookup } from './policy-table.ts';

/** An amount in a request, as an absolute value. A price per unit is multiplied by the quantities. */
export interface NamedAmount {
  readonly field: string;
  /** Undefined if the amount is not a plain decimal, so that its size is unknown. */
  readonly size: ExactDecimal | undefined;
  /** Lower case. Undefined if the request names no currency for the amount. */
  readonly currency: string | undefined;
}

export interface NamedCurrency {
  readonly field: string;
  /** Lower case. A value that is not a string appears here as its JSON, which no policy allows. */
  readonly currency: string;
}

/** The amounts and currencies of a request. */
export interface NamedMoney {
  readonly amounts: readonly NamedAmount[];
  readonly currencies: readonly NamedCurrency[];
}

/** A position in the parameters. */
interface Position {
  /** Stripe's names from the outermost to the innermost, without keys that are currencies. */
  readonly path: readonly string[];
  readonly field: string;
  readonly currency: string | undefined;
  /** Product of the quantities of the objects around this position. */
  readonly factor: ExactDecimal | undefined;
  /** True below a key that is a currency. The keys there are names of inputs, not currencies. */
  readonly keyed?: true;
}

/**
 * Collects every amount and every currency of a request's parameters. The currency of an amount is in the same object,
 * in a key on its path (`currency_options[eur]`), or in an outer object. `paysLinesTogether` is true if the entries of
 * a list of lines are paid together.
 */
export function namedMoney(lookup: PolicyLookup, params: object, paysLinesTogether: boolean): NamedMoney {
  const currencies: NamedCurrency[] = [];
  const search: AmountSearch = { lookup, paysLinesTogether, currencies };
  const amounts = amountsInObject(search, params as WriteParams, {
    path: [],
    field: '',
    currency: undefined,
    factor: ONE,
  });
  return { amounts, currencies };
}

interface AmountSearch {
  readonly lookup: PolicyLookup;
  readonly paysLinesTogether: boolean;
  readonly currencies: NamedCurrency[];
}

/** Returns the amounts of an object and of the objects in it, and the sums of amounts that are paid together. */
function amountsInObject(search: AmountSearch, object: WriteParams, position: Position): NamedAmount[] {
  const currency = currencyOf(object['currency']);
  const inherited = { currency: currency ?? position.currency, factor: product(position.factor, unitsIn(object)) };
  const currencies = Object.entries(object).filter(([name]) => name.endsWith('_currency'));
  const amounts: NamedAmount[] = [];
  const taxes: NamedAmount[] = [];
  const addedTaxes: NamedAmount[] = [];
  // Lines that are paid together, each with its amounts.
  const lines: NamedAmount[][] = [];
  // The names of the lists that contain these lines.
  const lists: string[] = [];
  for (const [name, value] of Object.entries(object)) {
    if (search.lookup.isFreeKey(name) || isEmpty(value)) continue;
    const field = join(position.field, name);
    if (isCurrencyName(name)) addCurrencies(search, value, field);
    const ownCurrency = currencyFor(currencies, name) ?? inherited.currency;
    const member: Position = { ...inherited, path: [...position.path, name], field, currency: ownCurrency };
    if (!Array.isArray(value)) {
      amounts.push(...amountsInValue(search, value, member, currency !== undefined));
      continue;
    }
    const perItem = amountsInList(search, value, member);
    if (search.paysLinesTogether && (search.lookup.isPaidTogether(name) || search.lookup.isChosenFrom(name))) {
      // Only one entry of a list of alternatives is paid, so all its entries count as one line.
      lines.push(...(search.lookup.isChosenFrom(name) ? [perItem.flat()] : perItem));
      lists.push(name);
    }
    if (name === TAXES && search.paysLinesTogether) {
      taxes.push(...perItem.flat());
      addedTaxes.push(sumOfTaxes(value, member));
    } else amounts.push(...perItem.flat());
  }
  return [
    ...amounts,
    ...taxes,
    ...addedTaxes,
    ...linesTogether([amounts, addedTaxes], join(position.field, `amount and ${TAXES}`)),
    ...linesTogether(lines, join(position.field, lists.join(' and '))),
  ];
}

/**
 * The list of the taxes on the amount of the same object. Taxes that are not included are paid in addition to it.
 * https://docs.stripe.com/api/invoice-line-item/update
 */
const TAXES = 'tax_amounts';

/** Returns the sum of the taxes that are not included in the amount. */
function sumOfTaxes(taxes: readonly unknown[], { field, currency }: Position): NamedAmount {
  const exclusive = taxes
    .filter(isObject)
    .filter((tax) => !isInclusive(tax['tax_rate_data']) && !isEmpty(tax['amount']));
  const sizes = exclusive.map((tax) => magnitude(tax['amount']));
  return { field: `${field} together`, currency, size: sizes.reduce(sum, ZERO) };
}

/** Returns whether a tax is included in the amount. */
function isInclusive(rate: unknown): boolean {
  return isObject(rate) && (rate['inclusive'] === true || rate['inclusive'] === 'true');
}

/**
 * Returns the amounts in a value. `besideCurrency` is true if the object with the value also has a currency, as an
 * amount of API v2 does: `{value, currency}`.
 */
function amountsInValue(
  search: AmountSearch,
  value: unknown,
  position: Position,
  besideCurrency = false,
): NamedAmount[] {
  if (Array.isArray(value)) return amountsInList(search, value, position).flat();
  if (isObject(value)) return amountsInNested(search, value, position);
  const meaning =
    search.lookup.meaningOf(position.path) ?? (besideCurrency && position.path.at(-1) === 'value' ? 'money' : 'none');
  if (meaning !== 'money' && meaning !== 'unit') return [];
  if (isEmpty(value)) return [];
  const { field, currency, factor } = position;
  const size = magnitude(value);
  return [{ field, currency, size: meaning === 'unit' ? product(size, factor) : size }];
}

/** Returns the amounts of an object. Its keys may be currencies, as in `currency_options[eur]`. */
function amountsInNested(search: AmountSearch, object: WriteParams, position: Position): NamedAmount[] {
  if (position.keyed === true) return amountsInObject(search, object, position);
  const name = position.path.at(-1) ?? '';
  const isKey = ([key]: readonly [string, unknown]): boolean => search.lookup.isCurrencyKey(name, key);
  const entries = Object.entries(object);
  const byCurrency = entries.filter(isKey).flatMap(([key, value]) => {
    const field = join(position.field, key);
    search.currencies.push({ field, currency: key.toLowerCase() });
    return amountsInValue(search, value, { ...position, field, currency: key.toLowerCase(), keyed: true });
  });
  const inputs = Object.fromEntries(entries.filter((entry) => !isKey(entry)));
  return [...byCurrency, ...amountsInObject(search, inputs, position)];
}

/** Returns the amounts of each item of a list. */
function amountsInList(search: AmountSearch, list: readonly unknown[], position: Position): NamedAmount[][] {
  return list.map((item, index) => amountsInValue(search, item, { ...position, field: `${position.field}[${index}]` }));
}

/**
 * Returns the sums of the lines by currency, because the lines are paid together. `field` names the lines in an error.
 * An amount without a currency counts in every currency.
 */
function linesTogether(lines: readonly NamedAmount[][], field: string): NamedAmount[] {
  const largest = lines.map(largestByCurrency).filter((value) => value.size > 0);
  if (largest.length < 2) return [];
  const currencies = new Set(largest.flatMap((value) => [...value.keys()]));
  return [...currencies].map((currency) => {
    const sizes = largest.map((value) => larger(value.get(currency), value.get(undefined)));
    return { field: `${field} together`, currency, size: sizes.reduce(plus, ZERO) };
  });
}

/** Returns the larger of two numbers. If one is undefined, returns the other; if both are, zero. */
function larger(value: ExactDecimal | undefined, other: ExactDecimal | undefined): ExactDecimal {
  if (value === undefined || other === undefined) return value ?? other ?? ZERO;
  return isGreater(value, other) ? value : other;
}

/** Returns the largest amount of a line by currency, because a line can state one amount in several fields. */
function largestByCurrency(amounts: readonly NamedAmount[]): Map<string | undefined, ExactDecimal> {
  const largest = new Map<string | undefined, ExactDecimal>();
  for (const { currency, size } of amounts) {
    const previous = largest.get(currency);
    if (size !== undefined && (previous === undefined || isGreater(size, previous))) largest.set(currency, size);
  }
  return largest;
}

/**
 * Returns the quantity of an object: the largest of its quantity fields and of the maximum that the payer may choose. The
 * result is 1 if the object has no quantity, and undefined if a quantity is not a plain decimal.
 */
function unitsIn(tree: WriteParams): ExactDecimal | undefined {
  const input = [tree['quantity'], tree['quantity_decimal'], maxUnits(tree['adjustable_quantity'])];
  const quantities = input.filter((value) => !isEmpty(value)).map(magnitude);
  const known = quantities.filter((quantity) => quantity !== undefined);
  if (known.length < quantities.length) return undefined;
  return known.reduce((max, quantity) => (isGreater(quantity, max) ? quantity : max), known[0] ?? ONE);
}

/**
 * Returns the maximum quantity that a payer may choose, or undefined if the payer cannot choose. The default is
 * Stripe's: https://docs.stripe.com/api/checkout/sessions/create
 */
export function maxUnits(adjustable: unknown): unknown {
  if (!isObject(adjustable)) return undefined;
  const { enabled } = adjustable;
  if (enabled !== undefined && enabled !== true && enabled !== 'true') return undefined;
  return isEmpty(adjustable['maximum']) ? 99 : adjustable['maximum'];
}

/**
 * Returns a function like `combine` for operands that may be undefined. If an operand is undefined, so is the result.
 */
function ifKnown(
  combine: typeof plus,
): (value: ExactDecimal | undefined, other: ExactDecimal | undefined) => ExactDecimal | undefined {
  return (value, other) => (value === undefined || other === undefined ? undefined : combine(value, other));
}
const sum = ifKnown(plus);
const product = ifKnown(times);

function currencyOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value.toLowerCase() : undefined;
}

/**
 * Returns the currency of an amount from the fields of the same object: `minimum_amount_currency` for `minimum_amount`,
 * and `merchant_currency` for `merchant_amount`.
 */
function currencyFor(currencies: readonly (readonly [string, unknown])[], name: string): string | undefined {
  const currency = currencies.find(([key]) => {
    const amountName = key.slice(0, -'_currency'.length);
    return name === amountName || name.startsWith(`${amountName}_`);
  });
  return currency === undefined ? undefined : currencyOf(currency[1]);
}

/** Collects currencies from a text or a list of texts. Any other value becomes a currency that no policy allows. */
function addCurrencies(search: AmountSearch, value: unknown, field: string): void {
  const each = Array.isArray(value) ? value : [value];
  for (const value of each)
    search.currencies.push({
      field,
      currency: currencyOf(value) ?? (value === '' ? '' : JSON.stringify(value).slice(0, 40)),
    });
}

function join(position: string, name: string): string {
  return position === '' ? name : `${position}.${name}`;
}
