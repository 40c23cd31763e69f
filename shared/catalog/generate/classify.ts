import { ACTION_NAMES, ENTITY_NAMES, ENTITY_KINDS, UNSUPPORTED_METHODS, PARENT_NAMES } from '../overrides.ts';
import type { Operation } from '../types.ts';
import type { SdkMethod } from './sdk-methods.ts';

/** An SDK method that is an operation of an entity. */
export interface OperationMethod {
  readonly entity: string;
  readonly operation: Operation | 'Search';
  /** True if the path has no id of the object itself. */
  readonly singleton: boolean;
  /** `{id}` is the id of the object. `{customer}` is the id of a parent. */
  readonly path: string;
  readonly method: SdkMethod;
  /** Parameters with the same value in every request: the kind of object, in a collection with several kinds. */
  readonly fixed?: Readonly<Record<string, string>> | undefined;
}

/** An SDK method that is an action. */
export interface ActionMethod {
  readonly action: string;
  /** The entity whose id is in the path, or whose collection the path names. */
  readonly entity: string;
  readonly path: string;
  readonly method: SdkMethod;
}

export interface Classified {
  readonly operations: readonly OperationMethod[];
  readonly actions: readonly ActionMethod[];
}

/** Classifies the methods of the SDK as operations and actions, without those in `UNSUPPORTED_METHODS`. */
export function classify(methods: readonly SdkMethod[]): Classified {
  const supported = methods.filter(
    ({ method, path }) =>
      !UNSUPPORTED_METHODS.some(
        (unsupported) => unsupported.method === method && unsupported.path === withoutNumbers(path),
      ),
  );
  const operationMethods = supported.flatMap((method): OperationMethod[] => {
    const operation = operationOf(method);
    if (operation === undefined) return [];
    const segments = method.path.split('/');
    const path = namePlaceholders(segments, method.path.endsWith('}') ? segments.length - 1 : undefined);
    return [{ entity: '', operation, singleton: !path.includes('{id}'), path, method }];
  });
  const names = namesByCollection(operationMethods);
  const nameOf = (operationMethod: OperationMethod): string =>
    operationMethod.operation === 'Delete' || operationMethod.method.responseType === undefined
      ? (names.get(collection(operationMethod.path)) ?? '')
      : entityNameOf(operationMethod.method, operationMethod.path);
  const operations = operationMethods.map((operationMethod) => ({
    ...operationMethod,
    entity: nameOf(operationMethod),
  }));
  const actionMethods = supported.filter((method) => operationOf(method) === undefined);
  // This DELETE is both the operation Delete of Subscription and the action CancelSubscription.
  const subscription = methods.find(({ method, path }) => method === 'DELETE' && path === '/v1/subscriptions/{1}');
  const actions = [...actionMethods, ...(subscription === undefined ? [] : [subscription])].map((method) =>
    toAction(method, names),
  );
  return { operations: [...operations, ...operations.flatMap(perKind)], actions };
}

function withoutNumbers(path: string): string {
  return path.replace(/\{\d\}/g, '{}');
}

/**
 * Returns the operation that an SDK method performs, by its response, HTTP method, name and path. Undefined for an
 * action.
 */
function operationOf({ method, name, responseKind, path }: SdkMethod): Operation | 'Search' | undefined {
  if (responseKind === 'search') return 'Search';
  if (responseKind === 'list') return 'List';
  const endsWithId = path.endsWith('}');
  const lastSegment = path.split('/').at(-1) ?? '';
  if (method === 'GET') return /^retrieve/.test(name) || path === '/v1/tax/associations/find' ? 'Get' : undefined;
  if (method === 'DELETE') return endsWithId ? 'Delete' : undefined;
  if (endsWithId || ['update', 'updateCashBalance', 'updateFeatures'].includes(name)) return 'Update';
  // A path that ends with `create_...` is an action: `/v1/tax/transactions/create_reversal`.
  return /^create/.test(name) && !/^create_/.test(lastSegment) ? 'Create' : undefined;
}

/**
 * Joins the segments of a path and replaces the numbers in placeholders by names: `{id}` at `idIndex`, and the name of
 * the parent elsewhere. `idIndex` is undefined if the path does not contain the id of the object itself.
 */
function namePlaceholders(segments: readonly string[], idIndex: number | undefined): string {
  return segments
    .map((segment, index) => {
      if (!segment.startsWith('{')) return segment;
      return index === idIndex ? '{id}' : `{${parentNameAfter(segments.slice(0, index))}}`;
    })
    .join('/');
}

/** Returns the name of the parent whose id follows these segments: `customer` after `/v1/customers`. */
function parentNameAfter(segmentsBefore: readonly string[]): string {
  const collection = segmentsBefore.at(-1) ?? '';
  return PARENT_NAMES[segmentsBefore.join('/')] ?? singular(collection);
}

function singular(plural: string): string {
  return plural.endsWith('ies') ? `${plural.slice(0, -3)}y` : plural.replace(/s$/, '');
}

/** Returns the path of a collection, without the object's id and with `{}` for parents: `/v1/customers/{}/sources`. */
function collection(path: string): string {
  return withoutNumbers(path.replace(/\/\{id\}$/, '').replace(/\{\w+\}/g, '{1}'));
}

/** Returns a map from the path of each collection to the name of its entity. */
function namesByCollection(rows: readonly OperationMethod[]): Map<string, string> {
  return new Map(
    rows
      .filter(
        ({ operation, method }) =>
          operation !== 'Delete' && operation !== 'Search' && method.responseType !== undefined,
      )
      .map(({ path, method }) => [collection(path), entityNameOf(method, path)]),
  );
}

/** Returns the entity of an SDK method. `issuing.cards`, a collection of `Card`, is the entity `Issuing.Card`. */
export function entityNameOf(method: SdkMethod, path = method.path): string {
  const override = ENTITY_NAMES[collection(path)];
  if (override !== undefined) return override;
  const parts = method.accessor.split('.').slice(0, -1);
  // Below `v2`, resources contain resources: `v2.core.accounts.persons` is in `V2.Core`.
  const namespace = (parts[0] === 'v2' ? parts.slice(0, 2) : parts).map(
    (part) => part.charAt(0).toUpperCase() + part.slice(1),
  );
  const response = ((method.responseType?.aliasSymbol ?? method.responseType?.symbol)?.name ?? '').replace(
    /^Deleted/,
    '',
  );
  return [...namespace, response].join('.');
}

/** Returns one method for each kind of object in a collection that has several, such as cards and bank accounts. */
function perKind(operationMethod: OperationMethod): OperationMethod[] {
  return (ENTITY_KINDS[operationMethod.entity] ?? []).map(({ entity, object }) => ({
    ...operationMethod,
    entity,
    fixed: operationMethod.operation === 'List' ? { object } : operationMethod.fixed,
  }));
}

/** Returns an SDK method as an action: its name, its path, and the entity to which it belongs. */
function toAction(method: SdkMethod, names: ReadonlyMap<string, string>): ActionMethod {
  const segments = method.path.split('/');
  const idIndex = segments.findLastIndex((segment) => segment.startsWith('{'));
  const path = namePlaceholders(segments, idIndex);
  const base = collection(idIndex < 0 ? segments.slice(0, -1).join('/') : segments.slice(0, idIndex).join('/'));
  const isTestHelper = base.includes('/test_helpers');
  // The action belongs to the entity of the first of these collections that has an entity.
  const collections = [base, base.replace('/test_helpers', ''), collection(path).replace('/test_helpers', '')];
  const entity = collections.map((name) => names.get(name)).find((name) => name !== undefined) ?? entityNameOf(method);
  const key = `${method.method} ${path}`;
  return {
    action: ACTION_NAMES[key] ?? verbFirstName(segments.at(-1) ?? '', entity, isTestHelper),
    entity,
    path,
    method,
  };
}

/**
 * Returns the name of an action: `increment_authorization` of PaymentIntent -> `IncrementPaymentIntentAuthorization`.
 */
function verbFirstName(segment: string, entity: string, isTestHelper: boolean): string {
  const [verb = '', ...rest] = segment.split('_').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  const joined = `${isTestHelper ? 'Test' : ''}${joinedEntity(entity)}`.replace('TestTest', 'Test');
  return `${verb}${joined}${rest.join('')}`;
}

/** `Checkout.Session` -> `CheckoutSession`, as in `ExpireCheckoutSession`. */
export function joinedEntity(entity: string): string {
  return entity.replace('TestHelpers.', '').replaceAll('.', '');
}
