import { MAX_LISTED, MAX_ROWS_PER_PAGE, ROWS_A_PAGE } from '../bounds.ts';
import {
  BASE64_PATTERN,
  FILE_NAME_PATTERN,
  MAX_FILE_BYTES,
  MAX_BASE64_LENGTH,
  MEDIA_TYPE_PATTERN,
} from '../catalog/file-inputs.ts';
import { isAmount, mayBeNegative } from '../catalog/overrides.ts';
import { pascal } from '../catalog/names.ts';
import { ID_PATTERN, MAX_ID_LENGTH, OPERATION_ID_PATTERN } from '../operations/request/ids.ts';
import type { Field, Fields, Scalar, FieldType, TextForm } from '../catalog/types.ts';

/** The part of JSON Schema 2020-12 that is used. */
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
  /** Known values where others may stand too. */
  readonly examples?: readonly (string | number | boolean)[];
  readonly contentEncoding?: 'base64';
}

/** What an id may be, as text. */
export const ID_SCHEMA: JsonSchema = { type: 'string', minLength: 1, maxLength: MAX_ID_LENGTH, pattern: ID_PATTERN };
export const OPERATION_ID_SCHEMA: JsonSchema = { type: 'string', pattern: OPERATION_ID_PATTERN };
/** `fields`, `expand` */
export const NAMES_SCHEMA: JsonSchema = {
  type: 'array',
  items: { type: 'string', pattern: '\\S' },
  maxItems: MAX_LISTED,
};

/** Rows of a page of a List. */
export const PAGE_SIZE: JsonSchema = { type: 'integer', minimum: 1, maximum: MAX_ROWS_PER_PAGE, default: ROWS_A_PAGE };

export interface SchemaRules {
  /** Of whose inputs these are: some amounts of some entities may be negative. */
  readonly entity: string;
  readonly kind: 'create' | 'update' | 'action';
  /** API v2 takes JSON, which has empty lists, empty objects and null; a form has none of them. */
  readonly json: boolean;
}

/**
 * The schema of an input, in its one canonical spelling: PascalCase at the top, Stripe's own names inside, every value
 * of its own type. What it accepts `operations/request/params` accepts. That takes more besides, because integrations pass text: text
 * that spells a number or a boolean, JSON text for objects and arrays, an empty text where null clears, joined names
 * (`AddressCity`), PascalCase inside.
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
  const schema = shapeSchema(field.type, path, rules, field.nullable === true);
  return field.nullable === true || clearsText(field, rules) ? orNull(schema) : schema;
}

/** A plain text that an Update clears, as `operations/request/param-types` has it. */
function clearsText({ type, required }: Field, { kind }: SchemaRules): boolean {
  return kind === 'update' && type === 'string' && required !== true;
}

/** As `operations/request/param-keys` takes them. A key inside a value of any kind is held to the same, which no schema here says. */
const MAP_KEY: JsonSchema = { pattern: '^[^\\[\\]]+$' };

/** Of base64 the functions look at the length too: a multiple of four, and of the longest what its padding leaves. */
const TEXT_FORMS: Readonly<Record<TextForm, JsonSchema>> = {
  base64: {
    type: 'string',
    description: `the file as base64, padded with =; at most ${MAX_FILE_BYTES} bytes`,
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
  // Nothing but null says that an object is cleared; in a Create an empty one is none.
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

/** Any text; the values that are known are told. */
function openEnum(values: readonly (string | number | boolean)[]): JsonSchema {
  return { type: 'string', minLength: 1, examples: values };
}

function orNull(schema: JsonSchema): JsonSchema {
  if (typeof schema.type === 'string') return { ...schema, type: [schema.type, 'null'] };
  if (schema.enum !== undefined) return { enum: [...schema.enum, null] };
  if (schema.anyOf !== undefined) return { anyOf: [...schema.anyOf, { type: 'null' }] };
  // Any value: null too.
  return schema;
}
