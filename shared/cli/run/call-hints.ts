import { nearest } from '../../catalog/names.ts';
import { OPERATIONS } from '../../catalog/types.ts';
import { isObject } from '../../is-object.ts';
import { UsageError } from '../io/exit.ts';
import type { ConnectorServer } from '../io/server.ts';

/** Throws UsageError for `Customer.Crate`. Other names with a dot may be near an action, which the server knows. */
export function rejectMistypedOperation(operation: string): void {
  const [, entity = '', verb = ''] = /^(.+)\.(\w+)$/.exec(operation) ?? [];
  const meant = nearest(verb, OPERATIONS);
  if (meant !== undefined) throw new UsageError(`no operation ${operation}; did you mean ${entity}.${meant}?`);
}

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
  return /^([a-z][a-z_]*)_\w+$/.exec(id)?.[1];
}
