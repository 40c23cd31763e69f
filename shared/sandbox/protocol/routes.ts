import { ENTITY_KINDS } from '../../catalog/overrides.ts';
import type { Action, Entity, Field, Fields, Operation, Route as CatalogRoute } from '../../catalog/types.ts';
import type { Catalog } from '../../ports/catalog.ts';
import type { Context } from '../context.ts';
import type { ExtraRoute } from '../feature.ts';
import type { ResponseShape } from './lists/expand.ts';
import { runOperation } from './generic.ts';
import { runPlainAction } from './plain-action.ts';
import { FEATURE_RULES } from '../machines/index.ts';
import { search } from './lists/search.ts';

/** A route of the API: its pattern, its parameters and its handler. */
export interface ApiRoute {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly pattern: RegExp;
  readonly fields: Fields;
  /** True if the body must be a multipart form. */
  readonly upload?: true | undefined;
  /** The fields that `expand` may name. Undefined if the catalog does not describe the response. */
  readonly responseShape?: ResponseShape | undefined;
  /** Returns the body of the response, or a Buffer for a file. */
  readonly run: (context: Context, ids: PathIds, path: string) => unknown;
}

/**
 * The ids in a path, by name. `id` is the id of the object. The others are the ids of its parents, by the names of the
 * parents.
 */
export type PathIds = Readonly<Record<string, string>>;

const OPERATION_METHODS: Readonly<Record<Operation, ApiRoute['method']>> = {
  List: 'GET',
  Get: 'GET',
  Create: 'POST',
  Update: 'POST',
  Delete: 'DELETE',
};

const PAGING_FIELDS: Fields = {
  limit: { type: 'integer' },
  starting_after: { type: 'string' },
  ending_before: { type: 'string' },
  page: { type: 'string' },
};

/** Returns for each kind of object the path that reads one object, such as `/v1/customers/{id}`. */
export function readPaths(catalog: Catalog): ReadonlyMap<string, string> {
  return new Map(
    catalog.names().flatMap((name) => {
      const { object, operations } = catalog.entity(name);
      const path = operations.Get?.path;
      return object === null || path === undefined || path.includes('test_helpers') ? [] : [[object, path] as const];
    }),
  );
}

/** Returns the routes of all operations, actions and searches of the catalog, and the extra routes of the features. */
export function allRoutes(catalog: Catalog): ApiRoute[] {
  // `BankAccount` and `Card` have the paths of `CustomerSource` and `ExternalAccount`, whose routes serve both kinds.
  const entitiesOfKinds = new Set(Object.values(ENTITY_KINDS).flatMap((kinds) => kinds.map(({ entity }) => entity)));
  const entities = catalog.names().filter((name) => !entitiesOfKinds.has(name));
  const operations = entities.flatMap((name) => entityRoutes(catalog.entity(name)));
  const actions = catalog.actionNames().flatMap((name) => actionRoute(catalog, catalog.action(name)));
  const card = catalog.entity('PaymentMethod').operations.Create?.params['card'];
  // Paths with fewer variables come first, so that `/v1/invoices/create_preview` does not match `/v1/invoices/{id}`.
  const variableCount = ({ pattern }: ApiRoute): number => pattern.source.split('(?<').length;
  const extraRoutes = FEATURE_RULES.routes.map((route) => extraRoute(catalog, route));
  // The sort is stable, so an extra route comes before a route of the catalog with the same path.
  return [...extraRoutes, ...operations, ...actions]
    .map((route) => ({ ...route, fields: withCardData(route.fields, card) }))
    .sort((a, b) => variableCount(a) - variableCount(b));
}

/**
 * Adds `card` to the parameter `payment_method_data`. The types of Stripe's SDK omit `card`, but Stripe accepts it:
 * "use payment_method_data with type=card and card[token]=tok_...". https://docs.stripe.com/api/payment_intents/create
 */
function withCardData(fields: Fields, card: Field | undefined): Fields {
  const data = fields['payment_method_data'];
  const dataType = data?.type;
  if (data === undefined || card === undefined || typeof dataType !== 'object' || !('object' in dataType))
    return fields;
  const type = dataType.object['type'];
  if (type === undefined || typeof type.type !== 'object' || !('enum' in type.type)) return fields;
  const object: Fields = {
    ...dataType.object,
    card: { ...card, nullable: true },
    type: { ...type, type: { ...type.type, enum: [...type.type.enum, 'card'] } },
  };
  return { ...fields, payment_method_data: { ...data, type: { object } } };
}

/** Returns the routes of an entity's operations and of its search. */
function entityRoutes(entity: Entity): ApiRoute[] {
  const definitions = Object.entries(entity.operations) as [Operation, NonNullable<Entity['operations'][Operation]>][];
  const operations = definitions.flatMap(([operation, definition]) =>
    [definition, ...(definition.also ?? [])].map((route) => toApiRoute(entity, operation, route)),
  );
  const searchPath = entity.operations.List?.search;
  if (searchPath === undefined) return operations;
  const fields: Fields = {
    query: { type: 'string', required: true },
    limit: { type: 'integer' },
    page: { type: 'string' },
  };
  return [
    ...operations,
    {
      method: 'GET',
      pattern: routePattern(searchPath),
      fields,
      responseShape: { fields: entity.fields, isList: true },
      run: (context, _ids, path) => search(context, entity, path),
    },
  ];
}

/** Returns the API route for one path of an operation. */
function toApiRoute(entity: Entity, operation: Operation, route: CatalogRoute): ApiRoute {
  const rules = FEATURE_RULES.entities[entity.entity] ?? {};
  const fixedParams = Object.fromEntries(
    Object.keys(route.fixed ?? {}).map((name) => [name, { type: 'string' as const }]),
  );
  return {
    method: OPERATION_METHODS[operation],
    pattern: routePattern(route.path),
    fields: operation === 'List' ? { ...route.params, ...fixedParams, ...PAGING_FIELDS } : route.params,
    upload: route.upload === undefined ? undefined : true,
    responseShape:
      ENTITY_KINDS[entity.entity] === undefined ? { fields: entity.fields, isList: operation === 'List' } : undefined,
    run: (context, ids, path) => runOperation(context, entity, operation, rules, ids, path),
  };
}

/** Returns the route of an action, or an empty array if the action is also the Delete operation of an entity. */
function actionRoute(catalog: Catalog, action: Action | undefined): ApiRoute[] {
  if (action === undefined || (action.method === 'DELETE' && action.path.endsWith('{id}'))) return [];
  const handler = FEATURE_RULES.actions[action.path];
  return [
    {
      method: action.method,
      pattern: routePattern(action.path),
      fields: action.params,
      ...responseShapeOf(catalog, action),
      run: (context, ids) =>
        handler === undefined ? runPlainAction(context, action, ids) : handler(context, ids['id'] ?? ''),
    },
  ];
}

/** Returns the API route for a route that the catalog does not have. */
function extraRoute(catalog: Catalog, { path, entity, isList, fieldsOfAction, ...route }: ExtraRoute): ApiRoute {
  const fields = catalog.fieldsOf(entity);
  const actionParams = fieldsOfAction === undefined ? undefined : catalog.action(fieldsOfAction)?.params;
  return {
    ...route,
    fields: { ...actionParams, ...route.fields },
    pattern: routePattern(path),
    responseShape: fields === undefined ? undefined : { fields, isList },
  };
}

/** Returns what `expand` may name in the response of an action, if the catalog describes the response. */
function responseShapeOf(catalog: Catalog, { answer }: Action): { responseShape?: ResponseShape } {
  const fields = answer === null ? undefined : catalog.fieldsOf(answer);
  return fields === undefined ? {} : { responseShape: { fields, isList: false } };
}

function routePattern(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`);
}
