import type { Meaning } from '../catalog/money-inputs.ts';
import type { WriteFacts } from '../catalog/write-facts.ts';
import type { OpenValues } from '../catalog/write-rules.ts';
import { mostUnits } from './named-amounts.ts';
import { asWritten, isObject } from './params-tree.ts';
import { isEmpty, type Facts } from './policy-facts.ts';

type Tree = Readonly<Record<string, unknown>>;

/** Why the amount of a write is not known from its request; undefined where the request bounds it. */
export interface Unbounded {
  /** Stripe's path of the input that opens it, or the inputs of which one is missing. */
  readonly field: string;
  readonly why: string;
}

/**
 * What lets a write move money that its request does not name, by the reviewed rule of the write. `nowS`: the time in
 * seconds since 1970.
 */
export function unboundedBy(facts: Facts, write: WriteFacts, params: Tree, nowS: number): Unbounded | undefined {
  if (write.bounds === 'never') return { field: '', why: 'no input of it names the amount' };
  const { needs, opens = {}, closed = {}, onlyWith = {} } = write;
  for (const [path, values] of Object.entries(opens)) {
    const open = valuesAt(params, path.split('.')).some((one) => !isEmpty(one) && isOpen(values, one, nowS));
    if (open) return { field: path, why: 'moves money that no input names' };
  }
  for (const [name, others] of Object.entries(onlyWith)) {
    if (!isEmpty(params[name]) && others.every((other) => isEmpty(params[other])))
      return { field: name, why: `stands without ${others.map(asWritten).join(' or ')}: the amount is kept at Stripe` };
  }
  for (const [path, value] of Object.entries(closed)) {
    if (!isAmong([value], params[path]))
      return { field: path, why: `must be ${value}: else it moves money that no input names` };
  }
  if (write.bounds === 'none') return undefined;
  const open = openIn(facts, params, [], write.quantityKept === true);
  if (open !== undefined) return open;
  const given = (path: string): boolean => valuesAt(params, path.split('.')).some((one) => !isEmpty(one));
  if (needs === undefined || needs.some(given)) return undefined;
  return { field: needs.join(' or '), why: 'is missing' };
}

function isOpen(values: OpenValues, one: unknown, nowS: number): boolean {
  if (values === true) return true;
  if (values === 'past') return one !== 'now' && !(Number(one) >= nowS);
  return 'but' in values ? !isAmong(values.but, one) : isAmong(values, one);
}

/** `true` and `"true"` are the same to Stripe. */
function isAmong(values: readonly (string | boolean)[], one: unknown): boolean {
  return values.some((value) => value === one || String(value) === one);
}

/** Every value at a path, through lists; `*` is every key. */
function valuesAt(tree: unknown, path: readonly string[]): unknown[] {
  if (Array.isArray(tree)) return tree.flatMap((item) => valuesAt(item, path));
  const [name, ...rest] = path;
  if (name === undefined) return [tree];
  if (!isObject(tree)) return [];
  if (name === '*') return Object.values(tree).flatMap((inner) => valuesAt(inner, rest));
  return Object.hasOwn(tree, name) ? valuesAt(tree[name], rest) : [];
}

/** The first input whose amount is kept at Stripe. `counted`: the quantity of this object is kept there. */
function openIn(facts: Facts, tree: Tree, outer: readonly string[], counted: boolean): Unbounded | undefined {
  const at = (name: string): string => [...outer, name].join('.');
  if (outer.at(-1) === 'custom_unit_amount' && !isAmong([false], tree['enabled']) && isEmpty(tree['maximum']))
    return { field: at('maximum'), why: 'is missing: the payer chooses the amount' };
  const given = Object.entries(tree).filter(([name, value]) => !facts.isFree(name) && !isEmpty(value));
  const kept = given.find(
    ([name]) =>
      facts.isElsewhere([...outer, name]) &&
      !(name === 'invoice_line_item' && names(facts, tree, outer, ['money', 'unit'])),
  );
  if (kept !== undefined) return { field: at(kept[0]), why: 'names something whose amount is kept at Stripe' };
  const priced = names(facts, tree, outer, ['unit']);
  const unpriced = priced ? undefined : QUANTITIES.find((name) => mayBeSeveral(tree[name]));
  if (unpriced !== undefined)
    return { field: at(unpriced), why: 'stands beside no price of one unit: that is kept at Stripe' };
  if (counted && priced && QUANTITIES.every((name) => isEmpty(tree[name])))
    return { field: at('quantity'), why: 'is missing: how many units are paid is kept at Stripe' };
  for (const [name, value] of given)
    for (const inner of Array.isArray(value) ? value : [value]) {
      // An entry with an id changes a line that is there, with its quantity.
      const open = isObject(inner) ? openIn(facts, inner, [...outer, name], !isEmpty(inner['id'])) : undefined;
      if (open !== undefined) return open;
    }
  return undefined;
}

/** Whether a number with one of these meanings stands in the object, or further in; lists have lines of their own. */
function names(facts: Facts, tree: Tree, outer: readonly string[], meanings: readonly Meaning[]): boolean {
  return Object.entries(tree).some(([name, value]) => {
    if (facts.isFree(name) || isEmpty(value)) return false;
    const path = [...outer, name];
    if (isObject(value)) return names(facts, value, path, meanings);
    return meanings.includes(facts.meaningOf(path) ?? 'none');
  });
}

/** What says how many units are paid, or may be paid. */
const QUANTITIES = ['quantity', 'quantity_decimal', 'adjustable_quantity'] as const;

function mayBeSeveral(quantity: unknown): boolean {
  const most = isObject(quantity) ? mostUnits(quantity) : quantity;
  return !isEmpty(most) && Number(most) !== 0;
}
