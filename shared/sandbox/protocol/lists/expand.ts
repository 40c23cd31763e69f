import type { Fields, FieldType } from '../../../catalog/types.ts';
import type { Context } from '../../context.ts';
import type { Included } from '../../feature.ts';
import { MACHINES } from '../../machines/index.ts';
import { bad } from '../../refusal.ts';
import { isHash, type Stored } from '../../store.ts';
import { isListed } from './filters.ts';
import { HIDDEN, INCLUDABLE, INCLUDABLE_HASHES } from './includable.ts';

/** Levels of one path at most, `data` of a list included. https://docs.stripe.com/expand#multiple-levels */
const MAX_EXPAND_LEVELS = 4;

/** Objects that an embedded list holds; the rest is read by the list's URL. https://docs.stripe.com/expand#expand-limits */
const EMBEDDED = 10;

/** A subscription embeds more: it has at most 20 items. https://docs.stripe.com/billing/subscriptions/multiple-products */
const EMBEDDED_ITEMS = 20;

/** What a route answers: the fields of its objects, or a list of them. */
export interface Answered {
  readonly fields: Fields;
  readonly list: boolean;
}

/**
 * Rejects what cannot be expanded, before the request has an effect: paths of more than four levels, fields that the
 * answer does not have, and those that hold no other object. https://docs.stripe.com/api/expanding_objects
 */
export function checkExpansions(paths: readonly string[], answered: Answered | undefined, context: Context): void {
  for (const path of paths) {
    const segments = path.split('.');
    if (segments.length > MAX_EXPAND_LEVELS)
      throw bad(`You cannot expand more than ${MAX_EXPAND_LEVELS} levels of a property. Property: ${path}`, {
        param: 'expand',
      });
    if (answered === undefined) continue;
    const [first, ...rest] = segments;
    if (!answered.list) checkExpandable(segments, answered.fields, path, context);
    else if (first === 'data') checkExpandable(rest, answered.fields, path, context);
    else if (first !== 'total_count')
      throw bad(`This property cannot be expanded (${path}). You may want to try expanding 'data.${path}' instead.`, {
        param: 'expand',
      });
  }
}

function checkExpandable(segments: readonly string[], fields: Fields, path: string, context: Context): void {
  const [segment, ...rest] = segments;
  if (segment === undefined) return;
  const field = fields[segment];
  if (field === undefined || !Object.hasOwn(fields, segment)) throw cannot(path);
  // An optional hash, such as the tiers of a price, comes along where it is asked for.
  if (field.optional === true && rest.length === 0 && isHashShape(field.type)) return;
  checkShape(field.type, rest, path, context);
}

function isHashShape(shape: FieldType): boolean {
  if (typeof shape !== 'object') return false;
  return 'object' in shape || 'map' in shape || ('array' in shape && isHashShape(shape.array));
}

function checkShape(shape: FieldType, rest: readonly string[], path: string, context: Context): void {
  if (shape === 'json') return;
  if (typeof shape === 'string') throw cannot(path);
  if ('array' in shape) return checkShape(shape.array, rest, path, context);
  if ('anyOf' in shape) {
    if (!shape.anyOf.some((one) => passes(() => checkShape(one, rest, path, context)))) throw cannot(path);
    return;
  }
  if ('reference' in shape) {
    const names = [shape.reference, ...(shape.also ?? [])];
    const known = names.map((name) => entityFields(context, name)).filter((fields) => fields !== undefined);
    if (
      rest.length > 0 &&
      known.length > 0 &&
      !known.some((fields) => passes(() => checkExpandable(rest, fields, path, context)))
    )
      throw cannot(path);
    return;
  }
  if (!('object' in shape)) throw cannot(path);
  if (rest.length > 0) return checkExpandable(rest, shape.object, path, context);
  const isList = shape.object['data'] !== undefined && shape.object['has_more'] !== undefined;
  // A hash stands in every answer as it is: nothing is left to expand.
  if (!isList) throw cannot(path);
}

function passes(test: () => void): boolean {
  try {
    test();
    return true;
  } catch {
    return false;
  }
}

function entityFields(context: Context, name: string): Fields | undefined {
  try {
    return context.entity(name).fields;
  } catch {
    return undefined;
  }
}

/** A copy of an answer with the asked paths expanded and embedded lists cut to their first page. */
export function expandObject(answer: unknown, paths: readonly string[], context: Context): unknown {
  const expanded = embedded(
    paths.reduce<unknown>((tree, path) => along(tree, path.split('.'), context), withoutHidden(answer)),
    true,
  );
  // https://docs.stripe.com/api/customers/search: only where `expand` names it.
  if (isHash(expanded) && expanded['object'] === 'search_result' && !paths.includes('total_count'))
    delete expanded['total_count'];
  return expanded;
}

/** A copy without the fields that only `expand` brings. */
function withoutHidden(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withoutHidden);
  if (!isHash(node)) return structuredClone(node);
  const hidden = HIDDEN[String(node['object'])] ?? [];
  const shown = Object.entries(node).filter(([name]) => !hidden.includes(name));
  return Object.fromEntries(shown.map(([name, value]) => [name, withoutHidden(value)]));
}

function along(node: unknown, segments: readonly string[], context: Context): unknown {
  if (Array.isArray(node)) return node.map((item) => along(item, segments, context));
  const [segment, ...rest] = segments;
  if (segment === undefined || !isHash(node)) return node;
  if (segment === 'total_count' && node['object'] === 'search_result') return node;
  const name = `${String(node['object'])}.${segment}`;
  const hash = INCLUDABLE_HASHES[name];
  if (hash !== undefined) node[segment] = hash(node as Stored, context.account);
  if (HIDDEN[String(node['object'])]?.includes(segment) === true) {
    const hidden = context.account.get(String(node['object']), String(node['id']))?.[segment];
    if (hidden !== undefined) node[segment] = structuredClone(hidden);
  }
  const include = MACHINES.includes[name] ?? INCLUDABLE[name];
  if (include !== undefined && !isHash(node[segment]))
    node[segment] = includableList(node as Stored, segment, include, context);
  const value = node[segment];
  if (Array.isArray(value)) node[segment] = value.map((item) => along(objectOrId(item, context), rest, context));
  else if (value !== undefined) node[segment] = along(objectOrId(value, context), rest, context);
  return node;
}

/** The object of an id; anything else as it is. */
function objectOrId(value: unknown, { account }: Context): unknown {
  if (typeof value !== 'string') return value;
  const object = account.find(value);
  return object === undefined ? value : withoutHidden(object);
}

function includableList(owner: Stored, field: string, include: Included, context: Context): object {
  const data = [...include(owner, context.account)].reverse().filter((one) => isListed(context, '', one, true));
  const url = `${context.pathOf(owner.object)?.replace('{id}', owner.id) ?? '/v1'}/${field}`;
  return { object: 'list', data: structuredClone(data), has_more: false, total_count: data.length, url };
}

/** Lists inside of objects hold their first page alone; the list that a request asked for is a page already. */
function embedded(node: unknown, top: boolean): unknown {
  if (Array.isArray(node)) return node.map((item) => embedded(item, false));
  if (!isHash(node)) return node;
  const inner = Object.fromEntries(Object.entries(node).map(([name, value]) => [name, embedded(value, false)]));
  const { data } = inner;
  if (top || node['object'] !== 'list' || !Array.isArray(data)) return inner;
  const items = data.some((item) => isHash(item) && item['object'] === 'subscription_item');
  const limit = items ? EMBEDDED_ITEMS : EMBEDDED;
  return data.length > limit ? { ...inner, data: data.slice(0, limit), has_more: true } : inner;
}

function cannot(path: string): Error {
  return bad(`This property cannot be expanded (${path}).`, { param: 'expand' });
}
