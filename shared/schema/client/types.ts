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

  type(schema: JsonSchema): string {
    return this.met.get(this.text(schema))?.name ?? written(schema, (jsonSchema) => this.type(jsonSchema));
  }

  declarations(): string[] {
    return [...this.met.values()].flatMap(({ name, schema }) =>
      name === undefined ? [] : [`export type ${name} = ${written(schema, (jsonSchema) => this.type(jsonSchema))};`],
    );
  }

  /** Returns the TypeScript type of a schema, without names of types. Equal schemas have the same text. */
  private text(schema: JsonSchema): string {
    const text = this.plain.get(schema) ?? written(schema, (jsonSchema) => this.text(jsonSchema));
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

function written(schema: JsonSchema, type: (inner: JsonSchema) => string): string {
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map(type))].join(' | ');
  if (schema.type === undefined) return 'unknown';
  return [schema.type]
    .flat()
    .map((name) => ofType(name, schema, type))
    .join(' | ');
}

function ofType(name: string, schema: JsonSchema, type: (inner: JsonSchema) => string): string {
  switch (name) {
    case 'integer':
    case 'number':
      return 'number';
    case 'array':
      return schema.items === undefined ? 'readonly unknown[]' : `readonly (${type(schema.items)})[]`;
    case 'object':
      return ofObject(schema, type);
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
) {
  const free = typeof additionalProperties === 'object' ? type(additionalProperties) : 'unknown';
  if (properties === undefined) return `Readonly<Record<string, ${free}>>`;
  const fields = Object.entries(properties).map(
    ([name, jsonSchema]) => `${keyOf(name)}${required.includes(name) ? '' : '?'}: ${type(jsonSchema)}`,
  );
  return `{ ${fields.join('; ')} }`;
}

function keyOf(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name);
}
