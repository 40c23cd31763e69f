import * as z from 'zod';
import { invalid, type FieldViolation } from '../../errors.ts';

/**
 * Parameters that every method of a Google API takes; they change nothing of what is answered here. So does the one that
 * hands headers on to a back end: Stripe gets none of them.
 * https://cloud.google.com/apis/docs/system-parameters
 */
const SYSTEM: ReadonlySet<string> = new Set([
  '$.xgafv',
  'access_token',
  'alt',
  'callback',
  'executionConfig.headers',
  'fields',
  'key',
  'oauth_token',
  'prettyPrint',
  'quotaUser',
  'uploadType',
  'upload_protocol',
]);

const pageSize = z.coerce
  .number({ error: 'must be a whole number from 1 to 200' })
  .int('must be a whole number from 1 to 200')
  .min(0, 'must be from 1 to 200')
  .transform((size) => (size === 0 ? 25 : Math.min(size, 200)))
  .default(25);
const pageToken = z.string().optional();
const one = z.array(z.string()).max(1, 'takes one column').optional();

/** Views by their short names and by their whole ones: `BASIC`, `ACTION_VIEW_BASIC`. */
function view(prefix: string): z.ZodType<'BASIC' | 'FULL'> {
  const short = ['UNSPECIFIED', 'BASIC', 'FULL', 'ENRICHED'];
  return z
    .enum([...short, ...short.map((one) => `${prefix}_${one}`)], { error: `must be BASIC or FULL, or ${prefix}_...` })
    .transform((given) => (given.endsWith('BASIC') ? ('BASIC' as const) : ('FULL' as const)))
    .default('FULL');
}

export const QUERIES = {
  none: z.strictObject({}),
  types: z.strictObject({ pageSize, pageToken, view: view('ENTITY_TYPE_VIEW') }),
  type: z.strictObject({ view: view('ENTITY_TYPE_SCHEMA_VIEW'), contextMetadata: z.string().optional() }),
  actions: z.strictObject({ pageSize, pageToken, view: view('ACTION_VIEW') }),
  action: z.strictObject({ view: view('ACTION_SCHEMA_VIEW') }),
  entities: z.strictObject({
    pageSize,
    pageToken,
    sortBy: one,
    sortOrder: one,
    conditions: z.string().optional(),
  }),
  conditions: z.strictObject({
    conditions: z.string({ error: 'is required: which rows are meant' }).min(1, 'is empty; that never means every row'),
  }),
} as const;

/** Parses the query of a method; throws one error with every problem. Parameters of `one` may be repeated. */
export function readQuery<S extends z.ZodObject>(schema: S, query: URLSearchParams): z.output<S> {
  const given: Record<string, unknown> = {};
  const violations: FieldViolation[] = [];
  for (const name of new Set(query.keys())) {
    const values = query.getAll(name);
    if (SYSTEM.has(name)) continue;
    if (schema.shape[name] === one) given[name] = values;
    else if (values.length > 1) violations.push({ field: name, description: 'stands there more than once' });
    else if (values[0] !== '' || name === 'conditions') given[name] = values[0];
  }
  const alt = query.get('alt');
  if (alt !== null && alt !== 'json') violations.push({ field: 'alt', description: 'must be json' });
  const parsed = schema.safeParse(given);
  if (!parsed.success) violations.push(...parsed.error.issues.flatMap((issue) => violationsOf(schema, issue)));
  if (violations.length > 0 || !parsed.success) throw invalid(violations);
  return parsed.data;
}

function violationsOf(schema: z.ZodObject, issue: z.core.$ZodIssue): FieldViolation[] {
  if (issue.code !== 'unrecognized_keys') return [{ field: issue.path.join('.'), description: issue.message }];
  const known = Object.keys(schema.shape).join(', ') || 'none';
  return issue.keys.map((field) => ({ field, description: `is no parameter of this method; known are ${known}` }));
}

const headers = z.object({ headers: z.string().optional() }).optional();

const BODIES = {
  /** An Entity. Its name is the server's. */
  entity: z.strictObject(
    { name: z.string().optional(), fields: z.record(z.string(), z.unknown()), metadata: z.unknown().optional() },
    { error: 'must be {"fields": {...}}' },
  ),
  execute: z.strictObject(
    { parameters: z.record(z.string(), z.unknown()).default({}), executionConfig: headers },
    { error: 'must be {"parameters": {...}}' },
  ),
} as const;

export function readBody<K extends keyof typeof BODIES>(kind: K, body: unknown): z.output<(typeof BODIES)[K]> {
  const parsed = BODIES[kind].safeParse(body ?? {});
  if (parsed.success) return parsed.data as z.output<(typeof BODIES)[K]>;
  throw invalid(
    parsed.error.issues.map((issue) => ({ field: issue.path.join('.') || 'body', description: issue.message })),
  );
}
