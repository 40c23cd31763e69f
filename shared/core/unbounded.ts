import type { WriteFacts } from '../catalog/write-facts.ts';
import { isObject } from './params-tree.ts';
import { isEmpty, type Facts } from './policy-facts.ts';

type Tree = Readonly<Record<string, unknown>>;

/** Why the amount of a write is not known from its request; undefined where the request bounds it. */
export interface Unbounded {
  /** Stripe's path of the input that opens it, or the inputs of which one is missing. */
  readonly field: string;
  readonly why: string;
}

/** What lets a write move money that its request does not name, by the reviewed rule of the write. */
export function unboundedBy(facts: Facts, write: WriteFacts, params: Tree): Unbounded | undefined {
  if (write.bounds === 'never') return { field: '', why: 'no input of it names the amount' };
  const { needs, opens = {}, closed = {} } = write;
  for (const [path, values] of Object.entries(opens)) {
    const open = valuesAt(params, path.split('.')).some(
      (one) =>
        !isEmpty(one) && (values === true || ('but' in values ? !isAmong(values.but, one) : isAmong(values, one))),
    );
    if (open) return { field: path, why: 'moves money that no input names' };
  }
  for (const [path, value] of Object.entries(closed)) {
    if (!isAmong([value], params[path]))
      return { field: path, why: `must be ${value}: else it moves money that no input names` };
  }
  if (write.bounds === 'none') return undefined;
  const open = openIn(facts, params, []);
  if (open !== undefined) return open;
  if (needs === undefined || needs.some((name) => !isEmpty(params[name]))) return undefined;
  return { field: needs.join(' or '), why: 'is missing' };
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

/** The first input whose amount is kept at Stripe. */
function openIn(facts: Facts, tree: Tree, outer: readonly string[]): Unbounded | undefined {
  if (outer.at(-1) === 'custom_unit_amount' && !isAmong([false], tree['enabled']) && isEmpty(tree['maximum']))
    return { field: [...outer, 'maximum'].join('.'), why: 'is missing: the payer chooses the amount' };
  for (const [name, value] of Object.entries(tree)) {
    const path = [...outer, name];
    if (facts.isFree(name) || isEmpty(value)) continue;
    if (facts.isElsewhere(path) && !(name === 'invoice_line_item' && namesAmount(facts, tree, outer)))
      return { field: path.join('.'), why: 'names something whose amount is kept at Stripe' };
    if (isQuantity(name) && Number(value) !== 0 && !namesAmount(facts, tree, outer))
      return { field: path.join('.'), why: 'stands beside no amount: what one unit costs is kept at Stripe' };
    for (const inner of Array.isArray(value) ? value : [value]) {
      const open = isObject(inner) ? openIn(facts, inner, path) : undefined;
      if (open !== undefined) return open;
    }
  }
  return undefined;
}

function isQuantity(name: string): boolean {
  return name === 'quantity' || name === 'quantity_decimal';
}

/** Whether an amount stands in the object, or further in. */
function namesAmount(facts: Facts, tree: Tree, outer: readonly string[]): boolean {
  return Object.entries(tree).some(([name, value]) => {
    if (facts.isFree(name) || isEmpty(value)) return false;
    const path = [...outer, name];
    if (isObject(value)) return namesAmount(facts, value, path);
    const meaning = facts.meaningOf(path);
    return meaning === 'money' || meaning === 'unit';
  });
}
