import { pascal } from '../../catalog/names.ts';
import type { JsonSchema } from '../json-schema.ts';

/** Minimum number of characters of a type that gets a name. */
const LONG = 60;

/**
 * Converts schemas to TypeScript. A nested type that occurs several times is declared once, with the name of its field.
 */
export class NamedTypes {
  private readonly plain = new WeakMap<JsonSchema, string>();
  private readonly met = new Map<string, { readonly schema: JsonSchema; readonly field: string; name?: string }>();
  private readonly taken = new Set<string>();

  /** `reserved`: names that are already used. */
  constructor(reserved: readonly string[]) {
    for (const name of reserved) this.taken.add(name);
  }

  /** Call it with every schema before the first one is converted. */
  look(schema: JsonSchema, field: string): void {
    const text = this.text(schema);
    if (text.length > LONG && (schema.properties ?? schema.enum ?? schema.examples) !== undefined) {
      const before = this.met.get(text);
      if (before !== undefined) {
        before.name ??= this.fresh(before.field);
        return;
      }
      this.met.set(text, { schema, field });
    }
    for (const [name, jsonSchema] of inside(schema, field)) this.look(jsonSchema, name);
  }

  /** The type with comments, and one line for each field. */
  type(schema: JsonSchema): string {
    return this.met.get(this.text(schema))?.name ?? this.readable(schema);
  }

  declarations(): string[] {
    return [...this.met.values()].flatMap(({ name, schema }) =>
      name === undefined ? [] : [`export type ${name} = ${this.readable(schema)};`],
    );
  }

  private readable(schema: JsonSchema): string {
    return written(schema, (jsonSchema) => this.type(jsonSchema), readableObject);
  }

  /** The type without names and comments. Equal schemas have the same text. */
  private text(schema: JsonSchema): string {
    const text = this.plain.get(schema) ?? written(schema, (jsonSchema) => this.text(jsonSchema), shortObject);
    this.plain.set(schema, text);
    return text;
  }

  private fresh(field: string): string {
    const base = pascal(field).replace(/\W/g, '');
    for (let count = 1; ; count += 1) {
      const name = count === 1 ? base : `${base}${count}`;
      if (this.taken.has(name)) continue;
      this.taken.add(name);
      return name;
    }
  }
}

function inside({ properties = {}, items, anyOf = [], additionalProperties }: JsonSchema, field: string) {
  const unnamed = [
    ...(items === undefined ? [] : [items]),
    ...anyOf,
    ...(typeof additionalProperties === 'object' ? [additionalProperties] : []),
  ];
  return [...Object.entries(properties), ...unnamed.map((jsonSchema): [string, JsonSchema] => [field, jsonSchema])];
}

/** Prints an object type of these fields: name with its mark, type, schema. */
type PrintObject = (fields: readonly (readonly [name: string, type: string, schema: JsonSchema])[]) => string;

function written(schema: JsonSchema, type: (inner: JsonSchema) => string, print: PrintObject): string {
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map(type))].join(' | ');
  if (schema.type === undefined) return 'unknown';
  return [schema.type]
    .flat()
    .map((name) => ofType(name, schema, type, print))
    .join(' | ');
}

function ofType(name: string, schema: JsonSchema, type: (inner: JsonSchema) => string, print: PrintObject): string {
  switch (name) {
    case 'integer':
    case 'number':
      return 'number';
    case 'array':
      return schema.items === undefined ? 'readonly unknown[]' : `readonly (${type(schema.items)})[]`;
    case 'object':
      return ofObject(schema, type, print);
    case 'string':
      return schema.examples === undefined ? name : ofOpenEnum(schema.examples);
    default:
      return name;
  }
}

/** Editors suggest the known values, and the compiler accepts any string. */
function ofOpenEnum(values: readonly unknown[]): string {
  return `${values.map((value) => JSON.stringify(value)).join(' | ')} | (string & Record<never, never>)`;
}

function ofObject(
  { properties, required = [], additionalProperties }: JsonSchema,
  type: (inner: JsonSchema) => string,
  print: PrintObject,
): string {
  const free = typeof additionalProperties === 'object' ? type(additionalProperties) : 'unknown';
  if (properties === undefined) return `Readonly<Record<string, ${free}>>`;
  return print(
    Object.entries(properties).map(([name, jsonSchema]) => [
      `${keyOf(name)}${required.includes(name) ? '' : '?'}`,
      type(jsonSchema),
      jsonSchema,
    ]),
  );
}

function shortObject(fields: Parameters<PrintObject>[0]): string {
  return `{ ${fields.map(([name, type]) => `${name}: ${type}`).join('; ')} }`;
}

function readableObject(fields: Parameters<PrintObject>[0]): string {
  const lines = fields.flatMap(([name, type, schema]) => [...fieldComment(schema), `${name}: ${type};`]);
  return lines.length === 0 ? '{}' : `{\n${indented(lines.join('\n'))}\n}`;
}

export function indented(text: string): string {
  return text.replace(/^(?=.)/gm, '  ');
}

/** `/** Mail address. Example: "jane@example.com" *\/`, as a list of no or one line. */
function fieldComment({ description, example }: JsonSchema): string[] {
  const shown = example === undefined ? [] : [`Example: ${JSON.stringify(example)}`];
  return docComment([description ?? [], shown].flat().join(' '));
}

/** Returns the lines of a comment. Empty without a text. */
export function docComment(text: string): string[] {
  return text === '' ? [] : [`/** ${text.replaceAll('*/', '*\\/')} */`];
}

function keyOf(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name);
}
