/** Input schemas that fit into the context of a model. */
import type { JsonSchema } from './json-schema.ts';

/** Limit of a schema as JSON. In a larger schema the inputs below the first level have no descriptions. */
const MAX_DESCRIBED_BYTES = 8_000;

/** Returns the schema of a payload with two levels of inputs. */
export function schemaForAgents(payload: JsonSchema): JsonSchema {
  const truncated = truncateSchema(payload, 2);
  return Buffer.byteLength(JSON.stringify(truncated)) <= MAX_DESCRIBED_BYTES
    ? truncated
    : withoutNestedTexts(truncated, 0);
}

function withoutNestedTexts(schema: JsonSchema, depth: number): JsonSchema {
  const { description, examples, properties, items, anyOf, ...rest } = schema;
  const sameLevel = (part: JsonSchema): JsonSchema => withoutNestedTexts(part, depth);
  return {
    ...rest,
    ...(description === undefined || depth > 1 ? {} : { description }),
    // An open enumeration needs its values.
    ...(examples === undefined || (depth > 1 && examples.length === 1) ? {} : { examples }),
    ...(properties === undefined
      ? {}
      : { properties: mapProperties(properties, (part) => withoutNestedTexts(part, depth + 1)) }),
    ...(items === undefined ? {} : { items: sameLevel(items) }),
    ...(anyOf === undefined ? {} : { anyOf: anyOf.map(sameLevel) }),
  };
}

/** Removes the fields of objects below `levels` levels, because a complete schema would fill the context of a model. */
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
        : { properties: mapProperties(properties, (jsonSchema) => truncateSchema(jsonSchema, levels - 1)) }),
      ...(items === undefined ? {} : { items: truncateSchema(items, Math.max(0, levels - 1)) }),
      ...(anyOf === undefined ? {} : { anyOf: anyOf.map((jsonSchema) => truncateSchema(jsonSchema, levels)) }),
      ...(additionalProperties === undefined ? {} : { additionalProperties }),
    }),
  ) as JsonSchema;
}

/** Returns the types of the values of a long enumeration. They are shown instead of the values. */
function typesOf(values: readonly unknown[]): Pick<JsonSchema, 'type'> {
  return { type: [...new Set(values.map((value) => (value === null ? 'null' : typeof value)))] };
}

/** Applies a function to the schema of each property. */
export function mapProperties(
  properties: Readonly<Record<string, JsonSchema>>,
  change: (jsonSchema: JsonSchema) => JsonSchema,
): Readonly<Record<string, JsonSchema>> {
  return Object.fromEntries(Object.entries(properties).map(([name, jsonSchema]) => [name, change(jsonSchema)]));
}
