import { nearest } from '../../catalog/names.ts';
import { OPERATIONS } from '../../catalog/types.ts';
import { isObject } from '../../is-object.ts';
import { UsageError } from '../io/exit.ts';
import type { ConnectorServer, JsonBody } from '../io/server.ts';

/** Throws UsageError for `Customer.Crate`. Other names with a dot may be near an action, which the server knows. */
export function rejectMistypedOperation(operation: string): void {
  const dot = operation.lastIndexOf('.');
  const meant = dot < 1 ? undefined : nearest(operation.slice(dot + 1), OPERATIONS);
  if (meant !== undefined)
    throw new UsageError(`no operation ${operation}; did you mean ${operation.slice(0, dot)}.${meant}?`);
}

/** Throws UsageError for `call Customer`: an entity has operations, and no action has its name. */
export async function rejectEntityAlone(server: ConnectorServer, name: string): Promise<void> {
  if (/[^\w.]/.test(name)) return;
  const { name: entity, operations } = await server.get(`/entities/${encodeURIComponent(name)}`).catch(() => NO_ENTITY);
  if (typeof entity !== 'string' || entity.toLowerCase() !== name.toLowerCase() || !Array.isArray(operations)) return;
  throw new UsageError(
    `${entity} is an entity: write ${operations.map((operation) => `${entity}.${String(operation)}`).join(', ')}`,
  );
}

const NO_ENTITY: JsonBody = {};

/**
 * Returns the error for `Refund.Create pi_123`: a Create takes no id, and an id of this kind may be an input. The example
 * of an input that takes ids shows their prefix.
 */
export async function idOfCreate(
  server: ConnectorServer,
  operation: string,
  entity: string,
  id: string,
): Promise<UsageError> {
  const { payloads } = await server.get(`/entities/${encodeURIComponent(entity)}`);
  const create = isObject(payloads) ? payloads['Create'] : undefined;
  const properties = isObject(create) && isObject(create['properties']) ? create['properties'] : {};
  const prefix = idKindOf(id);
  const takesId = (schema: unknown): boolean =>
    isObject(schema) && typeof schema['example'] === 'string' && idKindOf(schema['example']) === prefix;
  const input = prefix === undefined ? undefined : Object.keys(properties).find((name) => takesId(properties[name]));
  const hint = input === undefined ? 'inputs are written Name=text' : `did you mean ${input}=${id}?`;
  return new UsageError(`${operation} takes no id; ${hint}`);
}

/** The part of an id before its last underscore: `pi` of `pi_123`. */
function idKindOf(id: string): string | undefined {
  const end = id.lastIndexOf('_');
  return end < 1 ? undefined : id.slice(0, end);
}
