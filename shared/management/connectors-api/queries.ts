import * as z from 'zod';
import { MAX_ROWS_PER_PAGE, ROWS_A_PAGE } from '../../bounds.ts';
import { invalidArgument } from '../../errors.ts';
import {
  optional,
  withDefault,
  readFields,
  required,
  type Defaulted,
  type DocumentSchema,
  type FieldIssue,
  type Read,
} from '../../fields.ts';
import { Violations, type Description } from '../../field-violations.ts';

/**
 * Parameters that every Google API accepts. They do not change the response here.
 * https://cloud.google.com/apis/docs/system-parameters
 */
const SYSTEM: ReadonlySet<string> = new Set([
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

/** As in Google's APIs: 0 means the default, a larger value means the maximum. https://google.aip.dev/158 */
const apiPageSize = withDefault<number>(ROWS_A_PAGE, () =>
  z
    .string()
    .regex(/^\d{1,9}$/, `must be an integer; more than ${MAX_ROWS_PER_PAGE} counts as ${MAX_ROWS_PER_PAGE}`)
    .transform((text) => (Number(text) === 0 ? ROWS_A_PAGE : Math.min(Number(text), MAX_ROWS_PER_PAGE))),
);
/** Headers that Google's API forwards to a backend. */
const HEADERS = 'executionConfig.headers';
const NO_HEADERS =
  'is not supported: no headers are forwarded to Stripe. Use the HTTP header Idempotency-Key for the key of a write';

/** Returns whether the value contains no header. Clients of the API send it that way. */
function isNothing(headers: string): boolean {
  return ['', '{}'].includes(headers.replace(/\s/g, ''));
}

const optionalString = optional(() => z.string());
const item = optional(() => z.array(z.string()).max(1, 'must be one column'));

/** Accepts view names with and without prefix: `BASIC`, `ACTION_VIEW_BASIC`. */
function view(prefix: string): Defaulted<'BASIC' | 'FULL'> {
  const short = ['UNSPECIFIED', 'BASIC', 'FULL', 'ENRICHED'];
  return withDefault('FULL', () =>
    z
      .enum([...short, ...short.map((name) => `${prefix}_${name}`)], {
        error: `must be BASIC or FULL, or ${prefix}_...`,
      })
      .transform((input) => (input.endsWith('BASIC') ? ('BASIC' as const) : ('FULL' as const))),
  );
}

export const QUERIES = {
  none: {},
  types: { pageSize: apiPageSize, pageToken: optionalString, view: view('ENTITY_TYPE_VIEW') },
  type: { view: view('ENTITY_TYPE_SCHEMA_VIEW'), contextMetadata: optionalString },
  actions: { pageSize: apiPageSize, pageToken: optionalString, view: view('ACTION_VIEW') },
  action: { view: view('ACTION_SCHEMA_VIEW') },
  entities: {
    pageSize: apiPageSize,
    pageToken: optionalString,
    sortBy: item,
    sortOrder: item,
    conditions: optionalString,
  },
  conditions: {
    conditions: required(() => z.string().min(1, 'must not be empty; an empty condition never selects every row')),
  },
} as const;

/** Parses the query of a method. Throws one error with every violation. Parameters of type `item` may be repeated. */
export function readQuery<F extends DocumentSchema>(fields: F, query: URLSearchParams): Read<F> {
  const input: Record<string, unknown> = {};
  const violations = new Violations();
  for (const [name, values] of valuesByName(query)) {
    if (SYSTEM.has(name)) continue;
    if (name === HEADERS) {
      if (!values.every(isNothing)) violations.add(name, NO_HEADERS);
    } else if (fields[name] === item) input[name] = values;
    else if (values.length > 1) violations.add(name, 'must not be repeated');
    // An empty value means absent, because Google's clients send it, except for `conditions` and for an unknown
    // parameter.
    else if (values[0] !== '' || name === 'conditions' || !Object.hasOwn(fields, name)) input[name] = values[0];
  }
  const alt = query.get('alt');
  if (alt !== null && alt !== 'json') violations.add('alt', 'must be json');
  const { data, problems = [] } = readFields(fields, input);
  for (const problem of problems) violations.add(problem.path.join('.'), bodyDescription(fields, problem));
  if (violations.count > 0 || data === undefined) throw invalidArgument(violations);
  return data;
}

/** Groups values in one pass: a query may have thousands of parameters. */
function valuesByName(query: URLSearchParams): ReadonlyMap<string, readonly string[]> {
  const parameters = new Map<string, string[]>();
  for (const [name, value] of query) {
    const values = parameters.get(name);
    if (values === undefined) parameters.set(name, [value]);
    else values.push(value);
  }
  return parameters;
}

function bodyDescription(fields: DocumentSchema, { problem }: FieldIssue): Description {
  // Only `conditions` is required.
  if (problem === 'absent') return 'is required: it selects the rows';
  if (problem !== 'unknown') return problem.message;
  return () => `is not a parameter of this method; known parameters are ${Object.keys(fields).join(', ') || 'none'}`;
}

/** Keeps the object unchanged: zod's copy would lose a member `__proto__`. */
const tree = (): z.ZodType<Readonly<Record<string, unknown>>> =>
  z.custom<Readonly<Record<string, unknown>>>(isApiObject, 'must be an object');

function isApiObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Number);
}

const executionConfig = optional(() =>
  z.strictObject(
    { headers: z.string().refine(isNothing, NO_HEADERS).optional() },
    { error: 'supports only headers, which must be empty' },
  ),
);

const API_BODIES = {
  /** An Entity. The server sets its name and its metadata. */
  entity: {
    name: optional(() => z.string()),
    fields: required(tree),
    metadata: optional(() =>
      z.custom(
        (value) => isApiObject(value) && Object.keys(value as object).length === 0,
        'is not supported as input; it is an output field',
      ),
    ),
  },
  execute: { parameters: withDefault<Readonly<Record<string, unknown>>>({}, tree), executionConfig },
  /** The body of a deletion. The URL identifies the row. */
  nothing: {},
} as const;

interface ApiBodies {
  readonly entity: Read<typeof API_BODIES.entity>;
  readonly execute: Read<typeof API_BODIES.execute>;
  readonly nothing: Read<typeof API_BODIES.nothing>;
}

/** Parses the body of a method. `name` is the only value that the Entity's name may have. */
export function parseApiBody<K extends keyof ApiBodies>(kind: K, body: unknown, name?: string): ApiBodies[K] {
  if (!isApiObject(body ?? {})) throw invalidArgument([{ field: 'body', description: 'must be a JSON object' }]);
  const input = (body ?? {}) as Readonly<Record<string, unknown>>;
  const { data, problems = [] } = readFields<DocumentSchema>(API_BODIES[kind], input);
  const violations = new Violations();
  for (const { path, problem } of problems) violations.add(path.join('.'), bodyProblem(kind, problem));
  if (typeof input['name'] === 'string' && !['', name].includes(input['name']))
    violations.add(
      'name',
      name === undefined ? 'is not supported as input; the server sets it' : 'differs from the name in the path',
    );
  if (violations.count > 0) throw invalidArgument(violations);
  return data as unknown as ApiBodies[K];
}

function bodyProblem(kind: keyof ApiBodies, problem: FieldIssue['problem']): string {
  if (problem === 'absent') return `is required: the body must be {"fields": {...}}`;
  if (problem !== 'unknown') return problem.message;
  return `is not a known field; known fields are ${Object.keys(API_BODIES[kind]).join(', ') || 'none'}`;
}
