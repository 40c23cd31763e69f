import type { Fields, FieldType } from '../../../catalog/types.ts';
import type { Context } from '../../context.ts';
import type { IncludableList } from '../../feature.ts';
import { FEATURE_RULES } from '../../machines/index.ts';
import { badRequest } from '../../api-error.ts';
import { isHash, type StoredObject } from '../../store.ts';
import { isListed } from './filters.ts';
import { EXPAND_ONLY_FIELDS, INCLUDABLE, INCLUDABLE_HASHES } from './includable.ts';

/** Maximum number of levels of one path. The `data` of a list is a level. https://docs.stripe.com/expand#multiple-levels */
const MAX_EXPAND_LEVELS = 4;

/**
 * Maximum number of objects in an embedded list. The URL of the list returns all objects.
 * https://docs.stripe.com/expand#expand-limits
 */
const MAX_EMBEDDED_OBJECTS = 10;

/** Maximum number of items in a subscription's embedded list. A subscription cannot have more. https://docs.stripe.com/billing/subscriptions/multiple-products */
const MAX_EMBEDDED_ITEMS = 20;

/** The fields of a response, which decide which paths `expand` may contain. */
export interface ResponseShape {
  /** The fields of the object, or of the objects in the list. */
  readonly fields: Fields;
  /** True if the response is a list. */
  readonly isList: boolean;
}

/**
 * Rejects paths that cannot be expanded, before the request has an effect: paths of more than four levels, and fields
 * that do not exist or do not contain an object. https://docs.stripe.com/api/expanding_objects
 */
export function checkExpansions(paths: readonly string[], shape: ResponseShape | undefined, context: Context): void {
  for (const path of paths) {
    const segments = path.split('.');
    if (segments.length > MAX_EXPAND_LEVELS)
      throw badRequest(`You cannot expand more than ${MAX_EXPAND_LEVELS} levels of a property. Property: ${path}`, {
        param: 'expand',
      });
    if (shape === undefined) continue;
    const [first, ...rest] = segments;
    if (!shape.isList) checkExpandable(segments, shape.fields, path, context);
    else if (first === 'data') checkExpandable(rest, shape.fields, path, context);
    else if (first !== 'total_count')
      throw badRequest(
        `This property cannot be expanded (${path}). You may want to try expanding 'data.${path}' instead.`,
        {
          param: 'expand',
        },
      );
  }
}

/**
 * Rejects a path if its segments do not lead to a field that can be expanded. The first segment must be one of
 * `fields`.
 */
function checkExpandable(segments: readonly string[], fields: Fields, path: string, context: Context): void {
  const [segment, ...rest] = segments;
  if (segment === undefined) return;
  const field = fields[segment];
  if (field === undefined || !Object.hasOwn(fields, segment)) throw notExpandable(path);
  // Stripe includes some optional hashes, such as the tiers of a price, only if `expand` names them. The catalog does
  // not say which, so every optional hash can be expanded.
  if (field.optional === true && rest.length === 0 && isHashType(field.type)) return;
  checkExpandableType(field.type, rest, path, context);
}

/** Returns whether values of a type are hashes or arrays of hashes. */
function isHashType(type: FieldType): boolean {
  if (typeof type !== 'object') return false;
  return 'object' in type || 'map' in type || ('array' in type && isHashType(type.array));
}

/** Rejects a path whose segments after a field of this type (`rest`) cannot be expanded. */
function checkExpandableType(type: FieldType, rest: readonly string[], path: string, context: Context): void {
  if (type === 'json') return;
  if (typeof type === 'string') throw notExpandable(path);
  if ('array' in type) return checkExpandableType(type.array, rest, path, context);
  if ('anyOf' in type) {
    if (!type.anyOf.some((candidate) => passes(() => checkExpandableType(candidate, rest, path, context))))
      throw notExpandable(path);
    return;
  }
  if ('reference' in type) {
    const names = [type.reference, ...(type.also ?? [])];
    const fieldSets = names.map((name) => entityFields(context, name)).filter((fields) => fields !== undefined);
    if (
      rest.length > 0 &&
      fieldSets.length > 0 &&
      !fieldSets.some((fields) => passes(() => checkExpandable(rest, fields, path, context)))
    )
      throw notExpandable(path);
    return;
  }
  if (!('object' in type)) throw notExpandable(path);
  if (rest.length > 0) return checkExpandable(rest, type.object, path, context);
  const isList = type.object['data'] !== undefined && type.object['has_more'] !== undefined;
  // A list can be expanded. Any other hash is complete in every response.
  if (!isList) throw notExpandable(path);
}

/** Returns whether a check passes. A check that fails throws. */
function passes(check: () => void): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}

/** Returns the fields of an entity, or undefined if the catalog has no such entity. */
function entityFields(context: Context, name: string): Fields | undefined {
  try {
    return context.entity(name).fields;
  } catch {
    return undefined;
  }
}

/**
 * Returns a copy of a response in which the requested paths are expanded and embedded lists have only their first page.
 * Fields of `EXPAND_ONLY_FIELDS` remain only if a path names them.
 */
export function expandObject(response: unknown, paths: readonly string[], context: Context): unknown {
  let copy = withoutExpandOnlyFields(response);
  for (const path of paths) copy = expandPath(copy, path.split('.'), context);
  const expanded = cutEmbeddedLists(copy, true);
  // The total is only in the response if `expand` names it. https://docs.stripe.com/api/customers/search
  if (isHash(expanded) && expanded['object'] === 'search_result' && !paths.includes('total_count'))
    delete expanded['total_count'];
  return expanded;
}

/** Returns a copy without the fields that a response contains only if `expand` names them. */
function withoutExpandOnlyFields(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withoutExpandOnlyFields);
  if (!isHash(node)) return structuredClone(node);
  const hidden = EXPAND_ONLY_FIELDS[String(node['object'])] ?? [];
  const visible = Object.entries(node).filter(([name]) => !hidden.includes(name));
  return Object.fromEntries(visible.map(([name, value]) => [name, withoutExpandOnlyFields(value)]));
}

/** Expands one path of a response in place, and returns the response. */
function expandPath(node: unknown, segments: readonly string[], context: Context): unknown {
  if (Array.isArray(node)) return node.map((item) => expandPath(item, segments, context));
  const [segment, ...rest] = segments;
  if (segment === undefined || !isHash(node)) return node;
  if (segment === 'total_count' && node['object'] === 'search_result') return node;
  const name = `${String(node['object'])}.${segment}`;
  const makeHash = INCLUDABLE_HASHES[name];
  if (makeHash !== undefined) node[segment] = makeHash(node as StoredObject, context.account);
  if (EXPAND_ONLY_FIELDS[String(node['object'])]?.includes(segment) === true) {
    const storedValue = context.account.get(String(node['object']), String(node['id']))?.[segment];
    if (storedValue !== undefined) node[segment] = structuredClone(storedValue);
  }
  const membersOf = FEATURE_RULES.includes[name] ?? INCLUDABLE[name];
  if (membersOf !== undefined && !isHash(node[segment]))
    node[segment] = includableList(node as StoredObject, segment, membersOf, context);
  const value = node[segment];
  if (Array.isArray(value)) node[segment] = value.map((item) => expandPath(objectOrId(item, context), rest, context));
  else if (value !== undefined) node[segment] = expandPath(objectOrId(value, context), rest, context);
  return node;
}

/** If a value is the id of an object, returns the object. Returns any other value unchanged. */
function objectOrId(value: unknown, { account }: Context): unknown {
  if (typeof value !== 'string') return value;
  const object = account.find(value);
  return object === undefined ? value : withoutExpandOnlyFields(object);
}

/** Returns a list that a response includes only if `expand` names the list. */
function includableList(owner: StoredObject, field: string, membersOf: IncludableList, context: Context): object {
  const data = [...membersOf(owner, context.account)]
    .reverse()
    .filter((candidate) => isListed(context, '', candidate, true));
  const url = `${context.pathOf(owner.object)?.replace('{id}', owner.id) ?? '/v1'}/${field}`;
  return { object: 'list', data: structuredClone(data), has_more: false, total_count: data.length, url };
}

/**
 * Returns a copy in which the lists inside of objects have only their first page. A list at the top level is already a
 * page.
 */
function cutEmbeddedLists(node: unknown, isTopLevel: boolean): unknown {
  if (Array.isArray(node)) return node.map((item) => cutEmbeddedLists(item, false));
  if (!isHash(node)) return node;
  const members = Object.fromEntries(
    Object.entries(node).map(([name, value]) => [name, cutEmbeddedLists(value, false)]),
  );
  const { data } = members;
  if (isTopLevel || node['object'] !== 'list' || !Array.isArray(data)) return members;
  const hasItems = data.some((item) => isHash(item) && item['object'] === 'subscription_item');
  const limit = hasItems ? MAX_EMBEDDED_ITEMS : MAX_EMBEDDED_OBJECTS;
  return data.length > limit ? { ...members, data: data.slice(0, limit), has_more: true } : members;
}

function notExpandable(path: string): Error {
  return badRequest(`This property cannot be expanded (${path}).`, { param: 'expand' });
}
