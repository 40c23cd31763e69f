import { OPERATION_ID_SCHEMA, type JsonSchema } from '../json-schema.ts';

/** A schema of an OpenAPI document: JSON Schema, and references to components. */
export type Schema = JsonSchema | { readonly $ref: string } | { readonly [key: string]: unknown };

export function ref(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` };
}

/** What every answer that is no success has. https://cloud.google.com/apis/design/errors */
export const ERROR: Schema = {
  type: 'object',
  description: "Google's canonical error; details carry the reason, the effect and what Stripe said",
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
  description: 'a repeat under the same key has one effect; made where it is not given',
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

/** A named list of what is asked for, or an object with one schema under one name. */
export function wrapIn(name: string, schema: Schema, required: boolean): Schema {
  return {
    type: 'object',
    properties: { [name]: schema },
    ...(required ? { required: [name] } : {}),
  };
}
