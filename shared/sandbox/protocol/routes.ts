import { ENTITY_KINDS } from '../../catalog/overrides.ts';
import type { Action, Entity, Field, Fields, Operation, Route as CatalogRoute } from '../../catalog/types.ts';
import type { Catalog } from '../../ports/catalog.ts';
import type { Context } from '../context.ts';
import type { ExtraRoute } from '../feature.ts';
import type { Answered } from './lists/expand.ts';
import { act, generic } from './generic.ts';
import { MACHINES } from '../machines/index.ts';
import { search } from './lists/search.ts';

/** One route: what it matches, what it takes, what it does. */
export interface ApiRoute {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly pattern: RegExp;
  readonly fields: Fields;
  /** It takes a multipart form and no other body. */
  readonly upload?: true;
  /** What `expand` is checked against; undefined if the catalog does not know the answer. */
  readonly answered?: Answered;
  /** A Buffer is answered as it is. */
  readonly run: (context: Context, ids: PathIds, path: string) => unknown;
}

/** The ids of a path: `id` is the object's own, the others are its parents'. */
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

/** Returns the path that reads an object, by the `object` value of its kind. */
export function paths(catalog: Catalog): ReadonlyMap<string, string> {
  return new Map(
    catalog.names().flatMap((name) => {
      const { object, operations } = catalog.entity(name);
      const path = operations.Get?.path;
      return object === null || path === undefined || path.includes('test_helpers') ? [] : [[object, path] as const];
    }),
  );
}

/** Every operation and action of the catalog, with the machines' own rules if they have any, and the searches. */
export function allRoutes(catalog: Catalog): ApiRoute[] {
  const kinds = new Set(Object.values(ENTITY_KINDS).flatMap((rows) => rows.map(({ entity }) => entity)));
  const entities = catalog.names().filter((name) => !kinds.has(name));
  const operations = entities.flatMap((name) => entityRoutes(catalog.entity(name)));
  const actions = catalog.actionNames().flatMap((name) => actionRoute(catalog, catalog.action(name)));
  const card = catalog.entity('PaymentMethod').operations.Create?.params['card'];
  // The most literal path first: `/v1/invoices/create_preview` is no invoice's id.
  const variables = ({ pattern }: ApiRoute): number => pattern.source.split('(?<').length;
  const extra = MACHINES.routes.map((route) => extraRoute(catalog, route));
  // A feature's own route comes before the stored one of the same path.
  return [...extra, ...operations, ...actions]
    .map((route) => ({ ...route, fields: withCardData(route.fields, card) }))
    .sort((a, b) => variables(a) - variables(b));
}

/**
 * `payment_method_data` takes a card as well, though the list of types in Stripe's SDK leaves it out: "use
 * payment_method_data with type=card and card[token]=tok_...". https://docs.stripe.com/api/payment_intents/create
 */
function withCardData(fields: Fields, card: Field | undefined): Fields {
  const data = fields['payment_method_data'];
  const shape = data?.type;
  if (data === undefined || card === undefined || typeof shape !== 'object' || !('object' in shape)) return fields;
  const type = shape.object['type'];
  if (type === undefined || typeof type.type !== 'object' || !('enum' in type.type)) return fields;
  const object: Fields = {
    ...shape.object,
    card: { ...card, nullable: true },
    type: { ...type, type: { ...type.type, enum: [...type.type.enum, 'card'] } },
  };
  return { ...fields, payment_method_data: { ...data, type: { object } } };
}

function entityRoutes(entity: Entity): ApiRoute[] {
  const rows = Object.entries(entity.operations) as [Operation, NonNullable<Entity['operations'][Operation]>][];
  const operations = rows.flatMap(([operation, row]) =>
    [row, ...(row.also ?? [])].map((route) => toApiRoute(entity, operation, route)),
  );
  const searched = entity.operations.List?.search;
  if (searched === undefined) return operations;
  const fields: Fields = {
    query: { type: 'string', required: true },
    limit: { type: 'integer' },
    page: { type: 'string' },
  };
  return [
    ...operations,
    {
      method: 'GET',
      pattern: routePattern(searched),
      fields,
      answered: { fields: entity.fields, list: true },
      run: (context, _ids, path) => search(context, entity, path),
    },
  ];
}

function toApiRoute(entity: Entity, operation: Operation, route: CatalogRoute): ApiRoute {
  const machine = MACHINES.entities[entity.entity] ?? {};
  const fixed = Object.fromEntries(Object.keys(route.fixed ?? {}).map((name) => [name, { type: 'string' as const }]));
  return {
    method: OPERATION_METHODS[operation],
    pattern: routePattern(route.path),
    fields: operation === 'List' ? { ...route.params, ...fixed, ...PAGING_FIELDS } : route.params,
    ...(route.upload === undefined ? {} : { upload: true as const }),
    ...(ENTITY_KINDS[entity.entity] === undefined
      ? { answered: { fields: entity.fields, list: operation === 'List' } }
      : {}),
    run: (context, ids, path) => generic(context, entity, operation, machine, ids, path),
  };
}

/** A verb that is also an entity's Delete needs no second route. */
function actionRoute(catalog: Catalog, row: Action | undefined): ApiRoute[] {
  if (row === undefined || (row.method === 'DELETE' && row.path.endsWith('{id}'))) return [];
  const machine = MACHINES.actions[row.path];
  return [
    {
      method: row.method,
      pattern: routePattern(row.path),
      fields: row.params,
      ...answeredBy(catalog, row),
      run: (context, ids) => (machine === undefined ? act(context, row, ids) : machine(context, ids['id'] ?? '')),
    },
  ];
}

function extraRoute(catalog: Catalog, { path, entity, list, fieldsOfAction, ...route }: ExtraRoute): ApiRoute {
  const fields = catalog.fieldsOf(entity);
  return {
    ...route,
    fields: { ...(fieldsOfAction === undefined ? {} : catalog.action(fieldsOfAction)?.params), ...route.fields },
    pattern: routePattern(path),
    ...(fields === undefined ? {} : { answered: { fields, list } }),
  };
}

function answeredBy(catalog: Catalog, { answer }: Action): { answered?: Answered } {
  const fields = answer === null ? undefined : catalog.fieldsOf(answer);
  return fields === undefined ? {} : { answered: { fields, list: false } };
}

function routePattern(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`);
}
