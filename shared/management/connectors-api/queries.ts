import * as z from 'zod/mini';
import { invalidArgument } from '../../errors.ts';
import { Violations } from '../../field-violations.ts';
import { lazy, memoizeByRef } from '../../memoize.ts';
import { REQUEST_LIMITS, type RequestLimits } from '../../operations/request/limits.ts';
import { parseDocument } from '../../parse-document.ts';
import { isNoHeader, NO_HEADERS } from './forwarded-headers.ts';

/**
 * Parameters that every Google API accepts. Here `alt` must be `json`, and the others have no effect on the response.
 * https://cloud.google.com/apis/docs/system-parameters
 */
const SYSTEM_PARAMETERS: ReadonlySet<string> = new Set([
  '$.xgafv',
  'access_token',
  'alt',
  'callback',
  'fields',
  'key',
  'oauth_token',
  'prettyPrint',
  'quotaUser',
  'uploadType',
  'upload_protocol',
]);

/** The parameter with headers that Google's API forwards to a backend. */
const HEADERS_PARAMETER = 'executionConfig.headers';

/**
 * A repeated field in Google's API (`sortBy`, `sortOrder`), so its values are read as an array. The connector accepts
 * one column only.
 */
const repeatedField = lazy(() => z.optional(z.array(z.string()).check(z.maxLength(1, 'must be one column'))));

/**
 * As in Google's APIs, 0 means the default, and a value above the maximum means the maximum. https://google.aip.dev/158
 */
function apiPageSize({ pageSize }: RequestLimits): z.ZodMiniType<number> {
  const { max, default: rows } = pageSize;
  const digits = z.string(`must be an integer; more than ${max} counts as ${max}`).check(z.regex(/^\d{1,9}$/));
  const size = z.transform((text: string) => Math.min(Number(text), max) || rows);
  return z._default(z.pipe(digits, size), rows);
}

/**
 * Accepts view names with and without prefix: `BASIC`, `ACTION_VIEW_BASIC`. Every view except BASIC is returned as
 * FULL.
 */
function view(prefix: string): z.ZodMiniType<'BASIC' | 'FULL'> {
  const short = ['UNSPECIFIED', 'BASIC', 'FULL', 'ENRICHED'];
  const names = z.enum(
    [...short, ...short.map((name) => `${prefix}_${name}`)],
    `must be BASIC or FULL, or ${prefix}_...`,
  );
  return z._default(
    z.pipe(
      names,
      z.transform((name) => (name.endsWith('BASIC') ? 'BASIC' : 'FULL')),
    ),
    'FULL',
  );
}

function optionalText(): z.ZodMiniType<string | undefined> {
  return z.optional(z.string());
}

export const QUERIES = {
  none: lazy(() => z.strictObject({})),
  types: memoizeByRef((limits: RequestLimits) =>
    z.strictObject({ pageSize: apiPageSize(limits), pageToken: optionalText(), view: view('ENTITY_TYPE_VIEW') }),
  ),
  type: lazy(() => z.strictObject({ view: view('ENTITY_TYPE_SCHEMA_VIEW'), contextMetadata: optionalText() })),
  actions: memoizeByRef((limits: RequestLimits) =>
    z.strictObject({ pageSize: apiPageSize(limits), pageToken: optionalText(), view: view('ACTION_VIEW') }),
  ),
  action: lazy(() => z.strictObject({ view: view('ACTION_SCHEMA_VIEW') })),
  entities: memoizeByRef((limits: RequestLimits) =>
    z.strictObject({
      pageSize: apiPageSize(limits),
      pageToken: optionalText(),
      sortBy: repeatedField(),
      sortOrder: repeatedField(),
      conditions: optionalText(),
    }),
  ),
  conditions: lazy(() =>
    z.strictObject({
      conditions: z.string().check(z.minLength(1, 'must not be empty; an empty condition never selects every row')),
    }),
  ),
} as const;

/** Parses the query of a method. Throws one error with every violation. */
export function readQuery<S extends z.ZodMiniObject>(
  query: (limits: RequestLimits) => S,
  parameters: URLSearchParams,
  limits = REQUEST_LIMITS,
): z.output<S> {
  const schema = query(limits);
  const { shape } = schema;
  const input: Record<string, unknown> = {};
  const violations = new Violations();
  for (const [name, values] of valuesByName(parameters)) {
    if (SYSTEM_PARAMETERS.has(name)) continue;
    if (name === HEADERS_PARAMETER) {
      if (!values.every(isNoHeader)) violations.add(name, NO_HEADERS);
      continue;
    }
    // Google's clients send an empty value for an absent parameter. An empty `conditions` is an error, and so is an unknown
    // parameter.
    const isAbsent = values[0] === '' && name !== 'conditions' && Object.hasOwn(shape, name);
    if (shape[name] === repeatedField()) input[name] = values;
    else if (values.length > 1) violations.add(name, 'must not be repeated');
    else if (!isAbsent) input[name] = values[0];
  }
  const alt = parameters.get('alt');
  if (alt !== null && alt !== 'json') violations.add('alt', 'must be json');
  const data = parseDocument(schema, input, violations, {
    // Only `conditions` is required.
    required: 'is required: it selects the rows',
    unknown: () => `is not a parameter of this method; known parameters are ${Object.keys(shape).join(', ') || 'none'}`,
  });
  if (violations.count > 0 || data === undefined) throw invalidArgument(violations);
  return data;
}

/** Groups the values by parameter. It takes one pass, because a query may have thousands of parameters. */
function valuesByName(query: URLSearchParams): ReadonlyMap<string, readonly string[]> {
  const parameters = new Map<string, string[]>();
  for (const [name, value] of query) {
    const values = parameters.get(name);
    if (values === undefined) parameters.set(name, [value]);
    else values.push(value);
  }
  return parameters;
}
