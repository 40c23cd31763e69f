import { definedFields } from '../defined-fields.ts';
import type { NumberBounds, RequestLimits } from '../operations/request/limits.ts';
import { base64Length, BASE64_PATTERN, FILE_NAME_PATTERN, MEDIA_TYPE_PATTERN } from '../catalog/file-inputs.ts';
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
  /** Known values. Other values are allowed too. */
  readonly examples?: readonly unknown[];
  /** A value that is accepted. */
  readonly example?: unknown;
  readonly contentEncoding?: 'base64';
}

/** The schema of an id. */
export const ID_SCHEMA: JsonSchema = { type: 'string', minLength: 1, maxLength: MAX_ID_LENGTH, pattern: ID_PATTERN };
export const OPERATION_ID_SCHEMA: JsonSchema = { type: 'string', pattern: OPERATION_ID_PATTERN };

/** Returns the schema of `fields` and `expand`. */
export function namesSchema({ maxListed }: RequestLimits): JsonSchema {
  return { type: 'array', items: { type: 'string', pattern: '\\S' }, maxItems: maxListed };
}

/** Returns the schema of an integer within bounds. */
export function boundedInteger({ min, max, ...rest }: NumberBounds & { readonly default?: number }): JsonSchema {
  return { type: 'integer', minimum: min, maximum: max, ...rest };
}

export interface SchemaRules {
  /** The entity or action of the inputs. It determines which amounts may be negative. */
  readonly entity: string;
  readonly kind: 'create' | 'update' | 'action';
  /** API v2 accepts JSON, which has empty lists, empty objects and null. A form has none of these. */
  readonly json: boolean;
  readonly limits: RequestLimits;
  readonly describe?: DescribeField;
}

/**
 * Returns the schema of an input in its canonical form: PascalCase at the top level, Stripe's names below it, and typed
 * values.
 *
 * `operations/request/params` also accepts other forms, because integrations send strings: numbers and booleans as
 * strings, objects and arrays as JSON strings, an empty string instead of a null that clears a field, joined names
 * (`AddressCity`), and PascalCase below the top level.
 */
export function inputSchema(fields: Fields, rules: SchemaRules): JsonSchema {
  const { properties = {}, required, ...schema } = objectSchema(fields, [], rules);
  return definedFields({
    ...schema,
    properties: Object.fromEntries(Object.entries(properties).map(([key, jsonSchema]) => [pascal(key), jsonSchema])),
    required: required === undefined ? undefined : required.map(pascal),
  });
}

function objectSchema(fields: Fields, path: readonly string[], rules: SchemaRules): JsonSchema {
  const entries = Object.entries(fields);
  const required = entries.filter(([, field]) => field.required).map(([key]) => key);
  return definedFields({
    type: 'object',
    properties: Object.fromEntries(entries.map(([key, field]) => [key, fieldSchema(field, [...path, key], rules)])),
    required: required.length === 0 ? undefined : required,
    additionalProperties: false,
  });
}

function fieldSchema(field: Field, path: readonly string[], rules: SchemaRules): JsonSchema {
  const valueSchema = typeSchema(field.type, path, rules, field.nullable === true);
  const schema = field.nullable === true || clearsText(field, rules) ? orNull(valueSchema) : valueSchema;
  return rules.describe === undefined ? schema : withText(schema, rules.describe(path, field));
}

/**
 * Adds the text of a field to its schema. A description in the schema of a text form takes precedence, because it is
 * more exact.
 */
function withText(schema: JsonSchema, { example, ...description }: FieldText): JsonSchema {
  return definedFields({
    ...description,
    ...schema,
    example: schema.examples === undefined ? example : undefined,
  });
}

/**
 * Returns whether null clears a field that Stripe's types do not mark as nullable: an optional string of an Update, as
 * in `operations/request/params/read-value.ts`.
 */
function clearsText({ type, required }: Field, { kind }: SchemaRules): boolean {
  return kind === 'update' && type === 'string' && required !== true;
}

/**
 * The keys that `operations/request/params/keys.ts` accepts. That file also checks keys in values that no schema
 * describes.
 */
const MAP_KEY: JsonSchema = { pattern: '^[^\\[\\]]+$' };

/** Returns the schema of a text form. The schema limits the length of base64, and the functions also check the bytes. */
function textSchema(form: TextForm, { maxFileBytes }: RequestLimits): JsonSchema {
  switch (form) {
    case 'base64':
      return {
        type: 'string',
        description: `The file as base64, padded with =. At most ${maxFileBytes} bytes.`,
        contentEncoding: 'base64',
        minLength: 4,
        maxLength: base64Length(maxFileBytes),
        pattern: BASE64_PATTERN,
      };
    case 'fileName':
      return { type: 'string', pattern: FILE_NAME_PATTERN };
    case 'mediaType':
      return { type: 'string', pattern: MEDIA_TYPE_PATTERN };
  }
}

const MAX_NUMBER = Number.MAX_SAFE_INTEGER;

function typeSchema(fieldType: FieldType, path: readonly string[], rules: SchemaRules, nullable = false): JsonSchema {
  if (typeof fieldType === 'string') return scalarSchema(fieldType, path, rules);
  if ('enum' in fieldType) return fieldType.open === true ? openEnum(fieldType.enum) : { enum: fieldType.enum };
  if ('text' in fieldType) return textSchema(fieldType.text, rules.limits);
  if ('reference' in fieldType) return scalarSchema('string', path, rules);
  if ('range' in fieldType) return scalarSchema('integer', path, rules);
  if ('anyOf' in fieldType)
    return { anyOf: fieldType.anyOf.map((alternative) => typeSchema(alternative, path, rules, nullable)) };
  if ('array' in fieldType) {
    const items = typeSchema(fieldType.array, path, rules);
    return definedFields({ type: 'array', items, minItems: rules.json || nullable ? undefined : 1 });
  }
  // JSON (API v2) may have an empty object. A form (API v1) cannot send one and could not clear a field with it, so it
  // is an error, except in a Create: there an empty object for a nullable field is sent as an empty value.
  const minProperties = rules.json || (nullable && rules.kind === 'create') ? undefined : 1;
  if ('map' in fieldType) {
    const values = typeSchema(fieldType.map, [...path, '*'], rules);
    return definedFields({
      type: 'object',
      propertyNames: MAP_KEY,
      additionalProperties: fieldType.map === 'string' ? orNull(values) : values,
      minProperties,
    });
  }
  const object = objectSchema(fieldType.object, path, rules);
  return Object.keys(fieldType.object).length === 0 || object.required !== undefined
    ? object
    : definedFields({ ...object, minProperties });
}

function scalarSchema(scalar: Scalar, path: readonly string[], rules: SchemaRules): JsonSchema {
  const notNegative = isAmount(path.at(-1) ?? '') && !mayBeNegative(rules.entity, path);
  switch (scalar) {
    case 'integer':
      return { type: 'integer', minimum: notNegative ? 0 : -MAX_NUMBER, maximum: MAX_NUMBER };
    case 'number':
      return { type: 'number', minimum: notNegative ? 0 : -MAX_NUMBER, maximum: MAX_NUMBER };
    case 'decimal':
      return { type: 'string', pattern: `^${notNegative ? '' : '-?'}\\d{1,20}(\\.\\d{1,12})?$` };
    case 'boolean':
      return { type: 'boolean' };
    case 'string':
      return definedFields({ type: 'string', pattern: notNegative ? '^(?!-)' : undefined });
    case 'json':
      return {};
  }
}

/** Returns the schema of an open enum. It accepts every non-empty string and has the known values as examples. */
function openEnum(values: readonly (string | number | boolean)[]): JsonSchema {
  return { type: 'string', minLength: 1, examples: values };
}

/** Returns a schema that also accepts null. */
function orNull(schema: JsonSchema): JsonSchema {
  if (typeof schema.type === 'string') return { ...schema, type: [schema.type, 'null'] };
  if (schema.enum !== undefined) return { enum: [...schema.enum, null] };
  if (schema.anyOf !== undefined) return { anyOf: [...schema.anyOf, { type: 'null' }] };
  // A schema without these keywords accepts every value.
  return schema;
}
