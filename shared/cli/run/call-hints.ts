import { nearest } from '../../catalog/names.ts';
import { OPERATIONS } from '../../catalog/types.ts';
import { isObject } from '../../is-object.ts';
import { UsageError } from '../io/exit.ts';
import type { ConnectorServer, JsonBody } from '../io/server.ts';

/**
 * Throws UsageError for a mistyped operation such as `Customer.Crate`. For a mistyped action the server suggests a name.
 */
export function rejectMistypedOperation(operation: string): void {
  const dot = operation.lastIndexOf('.');
  const suggested = dot < 1 ? undefined : nearest(operation.slice(dot + 1), OPERATIONS);
  if (suggested !== undefined)
    throw new UsageError(`no operation ${operation}; did you mean ${operation.slice(0, dot)}.${suggested}?`);
}

/** Throws UsageError if the name is an entity without an operation, as in `call Customer`. */
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
 * Returns the error for `Refund.Create pi_123`: a Create has no id. The error suggests the input whose example has the
 * same id prefix.
 */
export async function createIdError(
  server: ConnectorServer,
  operation: string,
  entity: string,
  id: string,
): Promise<UsageError> {
  const { payloads } = await server.get(`/entities/${encodeURIComponent(entity)}`);
  const create = isObject(payloads) ? payloads['Create'] : undefined;
  const properties = isObject(create) && isObject(create['properties']) ? create['properties'] : {};
  const prefix = prefixOfId(id);
  const hasPrefix = (schema: unknown): boolean =>
    isObject(schema) && typeof schema['example'] === 'string' && prefixOfId(schema['example']) === prefix;
  const input = prefix === undefined ? undefined : Object.keys(properties).find((name) => hasPrefix(properties[name]));
  const hint = input === undefined ? 'inputs are written Name=text' : `did you mean ${input}=${id}?`;
  return new UsageError(`${operation} takes no id; ${hint}`);
}

/** Returns the part of an id before its last underscore: `pi` for `pi_123`. */
function prefixOfId(id: string): string | undefined {
  const end = id.lastIndexOf('_');
  return end < 1 ? undefined : id.slice(0, end);
}
