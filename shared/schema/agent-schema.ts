/**
 * Input schemas for language models. They are short, so that they fit into the context. `loosen` makes them valid for
 * API versions that the catalog does not describe.
 */
import { definedFields } from '../defined-fields.ts';
import type { JsonSchema } from './json-schema.ts';

/** Schemas that are larger than this, as JSON, have descriptions only at their first level, to save context. */
const MAX_DESCRIBED_BYTES = 8_000;

/** Returns the schema of a payload with two levels of inputs. */
export function schemaForAgents(payload: JsonSchema): JsonSchema {
  const truncated = truncateSchema(payload, 2);
  return Buffer.byteLength(JSON.stringify(truncated)) <= MAX_DESCRIBED_BYTES
    ? truncated
    : withoutNestedTexts(truncated, 0);
}

/** Removes descriptions and single examples below the first level. */
function withoutNestedTexts(schema: JsonSchema, depth: number): JsonSchema {
  const { description, examples, properties, items, anyOf, ...rest } = schema;
  const isNested = depth > 1;
  const sameLevel = (part: JsonSchema): JsonSchema => withoutNestedTexts(part, depth);
  return definedFields({
    ...rest,
    description: isNested ? undefined : description,
    // Several examples are the values of an open enum, which the model needs.
    examples: isNested && examples?.length === 1 ? undefined : examples,
    properties: properties && mapProperties(properties, (part) => withoutNestedTexts(part, depth + 1)),
    items: items && sameLevel(items),
    anyOf: anyOf?.map(sameLevel),
  });
}

/** Enumerations with more values are replaced by their types, and longer lists of examples are omitted. */
const MAX_LISTED_VALUES = 40;

/**
 * Removes the fields of objects that are nested deeper than `levels`, because a complete schema would fill the context
 * of a model.
 */
function truncateSchema(schema: JsonSchema, levels: number): JsonSchema {
  const { properties, items, anyOf, enum: values, examples, example, ...rest } = schema;
  if (levels === 0 && properties !== undefined)
    return { type: rest.type ?? 'object', description: "fields as Stripe's API names them" };
  const hasManyValues = values !== undefined && values.length > MAX_LISTED_VALUES;
  return definedFields({
    ...rest,
    type: hasManyValues ? typesOf(values) : rest.type,
    enum: hasManyValues ? undefined : values,
    examples: listedExamples(examples, example),
    properties: properties && mapProperties(properties, (part) => truncateSchema(part, levels - 1)),
    items: items && truncateSchema(items, Math.max(0, levels - 1)),
    anyOf: anyOf?.map((part) => truncateSchema(part, levels)),
  });
}

/**
 * Returns a schema that accepts unknown names and values and missing inputs, for an API version that the catalog does
 * not describe.
 */
export function loosen(schema: JsonSchema): JsonSchema {
  const { required: _required, enum: values, properties, items, anyOf, additionalProperties, ...rest } = schema;
  const description = values === undefined ? {} : { description: `such as ${values.join(', ')}` };
  return definedFields({
    ...description,
    ...rest,
    properties: properties && mapProperties(properties, loosen),
    items: items && loosen(items),
    anyOf: anyOf?.map(loosen),
    additionalProperties: typeof additionalProperties === 'object' ? loosen(additionalProperties) : undefined,
  });
}

/**
 * Returns the value of the keyword `examples`, into which an `example` is moved, because MCP clients do not support
 * `example`. A list of more than MAX_LISTED_VALUES examples is omitted.
 */
function listedExamples(examples: JsonSchema['examples'], example: unknown): JsonSchema['examples'] | undefined {
  if (examples !== undefined) return examples.length > MAX_LISTED_VALUES ? undefined : examples;
  return example === undefined ? undefined : [example];
}

/** Returns the types of the values of a long enum, which replace the values. */
function typesOf(values: readonly unknown[]): readonly string[] {
  return [...new Set(values.map((value) => (value === null ? 'null' : typeof value)))];
}

/** Applies a function to the schema of each property. */
function mapProperties(
  properties: Readonly<Record<string, JsonSchema>>,
  change: (jsonSchema: JsonSchema) => JsonSchema,
): Readonly<Record<string, JsonSchema>> {
  return Object.fromEntries(Object.entries(properties).map(([name, jsonSchema]) => [name, change(jsonSchema)]));
}
