import { suggestion } from '../catalog/names.ts';
import type { JsonSchema } from '../schema/json-schema.ts';
import { invalidArgument, type FieldViolation } from '../errors.ts';
import type { SchemaValidator } from './server.ts';
import { redact } from '../redact.ts';
import { Violations } from '../field-violations.ts';

/** Maximum length of a name in a response. */
const MAX_ARGUMENT_NAME_LENGTH = 100;
/** Maximum length of the description of one violation. */
const MAX_DESCRIPTION_LENGTH = 300;

/** Maximum number of values in the arguments. It limits the time of the validation and the number of violations. */
const MAX_ARGUMENT_VALUES = 10_000;

export type ToolInput = Readonly<Record<string, unknown>>;

/**
 * Validates a tool's arguments against its input schema. Throws INVALID_ARGUMENT with the violations. Arguments that
 * cannot be sent to Stripe are rejected before the schema is checked.
 */
export function validateArguments(schema: JsonSchema, input: ToolInput, check: SchemaValidator): void {
  const unsendable = findUnsendable(input);
  if (unsendable !== undefined) throw invalidArgument([unsendable]);
  const problems = check(schema, input);
  if (problems.length === 0) return;
  const violations = new Violations();
  for (const { path, keyword, message: text } of problems)
    violations.add(fieldOf(input, path), (suggests) =>
      quotedName(keyword === 'false' ? unknownName(schema, path, suggests) : text, MAX_DESCRIPTION_LENGTH),
    );
  throw invalidArgument(violations);
}

/** Returns a name for a response: redacted, without control characters, and truncated. */
export function quotedName(name: string, max = MAX_ARGUMENT_NAME_LENGTH): string {
  return redact(name, [], max).replace(/[\p{C}]/gu, '?');
}

/**
 * Returns a violation if there are too many values, or if a text or a name is not valid Unicode, which cannot be sent
 * to Stripe.
 */
function findUnsendable(input: ToolInput): FieldViolation | undefined {
  const pending: unknown[] = [input];
  for (let visited = 0; pending.length > 0; visited += 1) {
    if (visited + pending.length > MAX_ARGUMENT_VALUES)
      return { field: 'arguments', description: `have more than ${MAX_ARGUMENT_VALUES} values; send fewer` };
    const value = pending.pop();
    if (typeof value === 'string' && !isUnicode(value))
      return { field: 'arguments', description: 'have a string with a lone surrogate; send valid Unicode' };
    if (typeof value !== 'object' || value === null) continue;
    const name = Object.keys(value).find((key) => !isUnicode(key));
    if (name !== undefined)
      return { field: quotedName(name), description: 'is a name with a lone surrogate; send valid Unicode' };
    for (const member of Object.values(value)) pending.push(member);
  }
  return undefined;
}

function isUnicode(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

/** Returns the name of a field for an error, such as `input.Items[0].price`. */
function fieldOf(input: ToolInput, path: readonly string[]): string {
  let value: unknown = input;
  let field = '';
  for (const part of path) {
    field += Array.isArray(value) ? `[${part}]` : `${field === '' ? '' : '.'}${quotedName(part)}`;
    value = typeof value === 'object' && value !== null ? (value as ToolInput)[part] : undefined;
  }
  return field === '' ? 'arguments' : field.slice(0, MAX_ARGUMENT_NAME_LENGTH);
}

/**
 * Returns the description of an unknown argument, with at most 10 names of known fields. `suggests` adds the most
 * similar name.
 */
function unknownName(schema: JsonSchema, path: readonly string[], suggests: boolean): string {
  const name = path.at(-1) ?? '';
  const propertyNames = schemasAt(schema, path.slice(0, -1)).flatMap(({ properties = {} }) => Object.keys(properties));
  const names = [...new Set(propertyNames)];
  const nearest = suggests ? suggestion(name, names) : '';
  if (names.length === 0) return 'is not a known field; no fields are supported here';
  const known = names.length > 10 ? `${names.slice(0, 10).join(', ')}, ...` : names.join(', ');
  return `is not a known field${nearest}; known fields are ${known}`;
}

/** Returns the schemas at a path: each schema with its alternatives (`anyOf`). */
function schemasAt(schema: JsonSchema, path: readonly string[]): readonly JsonSchema[] {
  const [part, ...rest] = path;
  const alternatives = [schema, ...(schema.anyOf ?? [])];
  if (part === undefined) return alternatives;
  return alternatives.flatMap(({ properties = {}, items, additionalProperties }) => {
    const next = Object.hasOwn(properties, part) ? properties[part] : (items ?? additionalProperties);
    return typeof next === 'object' ? schemasAt(next, rest) : [];
  });
}
