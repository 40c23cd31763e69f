import { suggestion } from '../catalog/names.ts';
import type { JsonSchema } from '../schema/json-schema.ts';
import { invalidArgument, type FieldViolation } from '../errors.ts';
import type { SchemaValidator } from './server.ts';
import { redact } from '../redact.ts';
import { Violations } from '../field-violations.ts';

/** Characters of a name that an answer to an agent shows. */
const LONGEST_NAME = 100;
/** Characters of what is wrong with one argument. */
const LONGEST_WORDS = 300;

/** Values within the arguments at most: what is checked, and what can be wrong, is bounded by it. */
const MOST_VALUES = 10_000;

type Input = Readonly<Record<string, unknown>>;

/** Throws what is wrong with a tool's arguments by the schema that the tool shows. */
export function validateArguments(schema: JsonSchema, input: Input, check: SchemaValidator): void {
  const unreadable = problemOfText(input);
  if (unreadable !== undefined) throw invalidArgument([unreadable]);
  const problems = check(schema, input);
  if (problems.length === 0) return;
  const violations = new Violations();
  for (const { path, keyword, message: said } of problems)
    violations.add(fieldOf(input, path), (suggests) =>
      quotedName(keyword === 'false' ? unknownName(schema, path, suggests) : said, LONGEST_WORDS),
    );
  throw invalidArgument(violations);
}

/** A name as it may stand in an answer: without secrets and control characters, and cut. */
export function quotedName(name: string, max = LONGEST_NAME): string {
  return redact(name, [], max).replace(/[\p{C}]/gu, '?');
}

/** Too many values, or text that is no Unicode: neither can be sent to Stripe. */
function problemOfText(input: Input): FieldViolation | undefined {
  const left: unknown[] = [input];
  for (let seen = 0; left.length > 0; seen += 1) {
    if (seen + left.length > MOST_VALUES)
      return { field: 'arguments', description: `have more than ${MOST_VALUES} values` };
    const value = left.pop();
    if (typeof value === 'string' && !isUnicode(value))
      return { field: 'arguments', description: 'have a text with half of a surrogate pair' };
    if (typeof value !== 'object' || value === null) continue;
    const name = Object.keys(value).find((key) => !isUnicode(key));
    if (name !== undefined) return { field: quotedName(name), description: 'is a name with half of a surrogate pair' };
    for (const inner of Object.values(value)) left.push(inner);
  }
  return undefined;
}

function isUnicode(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

/** `input.Items[0].price` */
function fieldOf(input: Input, path: readonly string[]): string {
  let value: unknown = input;
  let field = '';
  for (const part of path) {
    field += Array.isArray(value) ? `[${part}]` : `${field === '' ? '' : '.'}${quotedName(part)}`;
    value = typeof value === 'object' && value !== null ? (value as Input)[part] : undefined;
  }
  return field === '' ? 'arguments' : field.slice(0, LONGEST_NAME);
}

function unknownName(schema: JsonSchema, path: readonly string[], suggests: boolean): string {
  const name = path.at(-1) ?? '';
  const propertyNames = schemasAt(schema, path.slice(0, -1)).flatMap(({ properties = {} }) => Object.keys(properties));
  const names = [...new Set(propertyNames)];
  const near = suggests ? suggestion(name, names) : '';
  if (names.length === 0) return 'is not taken here; nothing is';
  const shown = names.length > 10 ? `${names.slice(0, 10).join(', ')}, ...` : names.join(', ');
  return `is not taken here${near}; known are ${shown}`;
}

/** The parts of a schema that a place is held to; several where it has alternatives. */
function schemasAt(schema: JsonSchema, path: readonly string[]): readonly JsonSchema[] {
  const [part, ...rest] = path;
  const ways = [schema, ...(schema.anyOf ?? [])];
  if (part === undefined) return ways;
  return ways.flatMap(({ properties = {}, items, additionalProperties }) => {
    const inner = Object.hasOwn(properties, part) ? properties[part] : (items ?? additionalProperties);
    return typeof inner === 'object' ? schemasAt(inner, rest) : [];
  });
}
