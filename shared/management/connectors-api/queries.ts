import * as z from 'zod';
import { MOST_ROWS_A_PAGE, ROWS_A_PAGE } from '../../bounds.ts';
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
 * Parameters that every method of a Google API takes; they change nothing of what is answered here.
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

/** As Google's APIs take it: 0 stands for the default, and what is too large for the most. https://google.aip.dev/158 */
const pageSize = withDefault<number>(ROWS_A_PAGE, () =>
  z
    .string()
    .regex(/^\d{1,9}$/, `must be a whole number; more than ${MOST_ROWS_A_PAGE} stands for ${MOST_ROWS_A_PAGE}`)
    .transform((text) => (Number(text) === 0 ? ROWS_A_PAGE : Math.min(Number(text), MOST_ROWS_A_PAGE))),
);
/** Headers that the vendor's API hands on to a back end. */
const HEADERS = 'executionConfig.headers';
const NO_HEADERS = 'is not taken: Stripe gets no headers of a caller. The header Idempotency-Key is the key of a write';

/** Headers that name none: the API's clients send them so. */
function isNothing(headers: string): boolean {
  return ['', '{}'].includes(headers.replace(/\s/g, ''));
}

const text = optional(() => z.string());
const item = optional(() => z.array(z.string()).max(1, 'takes one column'));

/** Views by their short names and by their whole ones: `BASIC`, `ACTION_VIEW_BASIC`. */
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
  types: { pageSize, pageToken: text, view: view('ENTITY_TYPE_VIEW') },
  type: { view: view('ENTITY_TYPE_SCHEMA_VIEW'), contextMetadata: text },
  actions: { pageSize, pageToken: text, view: view('ACTION_VIEW') },
  action: { view: view('ACTION_SCHEMA_VIEW') },
  entities: { pageSize, pageToken: text, sortBy: item, sortOrder: item, conditions: text },
  conditions: { conditions: required(() => z.string().min(1, 'is empty; that never means every row')) },
} as const;

/** Parses the query of a method; throws one error with every problem. Parameters of `one` may be repeated. */
export function readQuery<F extends DocumentSchema>(fields: F, query: URLSearchParams): Read<F> {
  const input: Record<string, unknown> = {};
  const violations = new Violations();
  for (const [name, values] of valuesByName(query)) {
    if (SYSTEM.has(name)) continue;
    if (name === HEADERS) {
      if (!values.every(isNothing)) violations.add(name, NO_HEADERS);
    } else if (fields[name] === item) input[name] = values;
    else if (values.length > 1) violations.add(name, 'stands there more than once');
    // An empty one says nothing, as Google's clients write it; but no name that there is none of.
    else if (values[0] !== '' || name === 'conditions' || !Object.hasOwn(fields, name)) input[name] = values[0];
  }
  const alt = query.get('alt');
  if (alt !== null && alt !== 'json') violations.add('alt', 'must be json');
  const { data, problems = [] } = readFields(fields, input);
  for (const problem of problems) violations.add(problem.path.join('.'), descriptionOf(fields, problem));
  if (violations.count > 0 || data === undefined) throw invalidArgument(violations);
  return data;
}

/** In one walk: a query may name thousands of parameters. */
function valuesByName(query: URLSearchParams): ReadonlyMap<string, readonly string[]> {
  const parameters = new Map<string, string[]>();
  for (const [name, value] of query) {
    const values = parameters.get(name);
    if (values === undefined) parameters.set(name, [value]);
    else values.push(value);
  }
  return parameters;
}

function descriptionOf(fields: DocumentSchema, { problem }: FieldIssue): Description {
  // Nothing but `conditions` is required.
  if (problem === 'absent') return 'is required: which rows are meant';
  if (problem !== 'unknown') return problem.said;
  return () => `is no parameter of this method; known are ${Object.keys(fields).join(', ') || 'none'}`;
}

/** A tree as it came: a copy of zod's would lack `__proto__`. */
const tree = (): z.ZodType<Readonly<Record<string, unknown>>> =>
  z.custom<Readonly<Record<string, unknown>>>(isTree, 'must be an object');

function isTree(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Number);
}

const executionConfig = optional(() =>
  z.strictObject(
    { headers: z.string().refine(isNothing, NO_HEADERS).optional() },
    { error: 'takes headers alone, and they must be empty' },
  ),
);

const BODIES = {
  /** An Entity. Its name is the server's; its metadata is what the vendor's server measured. */
  entity: {
    name: optional(() => z.string()),
    fields: required(tree),
    metadata: optional(() =>
      z.custom(
        (value) => isTree(value) && Object.keys(value as object).length === 0,
        'is not taken: it is output alone',
      ),
    ),
  },
  execute: { parameters: withDefault<Readonly<Record<string, unknown>>>({}, tree), executionConfig },
  /** Of a deletion: what is deleted its address says. */
  nothing: {},
} as const;

interface Bodies {
  readonly entity: Read<typeof BODIES.entity>;
  readonly execute: Read<typeof BODIES.execute>;
  readonly nothing: Read<typeof BODIES.nothing>;
}

/** Reads the body of a method. `name`: what an Entity's own name must be where it has one. */
export function parseApiBody<K extends keyof Bodies>(kind: K, body: unknown, name?: string): Bodies[K] {
  if (!isTree(body ?? {})) throw invalidArgument([{ field: 'body', description: 'must be a JSON object' }]);
  const input = (body ?? {}) as Readonly<Record<string, unknown>>;
  const { data, problems = [] } = readFields<DocumentSchema>(BODIES[kind], input);
  const violations = new Violations();
  for (const { path, problem } of problems) violations.add(path.join('.'), bodyProblem(kind, problem));
  if (typeof input['name'] === 'string' && !['', name].includes(input['name']))
    violations.add('name', name === undefined ? 'is not taken: the server makes it' : 'differs from the path');
  if (violations.count > 0) throw invalidArgument(violations);
  return data as unknown as Bodies[K];
}

function bodyProblem(kind: keyof Bodies, problem: FieldIssue['problem']): string {
  if (problem === 'absent') return `is required: the body must be {"fields": {...}}`;
  if (problem !== 'unknown') return problem.said;
  return `is not taken here; known are ${Object.keys(BODIES[kind]).join(', ') || 'none'}`;
}
