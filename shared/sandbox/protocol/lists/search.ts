import type { Entity } from '../../../catalog/types.ts';
import { kindOfEntity, type Context } from '../../context.ts';
import { badRequest } from '../../api-error.ts';
import { isHash, type StoredObject } from '../../store.ts';
import { isListed } from './filters.ts';
import { tokenPage } from './lists.ts';
import { malformedQuery, parseSearchQuery, type SearchClause } from './search-query.ts';

/**
 * How a field can be searched: a `token` by its whole value, a `string` also by a substring, a `numeric` also by
 * comparison.
 */
type SearchFieldType = 'token' | 'string' | 'numeric';

/** The fields that can be searched, by resource. https://docs.stripe.com/search#supported-query-fields-for-each-resource */
const SEARCH_FIELDS: Readonly<Record<string, Readonly<Record<string, SearchFieldType>>>> = {
  charge: {
    amount: 'numeric',
    'billing_details.address.postal_code': 'token',
    created: 'numeric',
    currency: 'token',
    customer: 'token',
    disputed: 'token',
    'payment_method_details.*.last4': 'token',
    'payment_method_details.*.exp_month': 'token',
    'payment_method_details.*.exp_year': 'token',
    'payment_method_details.*.brand': 'token',
    'payment_method_details.*.fingerprint': 'token',
    refunded: 'token',
    status: 'token',
  },
  customer: { created: 'numeric', email: 'string', name: 'string', phone: 'string' },
  invoice: {
    created: 'numeric',
    currency: 'token',
    customer: 'token',
    last_finalization_error_code: 'token',
    last_finalization_error_type: 'token',
    number: 'string',
    receipt_number: 'string',
    status: 'string',
    subscription: 'string',
    total: 'numeric',
  },
  payment_intent: { amount: 'numeric', created: 'numeric', currency: 'token', customer: 'token', status: 'token' },
  price: { active: 'token', currency: 'token', lookup_key: 'string', product: 'string', type: 'token' },
  product: {
    active: 'token',
    description: 'string',
    name: 'string',
    shippable: 'token',
    url: 'string',
  },
  subscription: { created: 'numeric', canceled_at: 'numeric', status: 'string' },
};

/** Minimum length of a substring in a query. https://docs.stripe.com/search#search-query-language */
const MIN_SUBSTRING = 3;

/** Responds to a search. The results omit objects that are younger than `context.searchLag` seconds. https://docs.stripe.com/search */
export function search(context: Context, entity: Entity, path: string): object {
  const text = String(context.params['query']);
  const kind = kindOfEntity(entity);
  const { clauses, connective } = parseSearchQuery(text);
  for (const clause of clauses) checkClause(kind, clause, text);
  const passes = (object: StoredObject): boolean =>
    connective === 'AND'
      ? clauses.every((clause) => matchesClause(object, clause))
      : clauses.some((clause) => matchesClause(object, clause));
  const objects = context.account
    .all(kind)
    .filter(
      (object) =>
        object['deleted'] !== true &&
        Number(object['created'] ?? 0) <= context.now - context.searchLag &&
        isListed({ ...context, params: { status: 'all' } }, entity.entity, object, false) &&
        passes(object),
    )
    .reverse();
  const { data, next } = tokenPage(objects, context.params);
  const paging = { has_more: next !== undefined, next_page: next ?? null };
  return { object: 'search_result', data, ...paging, total_count: objects.length, url: path };
}

/** Checks that the field of a clause can be searched with the clause's operator and value. */
function checkClause(kind: string, { path, operator, value, isQuoted }: SearchClause, query: string): void {
  const type = searchFieldType(kind, path);
  const name = path.join('.');
  // Only numbers, booleans and `null` may be unquoted. For numeric fields, the check at the end has a more specific
  // error.
  const isBareWord = value !== undefined && !isQuoted && !/^(true|false|-?\d+(\.\d+)?)$/.test(value);
  if (isBareWord && type !== 'numeric') throw malformedQuery(query);
  if (operator === '~') {
    if (type !== 'string')
      throw badRequest(`Field \`${name}\` does not support substring matches.`, { param: 'query' });
    if (value === undefined || value.length < MIN_SUBSTRING)
      throw badRequest(`Substring matches need at least ${MIN_SUBSTRING} characters.`, { param: 'query' });
  } else if (operator !== ':') {
    if (type !== 'numeric')
      throw badRequest(`Field \`${name}\` does not support the operator \`${operator}\`.`, { param: 'query' });
  }
  if (type === 'numeric' && value !== undefined && !/^-?\d+(\.\d+)?$/.test(value))
    throw badRequest(`Field \`${name}\` requires a number, not \`${value}\`.`, { param: 'query' });
}

function matchesClause(object: StoredObject, { path, operator, value, isNegated }: SearchClause): boolean {
  return matchesValue(searchableValue(object, path), operator, value) !== isNegated;
}

/** Returns how a field can be searched. Throws if Stripe does not support the field. */
function searchFieldType(kind: string, path: readonly string[]): SearchFieldType {
  const [field = '', key] = path;
  if (key !== undefined && field === 'metadata') return 'token';
  const fields = SEARCH_FIELDS[kind] ?? {};
  const pattern = field.replace(/^(payment_method_details)\.[a-z_]+\./, '$1.*.');
  const type = key === undefined && Object.hasOwn(fields, pattern) ? fields[pattern] : undefined;
  if (type !== undefined) return type;
  throw badRequest(
    `Field \`${path.join('.')}\` is an unsupported search field for resource \`${kind}s\`. See https://docs.stripe.com/search#query-fields-for-${kind.replaceAll('_', '-')}s for a list of supported fields.`,
    { param: 'query' },
  );
}

/** Returns the value of a field that a query names. The name in the query may differ from the path in the object. */
function searchableValue(object: StoredObject, [field = '', key]: readonly string[]): unknown {
  if (key !== undefined) return valueAtPath(object, [field, key]);
  if (object.object === 'invoice' && field === 'subscription')
    return valueAtPath(object, ['parent', 'subscription_details', 'subscription']);
  if (field.startsWith('last_finalization_error_'))
    return valueAtPath(object, ['last_finalization_error', field.slice('last_finalization_error_'.length)]);
  return valueAtPath(object, field.split('.'));
}

/** Returns the value at a path of an object. An expanded object is replaced by its id. */
function valueAtPath(object: unknown, path: readonly string[]): unknown {
  const value = path.reduce<unknown>((parent, name) => (isHash(parent) ? parent[name] : undefined), object);
  return isHash(value) && typeof value['id'] === 'string' ? value['id'] : value;
}

/** Returns whether the value of a field matches the value of a clause. Case is ignored. */
function matchesValue(actual: unknown, operator: SearchClause['operator'], value: string | undefined): boolean {
  const isAbsent = actual === null || actual === undefined || actual === '';
  if (value === undefined) return isAbsent;
  if (isAbsent) return false;
  const actualText = String(actual).toLowerCase();
  const wantedText = value.toLowerCase();
  switch (operator) {
    case '~':
      return actualText.includes(wantedText);
    case '>':
      return Number(actual) > Number(value);
    case '<':
      return Number(actual) < Number(value);
    case '>=':
      return Number(actual) >= Number(value);
    case '<=':
      return Number(actual) <= Number(value);
    default:
      return actualText === wantedText;
  }
}
