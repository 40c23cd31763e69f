import { hasId } from '../../catalog/routes.ts';
import type { Operation } from '../../catalog/types.ts';
import type { RequestContext } from '../../http/request-context.ts';
import type { Connector } from '../../operations/connector.ts';
import { SINGLETON_ID } from '../../schema/object-ids.ts';
import { entityIdOf } from './entity-name.ts';

/** One request to the Connectors API with its path parsed. */
export interface ApiRequest {
  readonly connector: Connector;
  readonly context: RequestContext;
  readonly query: URLSearchParams;
  /** `projects/P/locations/L/connections/C` */
  readonly base: string;
  /** The names in the path of the entity type, the object and the action. Empty if the path has none. */
  readonly type: string;
  readonly id: string;
  readonly action: string;
}

/** Handles one method of the API. */
export type Method = (apiRequest: ApiRequest) => Promise<object> | object;

/**
 * Returns the fields of a function's body that name the object in the path. The only object of an entity such as
 * Balance has no `entityId`.
 */
export function pathTarget({ connector, type, id }: ApiRequest, operation: Operation): Record<string, unknown> {
  return id === SINGLETON_ID && !isNamedById(connector, type, operation)
    ? { entity: type }
    : { entity: type, entityId: id };
}

/**
 * Returns whether an operation of the entity names its object by an id. The id may be the word `default`, because the
 * owner of a coupon, plan or product chooses its id.
 */
function isNamedById({ deps: { catalog } }: Connector, type: string, operation: Operation): boolean {
  const name = catalog.nameOf(type);
  const definition = name === undefined ? undefined : catalog.entity(name).operations[operation];
  return definition !== undefined && hasId(definition);
}

/**
 * Returns the resource name of the object in the path. The id is percent-encoded, because an id that its owner chose
 * may contain any symbol.
 */
export function entityResourceName(apiRequest: ApiRequest): string {
  return `${typeName(apiRequest)}/entities/${encodePath(apiRequest.id)}`;
}

/** Percent-encodes each segment of `parent/id` and keeps the slashes. */
function encodePath(id: string): string {
  return id.split('/').map(encodeURIComponent).join('/');
}

function typeName({ connector, base, type }: ApiRequest): string {
  return `${base}/entityTypes/${connector.deps.catalog.nameOf(type) ?? type}`;
}

/** Returns a row as an Entity of the API. */
export function withResourceName(
  apiRequest: ApiRequest,
  row: unknown,
): { readonly name: string; readonly fields: unknown } {
  const { catalog } = apiRequest.connector.deps;
  const entity = catalog.entity(catalog.nameOf(apiRequest.type) ?? apiRequest.type);
  const id = entityIdOf(entity, row as Record<string, unknown>);
  return { name: `${typeName(apiRequest)}/entities/${encodePath(id)}`, fields: row };
}
