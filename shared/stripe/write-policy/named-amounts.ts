import { magnitude, isMore, NOTHING, ONE, plus, times, type Exact } from './exact-decimal.ts';
import { isObject } from '../../is-object.ts';
import type { WriteParams } from './params-tree.ts';
import { isCurrencyName, isEmpty, type PolicyLookup } from './policy-table.ts';

/** An amount that a request names, as a magnitude multiplied by its quantities. */
export interface NamedAmount {
  readonly field: string;
  /** Undefined if it is not a plain decimal, so its size is unknown. */
  readonly size: Exact | undefined;
  /** Lower case. Undefined if the request names no currency for it. */
  readonly currency: string | undefined;
}

export interface NamedCurrency {
  readonly field: string;
  /** Lower case, or the value that is there in place of a text. */
  readonly currency: string;
}

/** The amounts and currencies of a request. */
export interface NamedMoney {
  readonly amounts: readonly NamedAmount[];
  readonly currencies: readonly NamedCurrency[];
}

/** The position of the walk. */
interface Place {
  /** Stripe's names from the outside in, without keys that are currencies. */
  readonly path: readonly string[];
  readonly field: string;
  readonly currency: string | undefined;
  /** Product of the quantities around this position. */
  readonly factor: Exact | undefined;
  /** True below a key that is a currency: the keys here are names again. */
  readonly keyed?: true;
}

/**
 * Collects every amount and every currency of a request's parameters. The currency of an amount is next to it, in its own
 * key, or around it. `adds`: the entries of a list of lines are paid together.
 */
export function namedMoney(lookup: PolicyLookup, params: object, adds: boolean): NamedMoney {
  const currencies: NamedCurrency[] = [];
  const walk: Walk = { lookup, adds, currencies };
  const amounts = inObject(walk, params as WriteParams, { path: [], field: '', currency: undefined, factor: ONE });
  return { amounts, currencies };
}

interface Walk {
  readonly lookup: PolicyLookup;
  readonly adds: boolean;
  readonly currencies: NamedCurrency[];
}

function inObject(walk: Walk, tree: WriteParams, outer: Place): NamedAmount[] {
  const currency = currencyOf(tree['currency']);
  const here = { currency: currency ?? outer.currency, factor: product(outer.factor, unitsIn(tree)) };
  const currencies = Object.entries(tree).filter(([name]) => name.endsWith('_currency'));
  const lines: NamedAmount[][] = [];
  const lists: string[] = [];
  const taxes: NamedAmount[] = [];
  const onTop: NamedAmount[] = [];
  const own = Object.entries(tree).flatMap(([name, value]) => {
    if (walk.lookup.isFree(name) || isEmpty(value)) return [];
    const field = join(outer.field, name);
    if (isCurrencyName(name)) noteCurrencies(walk, value, field);
    const near = currencyNear(currencies, name) ?? here.currency;
    const at: Place = { ...here, path: [...outer.path, name], field, currency: near };
    if (!Array.isArray(value)) return inValue(walk, value, at, currency !== undefined);
    const each = inList(walk, value, at);
    if (walk.adds && (walk.lookup.addsUp(name) || walk.lookup.isChosenFrom(name))) {
      lines.push(...(walk.lookup.isChosenFrom(name) ? [each.flat()] : each));
      lists.push(name);
    }
    if (name !== TAXES || !walk.adds) return each.flat();
    taxes.push(...each.flat());
    onTop.push(sumOfTaxes(value, at));
    return [];
  });
  return [
    ...own,
    ...taxes,
    ...onTop,
    ...together([own, onTop], join(outer.field, `amount and ${TAXES}`)),
    ...together(lines, join(outer.field, lists.join(' and '))),
  ];
}

/** Taxes in addition to the amount next to them. https://docs.stripe.com/api/invoice-line-item/update */
const TAXES = 'tax_amounts';

function sumOfTaxes(taxes: readonly unknown[], { field, currency }: Place): NamedAmount {
  const onTop = taxes.filter(isObject).filter((tax) => !isInclusive(tax['tax_rate_data']) && !isEmpty(tax['amount']));
  const sizes = onTop.map((tax) => magnitude(tax['amount']));
  return { field: `${field} together`, currency, size: sizes.reduce(sum, NOTHING) };
}

function isInclusive(rate: unknown): boolean {
  return isObject(rate) && (rate['inclusive'] === true || rate['inclusive'] === 'true');
}

/** `inV2`: it is next to a currency, as in amounts of API v2: `{value, currency}`. */
function inValue(walk: Walk, value: unknown, at: Place, inV2 = false): NamedAmount[] {
  if (Array.isArray(value)) return inList(walk, value, at).flat();
  if (isObject(value)) return inTree(walk, value, at);
  const meaning = walk.lookup.meaningOf(at.path) ?? (inV2 && at.path.at(-1) === 'value' ? 'money' : 'none');
  if (meaning !== 'money' && meaning !== 'unit') return [];
  const item = isEmpty(value) ? undefined : { field: at.field, currency: at.currency, size: magnitude(value) };
  if (item === undefined) return [];
  return [meaning === 'unit' ? { ...item, size: product(item.size, at.factor) } : item];
}

function inTree(walk: Walk, tree: WriteParams, at: Place): NamedAmount[] {
  if (at.keyed === true) return inObject(walk, tree, at);
  const name = at.path.at(-1) ?? '';
  const isKey = ([key]: readonly [string, unknown]): boolean => walk.lookup.isCurrencyKey(name, key);
  const entries = Object.entries(tree);
  const byCurrency = entries.filter(isKey).flatMap(([key, value]) => {
    const field = join(at.field, key);
    walk.currencies.push({ field, currency: key.toLowerCase() });
    return inValue(walk, value, { ...at, field, currency: key.toLowerCase(), keyed: true });
  });
  const names = Object.fromEntries(entries.filter((entry) => !isKey(entry)));
  return [...byCurrency, ...inObject(walk, names, at)];
}

function inList(walk: Walk, list: readonly unknown[], at: Place): NamedAmount[][] {
  return list.map((item, index) => inValue(walk, item, { ...at, field: `${at.field}[${index}]` }));
}

/**
 * Adds up the lines of an object by currency, because they are paid together. An amount without a currency in the request
 * counts in each of them.
 */
function together(lines: readonly NamedAmount[][], field: string): NamedAmount[] {
  const largest = lines.map(largestByCurrency).filter((value) => value.size > 0);
  if (largest.length < 2) return [];
  const currencies = new Set(largest.flatMap((value) => [...value.keys()]));
  return [...currencies].map((currency) => {
    const sizes = largest.map((value) => larger(value.get(currency), value.get(undefined)));
    return { field: `${field} together`, currency, size: sizes.reduce(plus, NOTHING) };
  });
}

function larger(value: Exact | undefined, other: Exact | undefined): Exact {
  if (value === undefined || other === undefined) return value ?? other ?? NOTHING;
  return isMore(value, other) ? value : other;
}

/** A line can state one amount in several fields. The largest counts. */
function largestByCurrency(amounts: readonly NamedAmount[]): Map<string | undefined, Exact> {
  const largest = new Map<string | undefined, Exact>();
  for (const { currency, size } of amounts) {
    const before = largest.get(currency);
    if (size !== undefined && (before === undefined || isMore(size, before))) largest.set(currency, size);
  }
  return largest;
}

/** The quantity of the prices in this object, or the maximum that the payer may choose. */
function unitsIn(tree: WriteParams): Exact | undefined {
  const input = [tree['quantity'], tree['quantity_decimal'], mostUnits(tree['adjustable_quantity'])];
  const quantities = input.filter((value) => !isEmpty(value)).map(magnitude);
  return quantities.reduce(
    (max, quantity) =>
      max === undefined || quantity === undefined ? undefined : isMore(quantity, max) ? quantity : max,
    quantities.length === 0 ? ONE : (quantities[0] ?? undefined),
  );
}

/** The maximum quantity that a payer may choose. Stripe's default: https://docs.stripe.com/api/checkout/sessions/create */
export function mostUnits(adjustable: unknown): unknown {
  if (!isObject(adjustable)) return undefined;
  const { enabled } = adjustable;
  if (enabled !== undefined && enabled !== true && enabled !== 'true') return undefined;
  return isEmpty(adjustable['maximum']) ? 99 : adjustable['maximum'];
}

/** Undefined if one of the two is unknown. */
function ifKnown(combine: typeof plus): (value: Exact | undefined, other: Exact | undefined) => Exact | undefined {
  return (value, other) => (value === undefined || other === undefined ? undefined : combine(value, other));
}
const sum = ifKnown(plus);
const product = ifKnown(times);

function currencyOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value.toLowerCase() : undefined;
}

/** `minimum_amount_currency` belongs to `minimum_amount`, `merchant_currency` to `merchant_amount`. */
function currencyNear(currencies: readonly (readonly [string, unknown])[], name: string): string | undefined {
  const currency = currencies.find(([key]) => {
    const of = key.slice(0, -'_currency'.length);
    return name === of || name.startsWith(`${of}_`);
  });
  return currency === undefined ? undefined : currencyOf(currency[1]);
}

/** A text or a list of texts. Any other value is a currency that no policy allows. */
function noteCurrencies(walk: Walk, value: unknown, field: string): void {
  const each = Array.isArray(value) ? value : [value];
  for (const value of each)
    walk.currencies.push({
      field,
      currency: currencyOf(value) ?? (value === '' ? '' : JSON.stringify(value).slice(0, 40)),
    });
}

function join(at: string, name: string): string {
  return at === '' ? name : `${at}.${name}`;
}
