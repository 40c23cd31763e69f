import { isObject } from '../../../is-object.ts';
import type { JsonBody } from '../../io/server.ts';

/** Returns the schema of an operation. Its name may be in any case. */
export function operationSchema(payloads: unknown, verb: string): JsonBody {
  const entries = isObject(payloads) ? Object.entries(payloads) : [];
  const [, schema] = entries.find(([name]) => name.toLowerCase() === verb.toLowerCase()) ?? [];
  return isObject(schema) ? schema : {};
}

/** Returns the members of an object, of the items of a list, or of the alternatives. */
export function propertiesOf({ properties, items, anyOf }: JsonBody): JsonBody {
  if (isObject(properties)) return properties;
  if (isObject(items)) return propertiesOf(items);
  const parts = (Array.isArray(anyOf) ? anyOf : []).filter(isObject).map(propertiesOf);
  return Object.assign({}, ...parts) as JsonBody;
}
