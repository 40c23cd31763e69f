import * as z from 'zod';
import { invalid, type FieldViolation } from '../errors.ts';
import { suggestion } from '../core/names.ts';

/**
 * The HTTP bodies, named as the vendor's Connectors task names them. Numbers and lists may come as text, as
 * integrations send them.
 */
const payload = z
  .union([z.record(z.string(), z.unknown()), z.string().transform((text, context) => fromText(text, context))], {
    error: 'must be an object, as JSON or as JSON text',
  })
  .optional();
const common = {
  outputFormat: z.enum(['connector', 'native']).optional(),
  operationId: z.string().optional(),
  accountId: z.string().optional(),
};
const pageSize = z.coerce
  .number({ error: 'must be a whole number from 1 to 200' })
  .int('must be a whole number from 1 to 200')
  .min(1, 'must be from 1 to 200')
  .max(200, 'must be from 1 to 200')
  .default(25);
const sort = z.union([z.array(z.string()).max(1, 'takes one column'), z.string().transform((one) => [one])]).optional();
const entity = z.string().min(1).optional();
const entityId = z.string().optional();
const filterClause = z.string().max(10_000).optional();

export const BODIES = {
  List: z.strictObject({
    ...common,
    entity,
    filterClause,
    listEntitiesPageSize: pageSize,
    listEntitiesPageToken: z.string().min(1).nullish(),
    listEntitiesSortByColumns: sort,
  }),
  Get: z.strictObject({ ...common, entity, entityId, connectorInputPayload: payload }),
  Create: z.strictObject({ ...common, entity, connectorInputPayload: payload }),
  Update: z.strictObject({ ...common, entity, entityId, filterClause, connectorInputPayload: payload }),
  Delete: z.strictObject({ ...common, entity, entityId, filterClause }),
  Action: z.strictObject({ ...common, connectorInputPayload: payload }),
} as const;

export type Kind = keyof typeof BODIES;
export type Body<K extends Kind> = z.output<(typeof BODIES)[K]>;

/** Parses a body; throws one error with every problem. A null where nothing is required counts as absent. */
export function parseBody<K extends Kind>(kind: K, body: unknown): Body<K> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw invalid([{ field: 'body', description: 'must be a JSON object' }]);
  }
  const given = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
  const parsed = BODIES[kind].safeParse(given);
  if (parsed.success) return parsed.data as Body<K>;
  throw invalid(parsed.error.issues.flatMap((issue) => violations(kind, issue)));
}

function violations(kind: Kind, issue: z.core.$ZodIssue): FieldViolation[] {
  if (issue.code === 'unrecognized_keys') {
    const known = Object.keys(BODIES[kind].shape);
    return issue.keys.map((key) => ({
      field: key,
      description: `is not taken here; known are ${known.join(', ')}${suggestion(key, known)}`,
    }));
  }
  return [{ field: issue.path.join('.') || 'body', description: issue.message }];
}

function fromText(text: string, context: z.core.$RefinementCtx): Record<string, unknown> {
  try {
    const read: unknown = JSON.parse(text);
    if (typeof read === 'object' && read !== null && !Array.isArray(read)) return read as Record<string, unknown>;
  } catch {
    // Said below.
  }
  context.issues.push({ code: 'custom', message: 'must be an object, as JSON or as JSON text', input: text });
  return {};
}
