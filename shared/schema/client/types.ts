import { pascal } from '../../catalog/names.ts';
import type { JsonSchema } from '../json-schema.ts';

/** Minimum number of characters of a type that gets a name. A shorter type is easier to read in its place. */
const MIN_NAMED_LENGTH = 60;

/**
 * Converts schemas to TypeScript types. A type that occurs several times is declared once, with the name of its field.
 */
export class NamedTypes {
  private readonly texts = new WeakMap<JsonSchema, string>();
  private readonly collected = new Map<
    string,
    { readonly schema: JsonSchema; readonly field: string; name?: string }
  >();
  private readonly usedNames = new Set<string>();

  /** @param reserved names that other types of the file have */
  constructor(reserved: readonly string[]) {
    for (const name of reserved) this.usedNames.add(name);
  }

  /** Finds the types that occur several times. Call it with every schema before the first one is converted. */
  collect(schema: JsonSchema, field: string): void {
    const text = this.text(schema);
    if (text.length > MIN_NAMED_LENGTH && (schema.properties ?? schema.enum ?? schema.examples) !== undefined) {
      const earlier = this.collected.get(text);
      if (earlier !== undefined) {
        earlier.name ??= this.unusedName(earlier.field);
        return;
      }
      this.collected.set(text, { schema, field });
    }
    for (const [name, jsonSchema] of innerSchemas(schema, field)) this.collect(jsonSchema, name);
  }

  /** Returns the name of the type if it is declared, or else the type itself. */
  type(schema: JsonSchema): string {
    return this.collected.get(this.text(schema))?.name ?? this.readable(schema);
  }

  /** Returns the declarations of the types that have a name. */
  declarations(): string[] {
    return [...this.collected.values()].flatMap(({ name, schema }) =>
      name === undefined ? [] : [`export type ${name} = ${this.readable(schema)};`],
    );
  }

  /** Returns the type with comments and one line for each field. */
  private readable(schema: JsonSchema): string {
    return printType(schema, (jsonSchema) => this.type(jsonSchema), readableObject);
  }

  /** Returns the type without comments and without the names of declared types. Equal schemas have the same text. */
  private text(schema: JsonSchema): string {
    const text = this.texts.get(schema) ?? printType(schema, (jsonSchema) => this.text(jsonSchema), shortObject);
    this.texts.set(schema, text);
    return text;
  }

  private unusedName(field: string): string {
    const base = pascal(field).replace(/\W/g, '');
    for (let count = 1; ; count += 1) {
      const name = count === 1 ? base : `${base}${count}`;
      if (this.usedNames.has(name)) continue;
      this.usedNames.add(name);
      return name;
    }
  }
}

/** Returns the schemas inside a schema, each with the name of its field. */
function innerSchemas({ properties = {}, items, anyOf = [], additionalProperties }: JsonSchema, field: string) {
  const unnamed = [
    ...(items === undefined ? [] : [items]),
    ...anyOf,
    ...(typeof additionalProperties === 'object' ? [additionalProperties] : []),
  ];
  return [...Object.entries(properties), ...unnamed.map((jsonSchema): [string, JsonSchema] => [field, jsonSchema])];
}

/** Prints an object type from its fields: the name, with `?` if optional, the type, and the schema. */
type PrintObject = (fields: readonly (readonly [name: string, type: string, schema: JsonSchema])[]) => string;

/**
 * Returns the type of a schema as text. `type` prints a schema inside it, and `print` joins the printed fields of an
 * object.
 */
function printType(schema: JsonSchema, type: (inner: JsonSchema) => string, print: PrintObject): string {
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map(type))].join(' | ');
  if (schema.type === undefined) return 'unknown';
  return [schema.type]
    .flat()
    .map((name) => printNamedType(name, schema, type, print))
    .join(' | ');
}

function printNamedType(
  name: string,
  schema: JsonSchema,
  type: (inner: JsonSchema) => string,
  print: PrintObject,
): string {
  switch (name) {
    case 'integer':
    case 'number':
      return 'number';
    case 'array':
      return schema.items === undefined ? 'readonly unknown[]' : `readonly (${type(schema.items)})[]`;
    case 'object':
      return printObject(schema, type, print);
    case 'string':
      return schema.examples === undefined ? name : printOpenEnum(schema.examples);
    default:
      return name;
  }
}

/** Prints an open enum. Editors suggest the known values, and the compiler accepts every string. */
function printOpenEnum(values: readonly unknown[]): string {
  return `${values.map((value) => JSON.stringify(value)).join(' | ')} | (string & Record<never, never>)`;
}

function printObject(
  { properties, required = [], additionalProperties }: JsonSchema,
  type: (inner: JsonSchema) => string,
  print: PrintObject,
): string {
  const valueType = typeof additionalProperties === 'object' ? type(additionalProperties) : 'unknown';
  if (properties === undefined) return `Readonly<Record<string, ${valueType}>>`;
  return print(
    Object.entries(properties).map(([name, jsonSchema]) => [
      `${keyOf(name)}${required.includes(name) ? '' : '?'}`,
      type(jsonSchema),
      jsonSchema,
    ]),
  );
}

/** Prints an object type in one line, without comments. */
function shortObject(fields: Parameters<PrintObject>[0]): string {
  return `{ ${fields.map(([name, type]) => `${name}: ${type}`).join('; ')} }`;
}

/** Prints an object type with one line and a comment for each field. */
function readableObject(fields: Parameters<PrintObject>[0]): string {
  const lines = fields.flatMap(([name, type, schema]) => [...fieldComment(schema), `${name}: ${type};`]);
  return lines.length === 0 ? '{}' : `{\n${indented(lines.join('\n'))}\n}`;
}

export function indented(text: string): string {
  return text.replace(/^(?=.)/gm, '  ');
}

/**
 * Returns the comment of a field as one line, such as `/** Mail address. Example: "jane@example.com" *\/`. Empty without a
 * description and an example.
 */
function fieldComment({ description, example }: JsonSchema): string[] {
  const exampleText = example === undefined ? [] : [`Example: ${JSON.stringify(example)}`];
  return docComment([description ?? [], exampleText].flat().join(' '));
}

/** Returns the lines of a comment. Empty without a text. */
export function docComment(text: string): string[] {
  return text === '' ? [] : [`/** ${text.replaceAll('*/', '*\\/')} */`];
}

function keyOf(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name);
}
