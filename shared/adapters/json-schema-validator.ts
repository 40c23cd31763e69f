import { Validator, type OutputUnit, type Schema } from '@cfworker/json-schema';
import { memoizeByRef } from '../memoize.ts';
import type { SchemaValidator } from '../mcp/server.ts';

/** Keywords whose error only says that a nested value is invalid. The nested value has its own error. */
const WRAPPERS: ReadonlySet<string> = new Set(['properties', 'items', 'additionalProperties']);

/** Creates a validator that interprets the schema. The schema is copied because the validator mutates it. */
const validatorOf = memoizeByRef(
  (schema: object) => new Validator(JSON.parse(JSON.stringify(schema)) as Schema, '2020-12', false),
);

export const jsonSchemaValidator: SchemaValidator = (schema, value) =>
  validatorOf(schema)
    .validate(value)
    .errors.filter(({ keyword }) => !WRAPPERS.has(keyword))
    .map(({ instanceLocation, keyword, error }) => ({ path: pathOf(instanceLocation), keyword, message: error }));

/** Parses a JSON Pointer in a URI fragment: `#/input/Amount`. https://www.rfc-editor.org/rfc/rfc6901#section-6 */
function pathOf(location: OutputUnit['instanceLocation']): readonly string[] {
  const [, ...parts] = location.split('/');
  return parts.map((part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'));
}
