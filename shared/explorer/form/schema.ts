import type { JsonSchema } from '../../schema/json-schema.ts';

/** The kind of input for a value of a schema. */
export type Widget = 'text' | 'number' | 'boolean' | 'choice' | 'fields' | 'json';

/** Returns the kind of input for a schema. */
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

/**
 * Converts a text to the value that it represents. Any other text is sent unchanged, so that the connector reports the
 * error.
 */
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

/** Returns the schemas of the alternatives of an input; most have one. */
export function waysOf(schema: JsonSchema): readonly JsonSchema[] {
  return schema.anyOf ?? [schema];
}
