import { definedFields } from '../../defined-fields.ts';
import { POLICY_RULES } from '../../stripe/write-policy/rules.ts';
import { OPERATION_ID_SCHEMA, type JsonSchema } from '../json-schema.ts';

/** A schema of an OpenAPI document: JSON Schema, and references to components. */
export type Schema = JsonSchema | { readonly $ref: string } | { readonly [key: string]: unknown };

export function ref(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` };
}

/** The body of every error response. https://cloud.google.com/apis/design/errors */
export const ERROR: Schema = {
  type: 'object',
  description: "Google's canonical error. The details have the reason, the effect and Stripe's error.",
  properties: {
    error: {
      type: 'object',
      properties: {
        code: { type: 'integer', description: 'HTTP status.' },
        status: { type: 'string', description: 'Canonical code, such as INVALID_ARGUMENT.' },
        message: { type: 'string', description: 'What is wrong, for people.' },
        details: {
          type: 'array',
          items: { type: 'object' },
          description: 'ErrorInfo with the reason and metadata; BadRequest with the fields.',
        },
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
  description: 'Repeated calls with the same key have one effect. Generated if absent.',
  example: 'order-1042-create',
  schema: OPERATION_ID_SCHEMA,
} as const;

interface JsonContent {
  readonly 'application/json': { readonly schema: Schema; readonly example?: unknown };
}

export function json(schema: Schema, example?: unknown): JsonContent {
  return { 'application/json': definedFields({ schema, example }) };
}

/** The reasons of the rules of the write policy. */
const POLICY_REASONS = Object.values(POLICY_RULES)
  .map(({ reason }) => reason)
  .join(', ');

/** HTTP statuses of errors that callers handle, with the reasons of `errors.md` that they see most. */
const ERROR_RESPONSES = {
  '400': {
    name: 'BadRequest',
    text: 'The call is wrong, or Stripe rejects it. Reasons: INVALID_INPUT, INVALID_STATE, STRIPE_INVALID_REQUEST, MAX_AFFECTED_EXCEEDED, and the decline codes of cards such as INSUFFICIENT_FUNDS. Repeating it does not help.',
    example: ['INVALID_ARGUMENT', 'INVALID_INPUT', 'Amount: is required'],
  },
  '403': {
    name: 'Forbidden',
    text: `The deployment or the write policy does not allow it. Reasons: OPERATION_NOT_ALLOWED, NOT_EXPOSED, READ_ONLY, AMOUNT_NOT_ALLOWED, AMOUNT_NOT_BOUNDED, ${POLICY_REASONS}, ACCOUNT_NOT_ALLOWED, STRIPE_PERMISSION.`,
    example: ['PERMISSION_DENIED', 'AMOUNT_NOT_ALLOWED', 'Amount: 2000000 is more than 100000 (usd by max_amounts)'],
  },
  '404': {
    name: 'NotFound',
    text: 'Stripe has no object with this id, or the path does not exist. Reasons: RESOURCE_MISSING, NO_SUCH_PATH.',
    example: ['NOT_FOUND', 'RESOURCE_MISSING', "No such customer: 'cus_NffrFeUfNV2Hib'"],
  },
  '409': {
    name: 'Conflict',
    text: 'Another call uses the same operation id. Reasons: OPERATION_IN_FLIGHT (repeat shortly), OPERATION_ID_REUSED (the id was used with another payload), LEASE_LOST.',
    example: ['ABORTED', 'OPERATION_IN_FLIGHT', 'another call is executing this operationId'],
  },
  '429': {
    name: 'TooManyRequests',
    text: 'Repeat after Retry-After with the same operation id. Reasons: RATE_LIMITED (the rate of the connection), STRIPE_RATE_LIMIT, LOCK_TIMEOUT.',
    example: ['RESOURCE_EXHAUSTED', 'RATE_LIMITED', 'the rate of the connection is used up'],
  },
} as const;

type ErrorStatus = keyof typeof ERROR_RESPONSES;

/**
 * The errors of reads that have a response of their own. The response `Conflict` is about operation ids, and reads have
 * none. The 409 of a List whose page token expired is among the other errors (`default`).
 */
const READ_ERRORS: readonly ErrorStatus[] = ['400', '403', '404', '429'];
const WRITE_ERRORS: readonly ErrorStatus[] = ['400', '403', '404', '409', '429'];

/** Returns the responses of an operation. Error responses are components, which all operations share. */
export function responses(
  schema: Schema,
  description: string,
  kind: 'read' | 'write' = 'write',
): Readonly<Record<string, unknown>> {
  const errors = kind === 'read' ? READ_ERRORS : WRITE_ERRORS;
  return {
    '200': { description, content: json(schema) },
    ...Object.fromEntries(
      errors.map((status) => [status, { $ref: `#/components/responses/${ERROR_RESPONSES[status].name}` }]),
    ),
    default: { $ref: '#/components/responses/Error' },
  };
}

/** Returns the component `responses`. */
export function errorResponses(): Readonly<Record<string, unknown>> {
  const components = Object.entries(ERROR_RESPONSES).map(([status, { name, text, example }]): [string, unknown] => [
    name,
    definedFields({
      description: text,
      headers: status === '429' ? { 'Retry-After': RETRY_AFTER } : undefined,
      content: json(ref('Error'), errorExample(Number(status), example)),
    }),
  ]);
  const others =
    'Any other error: ABORTED (409, a page token expired), INTERNAL (500), UNIMPLEMENTED (501), UNAVAILABLE (503), DEADLINE_EXCEEDED (504).';
  return { ...Object.fromEntries(components), Error: { description: others, content: json(ref('Error')) } };
}

const RETRY_AFTER = { description: 'Seconds to wait.', schema: { type: 'integer' }, example: 1 };

function errorExample(code: number, [status, reason, message]: readonly [string, string, string]): object {
  const type = 'type.googleapis.com/google.rpc.ErrorInfo';
  return { error: { code, status, message, details: [{ '@type': type, reason, domain: 'stripe.com' }] } };
}

/** Returns the schema of an object with one member. */
export function wrapIn(name: string, schema: Schema, required: boolean): Schema {
  return definedFields({
    type: 'object',
    properties: { [name]: schema },
    required: required ? [name] : undefined,
  });
}
