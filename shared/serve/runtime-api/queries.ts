import * as z from 'zod';
import { invalid } from '../../errors.ts';
import {
  optional,
  or,
  readFields,
  required,
  type Defaulted,
  type Fields,
  type Problem,
  type Read,
} from '../../fields.ts';
import { lazily } from '../../lazily.ts';
import { Violations, type Description } from '../../violations.ts';

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

const pageSize = or<number>(25, () =>
  z.coerce
    .number({ error: 'must be a whole number from 1 to 200' })
    .int('must be a whole number from 1 to 200')
    .min(0, 'must be from 1 to 200')
    .transform((size) => (size === 0 ? 25 : Math.min(size, 200))),
);
const text = optional(() => z.string());
const one = optional(() => z.array(z.string()).max(1, 'takes one column'));

/** Views by their short names and by their whole ones: `BASIC`, `ACTION_VIEW_BASIC`. */
function view(prefix: string): Defaulted<'BASIC' | 'FULL'> {
  const short = ['UNSPECIFIED', 'BASIC', 'FULL', 'ENRICHED'];
  return or('FULL', () =>
    z
      .enum([...short, ...short.map((one) => `${prefix}_${one}`)], { error: `must be BASIC or FULL, or ${prefix}_...` })
      .transform((given) => (given.endsWith('BASIC') ? ('BASIC' as const) : ('FULL' as const))),
  );
}

export const QUERIES = {
  none: {},
  types: { pageSize, pageToken: text, view: view('ENTITY_TYPE_VIEW') },
  type: { view: view('ENTITY_TYPE_SCHEMA_VIEW'), contextMetadata: text },
  actions: { pageSize, pageToken: text, view: view('ACTION_VIEW') },
  action: { view: view('ACTION_SCHEMA_VIEW') },
  entities: { pageSize, pageToken: text, sortBy: one, sortOrder: one, conditions: text },
  conditions: { conditions: required(() => z.string().min(1, 'is empty; that never means every row')) },
} as const;

/** Parses the query of a method; throws one error with every problem. Parameters of `one` may be repeated. */
export function readQuery<F extends Fields>(fields: F, query: URLSearchParams): Read<F> {
  const given: Record<string, unknown> = {};
  const violations = new Violations();
  for (const [name, values] of valuesByName(query)) {
    if (SYSTEM.has(name)) continue;
    if (fields[name] === one) given[name] = values;
    else if (values.length > 1) violations.add(name, 'stands there more than once');
    // An empty one says nothing, as Google's clients write it; but no name that there is none of.
    else if (values[0] !== '' || name === 'conditions' || !Object.hasOwn(fields, name)) given[name] = values[0];
  }
  const alt = query.get('alt');
  if (alt !== null && alt !== 'json') violations.add('alt', 'must be json');
  const { data, problems = [] } = readFields(fields, given);
  for (const problem of problems) violations.add(problem.path.join('.'), descriptionOf(fields, problem));
  if (violations.count > 0 || data === undefined) throw invalid(violations);
  return data;
}

/** In one walk: a query may name thousands of parameters. */
function valuesByName(query: URLSearchParams): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const [name, value] of query) {
    const values = found.get(name);
    if (values === undefined) found.set(name, [value]);
    else values.push(value);
  }
  return found;
}

function descriptionOf(fields: Fields, { problem }: Problem): Description {
  // Nothing but `conditions` is required.
  if (problem === 'absent') return 'is required: which rows are meant';
  if (problem !== 'unknown') return problem.said;
  return () => `is no parameter of this method; known are ${Object.keys(fields).join(', ') || 'none'}`;
}

const BODIES = {
  /** An Entity. Its name is the server's. */
  entity: lazily(() =>
    z.strictObject(
      { name: z.string().optional(), fields: z.record(z.string(), z.unknown()), metadata: z.unknown().optional() },
      { error: 'must be {"fields": {...}}' },
    ),
  ),
  execute: lazily(() =>
    z.strictObject(
      {
        parameters: z.record(z.string(), z.unknown()).default({}),
        executionConfig: z.object({ headers: z.string().optional() }).optional(),
      },
      { error: 'must be {"parameters": {...}}' },
    ),
  ),
} as const;

type Bodies = { readonly [K in keyof typeof BODIES]: z.output<ReturnType<(typeof BODIES)[K]>> };

export function readBody<K extends keyof Bodies>(kind: K, body: unknown): Bodies[K] {
  const parsed = BODIES[kind]().safeParse(body ?? {});
  if (parsed.success) return parsed.data as Bodies[K];
  throw invalid(
    parsed.error.issues.map((issue) => ({ field: issue.path.join('.') || 'body', description: issue.message })),
  );
}
