import type { JsonSchema } from '../../../schema/json-schema.ts';

/** One input of an operation, or a member of an input. */
export interface InputRow {
  /** The path in the body: `Address.city`, or `Items[].price` inside a list. */
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly description: string;
}

/** Maximum number of values that a cell shows. */
const MAX_SHOWN_VALUES = 12;

/** Returns the inputs of a schema, required ones first. The members of an object or a list follow their input. */
export function inputRows(schema: JsonSchema, prefix = ''): InputRow[] {
  const required = new Set(schema.required ?? []);
  const properties = Object.entries(schema.properties ?? {});
  const ordered = [
    ...properties.filter(([name]) => required.has(name)),
    ...properties.filter(([name]) => !required.has(name)),
  ];
  return ordered.flatMap(([key, member]) => {
    const name = prefix + key;
    const row = { name, type: typeText(member), required: required.has(key), description: schemaDescription(member) };
    return [row, ...membersOf(member, name)];
  });
}

function membersOf(schema: JsonSchema, name: string): InputRow[] {
  const object = variantsOf(schema).find(({ properties }) => properties !== undefined);
  if (object !== undefined) return inputRows(object, `${name}.`);
  const items = variantsOf(schema).find((variant) => variant.items !== undefined)?.items;
  return items === undefined ? [] : membersOf(items, `${name}[]`);
}

function variantsOf(schema: JsonSchema): readonly JsonSchema[] {
  return schema.anyOf ?? schema.oneOf ?? [schema];
}

function typeText(schema: JsonSchema): string {
  const names = variantsOf(schema).map(({ items, enum: values, type, const: constant }) => {
    if (items !== undefined) return `list of ${pluralType(typeText(items))}`;
    if (values !== undefined) return values.length === 1 ? JSON.stringify(values[0]) : 'enum';
    if (type === undefined) return constant === undefined ? 'any' : JSON.stringify(constant);
    const types = typeof type === 'string' ? [type] : type;
    return types.join(' or ');
  });
  return [...new Set(names)].join(' or ');
}

function pluralType(type: string): string {
  return /^(object|string|integer|number|boolean|enum)$/.test(type) ? `${type}s` : type;
}

function schemaDescription(schema: JsonSchema): string {
  const variant = variantsOf(schema).find(({ enum: values = [] }) => values.length > 1);
  const values = variant?.enum ?? [];
  return withValues(schema.description, values);
}

/** Returns a description, followed by the first values of an enumeration. */
export function withValues(description: string | undefined, values: readonly unknown[]): string {
  if (values.length === 0) return description ?? '';
  const shown = values.slice(0, MAX_SHOWN_VALUES).map((value) => `\`${String(value)}\``);
  const rest = values.length > MAX_SHOWN_VALUES ? `, and ${values.length - MAX_SHOWN_VALUES} more` : '';
  return [description, `One of ${shown.join(', ')}${rest}.`].filter((text) => text !== undefined).join(' ');
}
