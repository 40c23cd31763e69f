import type { JsonSchema } from '../schema/json-schema.ts';

/** How a value of a schema is put in. */
export type Widget = 'text' | 'number' | 'boolean' | 'choice' | 'fields' | 'json';

export function widgetOf(schema: JsonSchema): Widget {
  if (schema.enum !== undefined) return 'choice';
  const types = [schema.type ?? []].flat().filter((one) => one !== 'null');
  const [only] = types;
  if (types.length !== 1 || only === undefined) return 'json';
  if (only === 'integer' || only === 'number') return 'number';
  if (only === 'boolean') return 'boolean';
  if (only === 'string') return 'text';
  return only === 'object' && schema.properties !== undefined ? 'fields' : 'json';
}

/** A text as the value that it spells; what spells none goes as it is, and the connector says what is wrong. */
export function valueOf(widget: Widget, text: string): unknown {
  if (text === '') return undefined;
  if (widget === 'number') return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
  if (widget === 'boolean') return text === 'true';
  if (widget !== 'json') return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** The schemas of the ways to give an input; most have one. */
export function waysOf(schema: JsonSchema): readonly JsonSchema[] {
  return schema.anyOf ?? [schema];
}
