import type { NumberBounds, RequestLimits } from '../operations/request/limits.ts';
import {
  BASE64_PATTERN,
  FILE_NAME_PATTERN,
  MAX_FILE_BYTES,
  MAX_BASE64_LENGTH,
  MEDIA_TYPE_PATTERN,
} from '../catalog/file-inputs.ts';
import { isAmount, mayBeNegative } from '../catalog/field-meaning.ts';
import { pascal } from '../catalog/names.ts';
import { ID_PATTERN, MAX_ID_LENGTH, OPERATION_ID_PATTERN } from '../operations/request/ids.ts';
import type { Field, Fields, Scalar, FieldType, TextForm } from '../catalog/types.ts';
import type { DescribeField, FieldText } from './field-text.ts';

/** The keywords of JSON Schema 2020-12 that the connector uses. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly title?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly propertyNames?: JsonSchema;
  readonly minProperties?: number;
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly enum?: readonly (string | number | boolean | null)[];
  readonly const?: string;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly not?: JsonSchema;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly default?: unknown;
  /** Known values. Others are allowed too. */
  readonly examples?: readonly unknown[];
  /** A value that is accepted. */
  readonly example?: unknown;
  readonly contentEncoding?: 'base64';
}

/** The pattern of an id. */
export const ID_SCHEMA: JsonSchema = { type: 'string', minLength: 1, maxLength: MAX_ID_LENGTH, pattern: ID_PATTERN };
export const OPERATION_ID_SCHEMA: JsonSchema = { type: 'string', pattern: OPERATION_ID_PATTERN };
/** `fields`, `expand` */
export function namesSchema({ maxListed }: RequestLimits): JsonSchema {
  return { type: 'array', items: { type: 'string', pattern: '\\S' }, maxItems: maxListed };
}

/** A number within its bounds. */
export function boundedInteger({ min, max, ...rest }: NumberBounds & { readonly default?: number }): JsonSchema {
  return { type: 'integer', minimum: min, maximum: max, ...rest };
}

export interface SchemaRules {
  /** The entity of these inputs: some amounts of some entities may be negative. */
  readonly entity: string;
  readonly kind: 'create' | 'update' | 'action';
  /** API v2 accepts JSON, which has empty lists, empty objects and null. A form has none of these. */
  readonly json: boolean;
  readonly describe?: DescribeField;
}

/**
 * Returns the schema of an input in its canonical form: PascalCase at the top level, Stripe's names inside, and typed
 * values. `operations/request/params` accepts everything that the schema accepts, and more, because integrations send
 * strings: numbers and booleans as strings, objects and arrays as JSON strings, an empty string in place of a null that
 * clears, joined names (`AddressCity`), and PascalCase inside.
 */
export function inputSchema(fields: Fields, rules: SchemaRules): JsonSchema {
  const { properties = {}, required, ...schema } = objectSchema(fields, [], rules);
  return {
    ...schema,
    properties: Object.fromEntries(Object.entries(properties).map(([key, jsonSchema]) => [pascal(key), jsonSchema])),
    ...(required === undefined ? {} : { required: required.map(pascal) }),
  };
}

function objectSchema(fields: Fields, path: readonly string[], rules: SchemaRules): JsonSchema {
  const entries = Object.entries(fields);
  const required = entries.filter(([, field]) => field.required).map(([key]) => key);
  return {
    type: 'object',
    properties: Object.fromEntries(entries.map(([key, field]) => [key, fieldSchema(field, [...path, key], rules)])),
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  };
}

function fieldSchema(field: Field, path: readonly string[], rules: SchemaRules): JsonSchema {
  const shape = shapeSchema(field.type, path, rules, field.nullable === true);
  const schema = field.nullable === true || clearsText(field, rules) ? orNull(shape) : shape;
  return rules.describe === undefined ? schema : withText(schema, rules.describe(path, field));
}

/** The text of a format is more exact than that of the field. */
function withText(schema: JsonSchema, { description, example }: FieldText): JsonSchema {
  return {
    ...(description === undefined ? {} : { description }),
    ...schema,
    ...(example === undefined || schema.examples !== undefined ? {} : { example }),
  };
}

/** A string that an Update can clear, as in `operations/request/params/types.ts`. */
function clearsText({ type, required }: Field, { kind }: SchemaRules): boolean {
  return kind === 'update' && type === 'string' && required !== true;
}

/**
 * The keys that `operations/request/params/keys.ts` accepts. It also checks keys inside values of any type, which no
 * schema describes.
 */
const MAP_KEY: JsonSchema = { pattern: '^[^\\[\\]]+$' };

/** The functions also check the length of base64: a multiple of four, minus the padding of the longest one. */
const TEXT_FORMS: Readonly<Record<TextForm, JsonSchema>> = {
  base64: {
    type: 'string',
    description: `The file as base64, padded with =. At most ${MAX_FILE_BYTES} bytes.`,
    contentEncoding: 'base64',
    minLength: 4,
    maxLength: MAX_BASE64_LENGTH,
    pattern: BASE64_PATTERN,
  },
  fileName: { type: 'string', pattern: FILE_NAME_PATTERN },
  mediaType: { type: 'string', pattern: MEDIA_TYPE_PATTERN },
};

const LARGEST = Number.MAX_SAFE_INTEGER;

function shapeSchema(shape: FieldType, path: readonly string[], rules: SchemaRules, nullable = false): JsonSchema {
  if (typeof shape === 'string') return scalarSchema(shape, path, rules);
  if ('enum' in shape) return shape.open === true ? openEnum(shape.enum) : { enum: shape.enum };
  if ('text' in shape) return TEXT_FORMS[shape.text];
  if ('reference' in shape) return scalarSchema('string', path, rules);
  if ('range' in shape) return scalarSchema('integer', path, rules);
  if ('anyOf' in shape) return { anyOf: shape.anyOf.map((fieldType) => shapeSchema(fieldType, path, rules, nullable)) };
  if ('array' in shape) {
    const items = shapeSchema(shape.array, path, rules);
    return { type: 'array', items, ...(rules.json || nullable ? {} : { minItems: 1 }) };
  }
  // Only null clears an object. In a Create an empty object means absent.
  const filled = rules.json || (nullable && rules.kind === 'create') ? {} : { minProperties: 1 };
  if ('map' in shape) {
    const values = shapeSchema(shape.map, [...path, '*'], rules);
    return {
      type: 'object',
      propertyNames: MAP_KEY,
      additionalProperties: shape.map === 'string' ? orNull(values) : values,
      ...filled,
    };
  }
  const object = objectSchema(shape.object, path, rules);
  return Object.keys(shape.object).length === 0 || object.required !== undefined ? object : { ...object, ...filled };
}

function scalarSchema(scalar: Scalar, path: readonly string[], rules: SchemaRules): JsonSchema {
  const positive = isAmount(path.at(-1) ?? '') && !mayBeNegative(rules.entity, path);
  switch (scalar) {
    case 'integer':
      return { type: 'integer', minimum: positive ? 0 : -LARGEST, maximum: LARGEST };
    case 'number':
      return { type: 'number', minimum: positive ? 0 : -LARGEST, maximum: LARGEST };
    case 'decimal':
      return { type: 'string', pattern: `^${positive ? '' : '-?'}\\d{1,20}(\\.\\d{1,12})?$` };
    case 'boolean':
      return { type: 'boolean' };
    case 'string':
      return { type: 'string', ...(positive ? { pattern: '^(?!-)' } : {}) };
    case 'json':
      return {};
  }
}

/** Any string. The description lists the known values. */
function openEnum(values: readonly (string | number | boolean)[]): JsonSchema {
  return { type: 'string', minLength: 1, examples: values };
}

function orNull(schema: JsonSchema): JsonSchema {
  if (typeof schema.type === 'string') return { ...schema, type: [schema.type, 'null'] };
  if (schema.enum !== undefined) return { enum: [...schema.enum, null] };
  if (schema.anyOf !== undefined) return { anyOf: [...schema.anyOf, { type: 'null' }] };
  // Any value, including null.
  return schema;
}
