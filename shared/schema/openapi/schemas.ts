import { OPERATION_ID_SCHEMA, type JsonSchema } from '../json-schema.ts';

/** A schema of an OpenAPI document: JSON Schema, and references to components. */
export type Schema = JsonSchema | { readonly $ref: string } | { readonly [key: string]: unknown };

export function ref(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` };
}

/** The body of every error response. https://cloud.google.com/apis/design/errors */
export const ERROR: Schema = {
  type: 'object',
  description: "Google's canonical error; the details have the reason, the effect and Stripe's error",
  properties: {
    error: {
      type: 'object',
      properties: {
        code: { type: 'integer', description: 'the HTTP status' },
        status: { type: 'string', description: 'such as INVALID_ARGUMENT' },
        message: { type: 'string' },
        details: { type: 'array', items: { type: 'object' } },
      },
      required: ['code', 'status', 'message', 'details'],
    },
  },
  required: ['error'],
};

/** The header of writes. */
export const KEY_PARAMETER = {
  name: 'Idempotency-Key',
  in: 'header',
  description: 'repeated calls with the same key have one effect; generated if absent',
  schema: OPERATION_ID_SCHEMA,
} as const;

export function json(schema: Schema): { readonly 'application/json': { readonly schema: Schema } } {
  return { 'application/json': { schema } };
}

export function responses(schema: Schema, description: string): Readonly<Record<string, unknown>> {
  return {
    '200': { description, content: json(schema) },
    default: { description: 'an error', content: json(ref('Error')) },
  };
}

/** A schema of an object with one member. */
export function wrapIn(name: string, schema: Schema, required: boolean): Schema {
  return {
    type: 'object',
    properties: { [name]: schema },
    ...(required ? { required: [name] } : {}),
  };
}
