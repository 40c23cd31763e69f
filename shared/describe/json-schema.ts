import { isAmount, mayBeNegative } from '../catalog/overrides.ts';
import { pascal } from '../catalog/names.ts';
import type { Field, Fields, Shape } from '../catalog/shapes.ts';

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
  readonly enum?: readonly (string | number | boolean | null)[];
  readonly const?: string;
  readonly anyOf?: readonly JsonSchema[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly default?: unknown;
}

export interface SchemaRules {
  /** Of whose inputs these are: some amounts of some entities may be negative. */
  readonly entity: string;
  /** In an Update null clears a field, and nothing is required at the top. */
  readonly kind: 'create' | 'update' | 'action';
}

/**
 * The schema of an input, in its one canonical spelling: PascalCase at the top, Stripe's own names inside, every value
 * of its own type. What it accepts `core/inputs` accepts. That takes more besides, because integrations pass text: text
 * that spells a number or a boolean, JSON text for objects and arrays, joined names (`AddressCity`), PascalCase inside.
 */
export function inputSchema(fields: Fields, rules: SchemaRules): JsonSchema {
  const entries = Object.entries(fields);
  const required = rules.kind === 'update' ? [] : entries.filter(([, field]) => field.required).map(([key]) => key);
  return {
    type: 'object',
    properties: Object.fromEntries(
      entries.map(([key, field]) => [pascal(key), fieldSchema(field, [key], rules, rules.kind !== 'update')]),
    ),
    ...(required.length === 0 ? {} : { required: required.map(pascal) }),
    additionalProperties: false,
  };
}

/** `needed`: whether a required field may not be left empty either. */
function fieldSchema(field: Field, path: readonly string[], rules: SchemaRules, needed: boolean): JsonSchema {
  const schema = shapeSchema(field.type, path, rules);
  if (!needed || field.required !== true) return orNull(schema);
  // An empty list is none, and null is no value.
  if (schema.type === 'array') return { ...schema, minItems: 1 };
  return field.type === 'json' ? { type: ['string', 'number', 'boolean', 'object', 'array'] } : schema;
}

/** As `core/input-keys` takes them. A key inside a value of any kind is held to the same, which no schema here says. */
const MAP_KEY: JsonSchema = { pattern: '^[^\\[\\]]+$' };

const LARGEST = Number.MAX_SAFE_INTEGER;

function shapeSchema(shape: Shape, path: readonly string[], rules: SchemaRules): JsonSchema {
  const name = path.at(-1) ?? '';
  const positive = isAmount(name) && !mayBeNegative(rules.entity, path);
  if (typeof shape === 'string') {
    switch (shape) {
      case 'integer':
        return { type: 'integer', minimum: positive ? 0 : -LARGEST, maximum: LARGEST };
      case 'number':
        return { type: 'number', ...(positive ? { minimum: 0 } : {}) };
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
  if ('enum' in shape) return { enum: shape.enum };
  if ('reference' in shape) return shapeSchema('string', path, rules);
  if ('range' in shape) return shapeSchema('integer', path, rules);
  if ('anyOf' in shape) return { anyOf: shape.anyOf.map((one) => shapeSchema(one, path, rules)) };
  if ('array' in shape) return { type: 'array', items: shapeSchema(shape.array, path, rules) };
  if ('map' in shape)
    return {
      type: 'object',
      propertyNames: MAP_KEY,
      additionalProperties: orNull(shapeSchema(shape.map, [...path, '*'], rules)),
    };
  const entries = Object.entries(shape.object);
  const required = entries.filter(([, field]) => field.required).map(([key]) => key);
  return {
    type: 'object',
    properties: Object.fromEntries(
      entries.map(([key, field]) => [key, fieldSchema(field, [...path, key], rules, rules.kind !== 'update')]),
    ),
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  };
}

function orNull(schema: JsonSchema): JsonSchema {
  if (typeof schema.type === 'string') return { ...schema, type: [schema.type, 'null'] };
  if (schema.enum !== undefined) return { enum: [...schema.enum, null] };
  if (schema.anyOf !== undefined) return { anyOf: [...schema.anyOf, { type: 'null' }] };
  // Any value: null too.
  return schema;
}
