/** Input schemas that fit into the context of a model. */
import type { JsonSchema } from './json-schema.ts';

/** Limit of a schema with the texts of nested inputs, as JSON. A larger one only keeps those of the first level. */
const MAX_DESCRIBED_BYTES = 8_000;

/** Returns the schema of a payload with two levels of inputs. */
export function schemaForAgents(payload: JsonSchema): JsonSchema {
  const shown = truncateSchema(payload, 2);
  return Buffer.byteLength(JSON.stringify(shown)) <= MAX_DESCRIBED_BYTES ? shown : withoutNestedTexts(shown, 0);
}

function withoutNestedTexts(schema: JsonSchema, depth: number): JsonSchema {
  const { description, examples, properties, items, anyOf, ...rest } = schema;
  const inner = (part: JsonSchema): JsonSchema => withoutNestedTexts(part, depth);
  return {
    ...rest,
    ...(description === undefined || depth > 1 ? {} : { description }),
    // An open enumeration needs its values.
    ...(examples === undefined || (depth > 1 && examples.length === 1) ? {} : { examples }),
    ...(properties === undefined
      ? {}
      : { properties: eachOf(properties, (part) => withoutNestedTexts(part, depth + 1)) }),
    ...(items === undefined ? {} : { items: inner(items) }),
    ...(anyOf === undefined ? {} : { anyOf: anyOf.map(inner) }),
  };
}

/** Complete schemas would fill the context of a model, so objects below the second level have no fields. */
function truncateSchema(schema: JsonSchema, levels: number): JsonSchema {
  const { properties, items, anyOf, additionalProperties, example, ...rest } = schema;
  if (levels === 0 && properties !== undefined)
    return { type: rest.type ?? 'object', description: "fields as Stripe's API names them" };
  const values = rest.enum !== undefined && rest.enum.length > 40 ? { enum: undefined, ...typesOf(rest.enum) } : {};
  const examples = rest.examples !== undefined && rest.examples.length > 40 ? { examples: undefined } : {};
  return JSON.parse(
    JSON.stringify({
      ...rest,
      ...values,
      ...examples,
      ...(example === undefined || rest.examples !== undefined ? {} : { examples: [example] }),
      ...(properties === undefined
        ? {}
        : { properties: eachOf(properties, (jsonSchema) => truncateSchema(jsonSchema, levels - 1)) }),
      ...(items === undefined ? {} : { items: truncateSchema(items, Math.max(0, levels - 1)) }),
      ...(anyOf === undefined ? {} : { anyOf: anyOf.map((jsonSchema) => truncateSchema(jsonSchema, levels)) }),
      ...(additionalProperties === undefined ? {} : { additionalProperties }),
    }),
  ) as JsonSchema;
}

/** The type of a long enumeration, in place of its values. Includes null if that is a value. */
function typesOf(values: readonly unknown[]): Pick<JsonSchema, 'type'> {
  return { type: [...new Set(values.map((value) => (value === null ? 'null' : typeof value)))] };
}

export function eachOf(
  properties: Readonly<Record<string, JsonSchema>>,
  change: (jsonSchema: JsonSchema) => JsonSchema,
): Readonly<Record<string, JsonSchema>> {
  return Object.fromEntries(Object.entries(properties).map(([name, jsonSchema]) => [name, change(jsonSchema)]));
}
