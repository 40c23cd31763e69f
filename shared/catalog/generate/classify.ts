import { ACTION_NAMES, ENTITY_NAMES, ENTITY_KINDS, UNSUPPORTED_METHODS, PARENT_NAMES } from '../overrides.ts';
import type { Operation } from '../types.ts';
import type { SdkMethod } from './sdk-methods.ts';

/** An SDK method that is an operation of an entity. */
export interface OperationMethod {
  readonly entity: string;
  readonly operation: Operation | 'Search';
  /** True if the path has no id of the object itself. */
  readonly singleton: boolean;
  /** `{id}` is the object, `{customer}` a parent. */
  readonly path: string;
  readonly method: SdkMethod;
  /** Parameters that are always sent: the kind, if a collection holds several. */
  readonly fixed?: Readonly<Record<string, string>>;
}

/** An SDK method that is an action. */
export interface ActionMethod {
  readonly action: string;
  /** The entity whose id is in the path, or that the collection holds. */
  readonly entity: string;
  readonly path: string;
  readonly method: SdkMethod;
}

export interface Classified {
  readonly operations: readonly OperationMethod[];
  readonly actions: readonly ActionMethod[];
}

/** Classifies every method of the SDK as an operation or an action. Any other must be in `UNSUPPORTED`. */
export function classify(methods: readonly SdkMethod[]): Classified {
  const served = methods.filter(
    ({ method, path }) =>
      !UNSUPPORTED_METHODS.some((unsupported) => unsupported.method === method && unsupported.path === plainName(path)),
  );
  const operationMethods = served.flatMap((method): OperationMethod[] => {
    const operation = operationOf(method);
    if (operation === undefined) return [];
    const path = segmentName(method.path, operation !== 'Create');
    return [{ entity: '', operation, singleton: !path.includes('{id}'), path, method }];
  });
  const names = namesByCollection(operationMethods);
  const nameOf = (operationMethod: OperationMethod): string =>
    operationMethod.operation === 'Delete' || operationMethod.method.answer === undefined
      ? (names.get(collection(operationMethod.path)) ?? '')
      : entityNameOf(operationMethod.method, operationMethod.path);
  const operations = operationMethods.map((operationMethod) => ({
    ...operationMethod,
    entity: nameOf(operationMethod),
  }));
  const verbs = served.filter((method) => operationOf(method) === undefined);
  const subscription = methods.find(({ method, path }) => method === 'DELETE' && path === '/v1/subscriptions/{1}');
  const actions = [...verbs, ...(subscription === undefined ? [] : [subscription])].map((method) =>
    toAction(method, names),
  );
  return { operations: [...operations, ...operations.flatMap(kindsOf)], actions };
}

function plainName(path: string): string {
  return path.replace(/\{\d\}/g, '{}');
}

/** Operations by the SDK's method names. All other methods are actions. */
function operationOf({ method, name, answers, path }: SdkMethod): Operation | 'Search' | undefined {
  if (answers === 'search') return 'Search';
  if (answers === 'list') return 'List';
  const ends = path.endsWith('}');
  const literal = path.split('/').at(-1) ?? '';
  if (method === 'GET')
    return /^retrieve/.test(name) || (literal === 'find' && path.startsWith('/v1/tax')) ? 'Get' : undefined;
  if (method === 'DELETE') return ends ? 'Delete' : undefined;
  if (ends || name === 'updateFeatures') return 'Update';
  if (/^update(CashBalance)?$/.test(name)) return 'Update';
  return /^create/.test(name) && !/^create_/.test(literal) ? 'Create' : undefined;
}

/** Names the placeholders: the last is the object's id, the others are parents. A Create has parents only. */
function segmentName(path: string, own: boolean): string {
  const last = (path.match(/\{\d\}/g) ?? []).at(-1);
  const segments = path.split('/');
  const ends = path.endsWith('}');
  return segments
    .map((segment, index) => {
      if (!segment.startsWith('{')) return segment;
      return own && ends && segment === last ? '{id}' : `{${parentName(segments.slice(0, index))}}`;
    })
    .join('/');
}

function parentName(before: readonly string[]): string {
  const collection = before.at(-1) ?? '';
  return PARENT_NAMES[before.join('/')] ?? singular(collection);
}

function singular(plural: string): string {
  return plural.endsWith('ies') ? `${plural.slice(0, -3)}y` : plural.replace(/s$/, '');
}

function collection(path: string): string {
  return plainName(path.replace(/\/\{id\}$/, '').replace(/\{\w+\}/g, '{1}'));
}

function namesByCollection(rows: readonly OperationMethod[]): Map<string, string> {
  return new Map(
    rows
      .filter(
        ({ operation, method }) => operation !== 'Delete' && operation !== 'Search' && method.answer !== undefined,
      )
      .map(({ path, method }) => [collection(path), entityNameOf(method, path)]),
  );
}

/** A collection `issuing.cards` of `Card` is the entity `Issuing.Card`. */
export function entityNameOf(method: SdkMethod, path = method.path): string {
  const table = ENTITY_NAMES[collection(path)];
  if (table !== undefined) return table;
  const parts = method.accessor.split('.').slice(0, -1);
  // Below `v2`, resources contain resources: `v2.core.accounts.persons` is in `V2.Core`.
  const namespace = (parts[0] === 'v2' ? parts.slice(0, 2) : parts).map(
    (part) => part.charAt(0).toUpperCase() + part.slice(1),
  );
  const response = ((method.answer?.aliasSymbol ?? method.answer?.symbol)?.name ?? '').replace(/^Deleted/, '');
  return [...namespace, response].join('.');
}

/** Returns the methods of each kind in a collection that holds several, such as cards and bank accounts. */
function kindsOf(operationMethod: OperationMethod): OperationMethod[] {
  return (ENTITY_KINDS[operationMethod.entity] ?? []).map(({ entity, object }) => ({
    ...operationMethod,
    entity,
    ...(operationMethod.operation === 'List' ? { fixed: { object } } : {}),
  }));
}

function toAction(method: SdkMethod, names: ReadonlyMap<string, string>): ActionMethod {
  const segments = method.path.split('/');
  const ownAt = segments.findLastIndex((segment) => segment.startsWith('{'));
  const path = segments
    .map((segment, index) =>
      !segment.startsWith('{') ? segment : index === ownAt ? '{id}' : `{${parentName(segments.slice(0, index))}}`,
    )
    .join('/');
  const base = collection(ownAt < 0 ? segments.slice(0, -1).join('/') : segments.slice(0, ownAt).join('/'));
  const test = base.includes('/test_helpers');
  const real = [base, base.replace('/test_helpers', ''), collection(path).replace('/test_helpers', '')];
  const entity = real.map((name) => names.get(name)).find((name) => name !== undefined) ?? entityNameOf(method);
  const key = `${method.method} ${path}`;
  return { action: ACTION_NAMES[key] ?? verbFirst(segments.at(-1) ?? '', entity, test), entity, path, method };
}

/** `increment_authorization` of PaymentIntent -> `IncrementPaymentIntentAuthorization`. */
function verbFirst(segment: string, entity: string, test: boolean): string {
  const [verb = '', ...rest] = segment.split('_').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  const joined = `${test ? 'Test' : ''}${joinedEntity(entity)}`.replace('TestTest', 'Test');
  return `${verb}${joined}${rest.join('')}`;
}

/** `Checkout.Session` -> `CheckoutSession`, as in `ExpireCheckoutSession`. */
export function joinedEntity(entity: string): string {
  return entity.replace('TestHelpers.', '').replaceAll('.', '');
}
