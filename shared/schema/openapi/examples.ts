import type { JsonSchema } from '../json-schema.ts';

/** Inputs that an example shows in addition to the required ones. */
const FREQUENT_INPUTS: ReadonlySet<string> = new Set([
  'Amount',
  'Currency',
  'Customer',
  'Description',
  'Email',
  'Name',
  'PaymentIntent',
  'Product',
  'UnitAmount',
]);

/**
 * Returns an example of a schema. An object has its required members and `FREQUENT_INPUTS`, and its first member if
 * these are fewer than `minProperties`.
 */
export function exampleFor(schema: JsonSchema): unknown {
  const { example, examples, enum: values, anyOf, items, properties, additionalProperties, type } = schema;
  if (example !== undefined) return example;
  const [known = values?.[0]] = examples ?? [];
  if (known !== undefined) return known;
  if (anyOf?.[0] !== undefined) return exampleFor(anyOf[0]);
  if (items !== undefined) return [exampleFor(items)];
  if (properties !== undefined) return objectExample(schema, properties);
  if (typeof additionalProperties === 'object') return { order: exampleFor(additionalProperties) };
  return [type].flat().includes('object') ? {} : null;
}

function objectExample(
  { required = [], minProperties = 0 }: JsonSchema,
  properties: NonNullable<JsonSchema['properties']>,
) {
  const names = Object.keys(properties).filter((name) => required.includes(name) || FREQUENT_INPUTS.has(name));
  const [first] = Object.keys(properties);
  if (names.length < minProperties && first !== undefined) names.push(first);
  return Object.fromEntries(names.map((name) => [name, exampleFor(properties[name] ?? {})]));
}
