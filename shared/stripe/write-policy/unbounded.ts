import type { Meaning } from '../../catalog/money/money-inputs.ts';
import type { WriteFacts } from '../../catalog/money/write-facts.ts';
import type { OpenValues } from '../../catalog/money/write-rules.ts';
import { maxUnits } from './named-amounts.ts';
import { isObject } from '../../is-object.ts';
import { toInputName, type WriteParams } from './params-tree.ts';
import { isEmpty, type PolicyLookup } from './policy-table.ts';

/** Why a request does not bound the amount of its write. */
export interface Unbounded {
  /**
   * Stripe's path of the input that makes the amount unbounded. If one of several inputs is required and all are absent,
   * this joins their paths with `or`.
   */
  readonly field: string;
  readonly why: string;
}

/** What a rule needs in addition to the request. */
export interface Circumstances {
  /** The current time in seconds since 1970. */
  readonly nowS: number;
  /** API version of the connection: `2018-10-31`. Undefined for the catalog's own. */
  readonly apiVersion?: string | undefined;
}

/**
 * Returns the first input that lets a write move more money than its request names. `write` is the rule of the write in
 * the table.
 */
export function findUnboundedInput(
  lookup: PolicyLookup,
  write: WriteFacts,
  params: WriteParams,
  circumstances: Circumstances,
): Unbounded | undefined {
  if (write.bounds === 'never') return { field: '', why: 'no input of the write names the amount' };
  const { needs, opens = {} } = write;
  const hasAmount = (path: string): boolean =>
    valuesAt(params, path.split('.')).some((value) => containsAmount(lookup, path, value));
  for (const [path, values] of Object.entries(opens)) {
    const open = valuesAt(params, path.split('.')).some(
      (value) => !isEmpty(value) && isOpen(values, value, circumstances.nowS),
    );
    const unless = typeof values === 'object' && 'unless' in values ? values.unless : undefined;
    if (!open || unless?.some(hasAmount) === true) continue;
    const why =
      unless === undefined
        ? 'moves money that no input names'
        : `needs ${unless.map(toInputName).join(' or ')}: the amount is stored at Stripe`;
    return { field: path, why };
  }
  for (const [path, value] of Object.entries(requiredValues(write, circumstances.apiVersion))) {
    if (!isAmong([value], params[path]))
      return { field: path, why: `must be ${value}: with another value the write moves money that no input names` };
  }
  if (write.bounds === 'none') return undefined;
  const open = findUnbounded(lookup, params, [], write.quantityKept === true);
  if (open !== undefined) return open;
  if (needs === undefined || needs.some(hasAmount)) return undefined;
  return { field: needs.join(' or '), why: 'is missing' };
}

/**
 * Returns the values that inputs must have. Those in `closed` always apply. The keys of `closedBefore` are days: the values
 * of a day apply only to API versions with an earlier date. `2025-03-31.basil` has the date 2025-03-31.
 */
function requiredValues(
  { closed = {}, closedBefore = {} }: WriteFacts,
  apiVersion: string | undefined,
): NonNullable<WriteFacts['closed']> {
  const applicable = Object.entries(closedBefore).filter(
    ([day]) => apiVersion !== undefined && apiVersion.slice(0, 10) < day,
  );
  return Object.assign({}, closed, ...applicable.map(([, inputs]) => inputs)) as NonNullable<WriteFacts['closed']>;
}

/** Returns whether a value is an amount, or an object with one. */
function containsAmount(lookup: PolicyLookup, path: string, value: unknown): boolean {
  return isObject(value) ? hasNumber(lookup, value, path.split('.'), ['money', 'unit']) : !isEmpty(value);
}

/** Returns whether an input with this value moves an amount of money that the request does not state. */
function isOpen(values: OpenValues, value: unknown, nowS: number): boolean {
  if (values === true) return true;
  if (values === 'past') return value !== 'now' && !(Number(value) >= nowS);
  return 'but' in values ? !isAmong(values.but, value) : isAmong(values, value);
}

/** Stripe treats `true` and `"true"` alike. */
function isAmong(values: readonly (string | boolean)[], item: unknown): boolean {
  return values.some((value) => value === item || String(value) === item);
}

/** Returns every value at a path, through lists. `*` is every key. */
function valuesAt(tree: unknown, path: readonly string[]): unknown[] {
  if (Array.isArray(tree)) return tree.flatMap((item) => valuesAt(item, path));
  const [name, ...rest] = path;
  if (name === undefined) return [tree];
  if (!isObject(tree)) return [];
  if (name === '*') return Object.values(tree).flatMap((inner) => valuesAt(inner, rest));
  return Object.hasOwn(tree, name) ? valuesAt(tree[name], rest) : [];
}

/**
 * Finds the first input that makes the amount unbounded, in an object or in the objects in it. `quantityStored` is true
 * if the quantity of the object is also stored at Stripe.
 */
function findUnbounded(
  lookup: PolicyLookup,
  tree: WriteParams,
  prefix: readonly string[],
  quantityStored: boolean,
): Unbounded | undefined {
  const inputs = Object.entries(tree).filter(([name, value]) => !lookup.isFreeKey(name) && !isEmpty(value));
  const unboundedLimit = findUnboundedLimit(tree, prefix);
  if (unboundedLimit !== undefined) return unboundedLimit;
  const storedName = inputs.map(([name]) => name).find((name) => isStoredAmount(lookup, tree, prefix, name));
  if (storedName !== undefined)
    return { field: [...prefix, storedName].join('.'), why: 'names an object whose amount is stored at Stripe' };
  const storedPrice = findStoredPrice(lookup, tree, prefix, quantityStored);
  if (storedPrice !== undefined) return storedPrice;
  for (const [name, value] of inputs)
    for (const item of Array.isArray(value) ? value : [value]) {
      if (!isObject(item)) continue;
      // An entry with an id updates an existing line, whose quantity is stored at Stripe.
      const unbounded = findUnbounded(lookup, item, [...prefix, name], !isEmpty(item['id']));
      if (unbounded !== undefined) return unbounded;
    }
  return undefined;
}

/** Finds an amount that the payer chooses without a maximum, or spending without a limit for every category. */
function findUnboundedLimit(tree: WriteParams, prefix: readonly string[]): Unbounded | undefined {
  const isChosenByPayer = prefix.at(-1) === 'custom_unit_amount' && !isAmong([false], tree['enabled']);
  if (isChosenByPayer && isEmpty(tree['maximum']))
    return { field: [...prefix, 'maximum'].join('.'), why: 'is missing: the payer chooses the amount' };
  const limits = tree['spending_limits'];
  if (!Array.isArray(limits) || limits.some((limit) => isObject(limit) && isEmpty(limit['categories'])))
    return undefined;
  const why = 'limits some categories only: the spending on all other categories is not bounded';
  return { field: [...prefix, 'spending_limits'].join('.'), why };
}

/** Returns whether an input names an object whose amount is stored at Stripe, and the request has no amount instead. */
function isStoredAmount(lookup: PolicyLookup, tree: WriteParams, prefix: readonly string[], name: string): boolean {
  if (!lookup.isStoredAmount([...prefix, name])) return false;
  // A credit note line that names an amount credits only that amount of the invoice line. A unit price is not such an
  // amount, because Stripe allows it for custom lines only. https://docs.stripe.com/api/credit_notes/create
  return !(name === 'invoice_line_item' && hasNumber(lookup, tree, prefix, ['money']));
}

/** Finds a quantity without a unit price, or a unit price without a quantity. */
function findStoredPrice(
  lookup: PolicyLookup,
  tree: WriteParams,
  prefix: readonly string[],
  quantityStored: boolean,
): Unbounded | undefined {
  if (!hasNumber(lookup, tree, prefix, ['unit'])) {
    const unpriced = QUANTITIES.find((name) => mayBePositive(tree[name]));
    return unpriced === undefined
      ? undefined
      : {
          field: [...prefix, unpriced].join('.'),
          why: 'has no unit price next to it: the price is stored at Stripe',
        };
  }
  if (!quantityStored || !QUANTITIES.every((name) => isEmpty(tree[name]))) return undefined;
  return {
    field: [...prefix, 'quantity'].join('.'),
    why: 'is missing: the number of paid units is stored at Stripe',
  };
}

/** Returns whether an object, or an object in it, has a number with one of these meanings. Lists are not searched. */
function hasNumber(
  lookup: PolicyLookup,
  tree: WriteParams,
  prefix: readonly string[],
  meanings: readonly Meaning[],
): boolean {
  return Object.entries(tree).some(([name, value]) => {
    if (lookup.isFreeKey(name) || isEmpty(value)) return false;
    const path = [...prefix, name];
    if (isObject(value)) return hasNumber(lookup, value, path, meanings);
    return meanings.includes(lookup.meaningOf(path) ?? 'none');
  });
}

/** Fields that state how many units are paid, or may be paid. */
const QUANTITIES = ['quantity', 'quantity_decimal', 'adjustable_quantity'] as const;

/** Returns whether a quantity may be more than zero. */
function mayBePositive(quantity: unknown): boolean {
  const max = isObject(quantity) ? maxUnits(quantity) : quantity;
  return !isEmpty(max) && Number(max) !== 0;
}
