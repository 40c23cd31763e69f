import type { Document } from './document.ts';
import type { Schema } from './schemas.ts';

/**
 * The same document for those that take OpenAPI 3.0 only, as custom connectors do. There a type is one name, null is
 * `nullable`, base64 is a `format`, and there is no `const`, no `propertyNames` and no list of `examples`. https://spec.openapis.org/oas/v3.0.3#schema-object
 */
export function downgrade(
  { components, ...rest }: { readonly components: object; readonly [key: string]: unknown },
  paths: Document['paths'],
  schemas: Readonly<Record<string, Schema>>,
): Document {
  return {
    ...(older(rest) as SchemaNode),
    openapi: '3.0.3',
    paths,
    components: { ...(older(components) as SchemaNode), schemas },
  };
}

type SchemaNode = Readonly<Record<string, unknown>>;

/** One path, or one schema by its name: a whole document takes a quarter of a second. */
export function olderEntry([name, value]: readonly [string, unknown]): [string, Schema] {
  return [name, older(value) as Schema];
}

function older(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(older);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(
    ([key, value]) => key !== 'propertyNames' && !(key === 'examples' && Array.isArray(value)),
  );
  const node = Object.fromEntries(
    kept.map(([key, value]) => (key === 'contentEncoding' ? ['format', 'byte'] : [key, older(value)])),
  );
  return isSchema(node) ? olderSchema(node) : node;
}

/** Of all that a document holds schemas alone have these. */
function isSchema({ type, anyOf, enum: values, const: only }: SchemaNode): boolean {
  return Array.isArray(type) || Array.isArray(anyOf) || Array.isArray(values) || typeof only === 'string';
}

function olderSchema({ const: fixed, ...schema }: SchemaNode): SchemaNode {
  if (typeof fixed === 'string') return { ...schema, type: 'string', enum: [fixed] };
  const { type, anyOf, enum: values, ...rest } = schema;
  if (Array.isArray(type)) {
    const types = (type as string[]).filter((name) => name !== 'null');
    const nullable = types.length < type.length ? { nullable: true } : {};
    const [value] = types;
    return types.length === 1
      ? { ...rest, type: value, ...(values === undefined ? {} : { enum: values }), ...nullable }
      : {
          ...rest,
          anyOf: types.map((each) => ({ type: each, ...(each === 'array' ? { items: {} } : {}), ...nullable })),
        };
  }
  if (Array.isArray(anyOf)) {
    const ways = (anyOf as SchemaNode[]).filter((way) => way['type'] !== 'null');
    // `nullable` says something only beside a `type`.
    const withNull = (way: SchemaNode): SchemaNode => ('type' in way ? { ...way, nullable: true } : way);
    return { ...rest, anyOf: ways.length < anyOf.length ? ways.map(withNull) : ways };
  }
  if (!Array.isArray(values)) return schema;
  const types = new Set((values as unknown[]).filter((value) => value !== null).map((value) => typeof value));
  const [only] = types;
  return {
    ...rest,
    ...(types.size === 1 ? { type: type ?? only } : {}),
    enum: values,
    ...(types.size === 1 && values.includes(null) ? { nullable: true } : {}),
  };
}
