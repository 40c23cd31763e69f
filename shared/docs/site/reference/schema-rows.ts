import type { JsonSchema } from '../../../schema/json-schema.ts';

/** One input of an operation, with its members after it. */
export interface InputRow {
  /** Joined with dots as in the body: `Address.city`; `Items[].price` inside a list. */
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly description: string;
}

/** Values that a cell shows. */
const MAX_SHOWN_VALUES = 12;

/** Returns the inputs of a schema, the required ones first, with the members of objects and lists. */
export function inputRows(schema: JsonSchema, before = ''): InputRow[] {
  const required = new Set(schema.required ?? []);
  const properties = Object.entries(schema.properties ?? {});
  const ordered = [
    ...properties.filter(([name]) => required.has(name)),
    ...properties.filter(([name]) => !required.has(name)),
  ];
  return ordered.flatMap(([key, member]) => {
    const name = before + key;
    const row = { name, type: typeText(member), required: required.has(key), description: textOfSchema(member) };
    return [row, ...membersOf(member, name)];
  });
}

function membersOf(schema: JsonSchema, name: string): InputRow[] {
  const object = waysOf(schema).find(({ properties }) => properties !== undefined);
  if (object !== undefined) return inputRows(object, `${name}.`);
  const items = waysOf(schema).find((way) => way.items !== undefined)?.items;
  return items === undefined ? [] : membersOf(items, `${name}[]`);
}

function waysOf(schema: JsonSchema): readonly JsonSchema[] {
  return schema.anyOf ?? schema.oneOf ?? [schema];
}

function typeText(schema: JsonSchema): string {
  const names = waysOf(schema).map((way) => {
    if (way.items !== undefined) return `list of ${pluralType(typeText(way.items))}`;
    if (way.enum !== undefined) return way.enum.length === 1 ? JSON.stringify(way.enum[0]) : 'enum';
    if (way.type === undefined) return way.const === undefined ? 'any' : JSON.stringify(way.const);
    const types = typeof way.type === 'string' ? [way.type] : way.type;
    return types.join(' or ');
  });
  return [...new Set(names)].join(' or ');
}

function pluralType(type: string): string {
  return /^(object|string|integer|number|boolean|enum)$/.test(type) ? `${type}s` : type;
}

function textOfSchema(schema: JsonSchema): string {
  const values = waysOf(schema).find((way) => way.enum !== undefined && way.enum.length > 1)?.enum ?? [];
  return withValues(schema.description, values);
}

/** A description with the values of an enumeration. */
export function withValues(description: string | undefined, values: readonly unknown[]): string {
  if (values.length === 0) return description ?? '';
  const shown = values.slice(0, MAX_SHOWN_VALUES).map((value) => `\`${String(value)}\``);
  const rest = values.length > MAX_SHOWN_VALUES ? `, and ${values.length - MAX_SHOWN_VALUES} more` : '';
  return [description, `One of ${shown.join(', ')}${rest}.`].filter((text) => text !== undefined).join(' ');
}
