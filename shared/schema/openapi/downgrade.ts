import { definedFields } from '../../defined-fields.ts';
import type { Document } from './document.ts';
import type { Schema } from './schemas.ts';

/**
 * Returns the document for clients that support only OpenAPI 3.0, such as custom connectors. `paths` and `schemas` are
 * already converted, by `downgradeEntry`. In 3.0 a type is one name, null is `nullable`, base64 is a `format`, and
 * `const`, `propertyNames` and lists of `examples` do not exist.
 * https://spec.openapis.org/oas/v3.0.3#schema-object
 */
export function downgrade(
  { components, ...rest }: { readonly components: object; readonly [key: string]: unknown },
  paths: Document['paths'],
  schemas: Readonly<Record<string, Schema>>,
): Document {
  return {
    ...(downgradeNode(rest) as SchemaNode),
    openapi: '3.0.3',
    paths,
    components: { ...(downgradeNode(components) as SchemaNode), schemas },
  };
}

type SchemaNode = Readonly<Record<string, unknown>>;

/**
 * Converts one path or one named schema. The caller converts them in chunks, because the complete document would block the
 * event loop for a quarter of a second.
 */
export function downgradeEntry([name, value]: readonly [string, unknown]): [string, Schema] {
  return [name, downgradeNode(value) as Schema];
}

function downgradeNode(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(downgradeNode);
  if (typeof value !== 'object' || value === null) return value;
  const supported = Object.entries(value).filter(
    ([key, value]) => key !== 'propertyNames' && !(key === 'examples' && Array.isArray(value)),
  );
  const node = Object.fromEntries(
    supported.map(([key, value]) => (key === 'contentEncoding' ? ['format', 'byte'] : [key, downgradeNode(value)])),
  );
  return isSchema(node) ? downgradeSchema(node) : node;
}

/** Returns whether a node is a schema that must be converted. Only schemas have these keywords. */
function isSchema({ type, anyOf, enum: values, const: only }: SchemaNode): boolean {
  return Array.isArray(type) || Array.isArray(anyOf) || Array.isArray(values) || typeof only === 'string';
}

function downgradeSchema({ const: fixed, ...schema }: SchemaNode): SchemaNode {
  if (typeof fixed === 'string') return { ...schema, type: 'string', enum: [fixed] };
  const { type, anyOf, enum: values } = schema;
  if (Array.isArray(type)) return downgradeTypes(schema, type as string[]);
  if (Array.isArray(anyOf)) return downgradeAlternatives(schema, anyOf as SchemaNode[]);
  return Array.isArray(values) ? downgradeEnum(schema, values as unknown[]) : schema;
}

/** Converts a list of types to one type, or to one alternative per type. */
function downgradeTypes(
  { type: _type, anyOf: _anyOf, enum: values, ...schema }: SchemaNode,
  allTypes: readonly string[],
): SchemaNode {
  const types = allTypes.filter((name) => name !== 'null');
  const nullable = types.length < allTypes.length ? true : undefined;
  const [type] = types;
  if (types.length === 1) return definedFields({ ...schema, type, enum: values, nullable });
  const anyOf = types.map((name) => definedFields({ type: name, items: name === 'array' ? {} : undefined, nullable }));
  return { ...schema, anyOf };
}

/** Removes the alternative null. The other alternatives become nullable. */
function downgradeAlternatives(
  { type: _type, enum: _enum, ...schema }: SchemaNode,
  all: readonly SchemaNode[],
): SchemaNode {
  const variants = all.filter((variant) => variant['type'] !== 'null');
  // `nullable` has a meaning only together with `type`.
  const withNull = (variant: SchemaNode): SchemaNode => ('type' in variant ? { ...variant, nullable: true } : variant);
  return { ...schema, anyOf: variants.length < all.length ? variants.map(withNull) : variants };
}

/** Adds the type of the values of an enum, if all values have the same type. */
function downgradeEnum(schema: SchemaNode, values: readonly unknown[]): SchemaNode {
  const types = new Set(values.filter((value) => value !== null).map((value) => typeof value));
  if (types.size !== 1) return schema;
  const [valueType] = types;
  return definedFields({
    ...schema,
    type: schema['type'] ?? valueType,
    nullable: values.includes(null) ? true : undefined,
  });
}
