import * as z from 'zod';
import { MAX_LISTED, MAX_ROWS_PER_PAGE, ROWS_A_PAGE } from '../../bounds.ts';
import { parseJsonText } from '../../json/json-text.ts';
import { invalidArgument } from '../../errors.ts';
import { optional, withDefault, readFields, type DocumentSchema, type FieldIssue, type Read } from '../../fields.ts';
import { isJsonObject, plainNumbers } from '../../json/written-number.ts';
import { suggestion } from '../../catalog/names.ts';
import { Violations, type Description } from '../../field-violations.ts';

/** The longest deadline of a call in seconds. */
export const MAX_WAIT_SECONDS = 3500;

/**
 * Fields of the HTTP bodies. Their names are those of Google's Connectors task. Numbers and lists may be strings,
 * because integrations send them as strings.
 */
const payload = optional(() => z.unknown().transform((value, context) => payloadObject(value, context)));
/** A list of names, or one string with commas. Its length is checked before its items. */
const optionalList = optional(() => z.unknown().transform((value, context) => splitNames(value, context)));
const flag = withDefault<boolean>(false, () =>
  z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')], {
    error: 'must be true or false',
  }),
);
const optionalAnyText = optional(() => z.string());
const someText = optional(() => z.string().min(1));
const clauseText = optional(() => z.string().max(10_000));
const maxAffected = withDefault<number>(100, () => wholeNumber(1, 10_000));
const pageSize = withDefault<number>(ROWS_A_PAGE, () => wholeNumber(1, MAX_ROWS_PER_PAGE));
const sort = optional(() =>
  z.union([z.tuple([z.string()]), z.tuple([]), z.string().transform((name) => [name])], {
    error: 'must be one column, as a string or in a list',
  }),
);
/** The first page if empty, or null as in the response of the last page. */
const pageToken = optional(() =>
  z
    .string()
    .nullable()
    .transform((token) => (token === null || token === '' ? undefined : token)),
);
/** Ends a wait: a status of the object, and how long it may take. Not a part of the payload. */
const waitFor = optional(() =>
  z.strictObject(
    {
      status: z.union([
        z.array(z.string().min(1).max(100)).min(1).max(20),
        z
          .string()
          .min(1)
          .max(100)
          .transform((status) => [status]),
      ]),
      seconds: wholeNumber(1, MAX_WAIT_SECONDS),
    },
    { error: 'must be an object {"status": ["succeeded"], "seconds": 40}' },
  ),
);
const COMMON_FIELDS = {
  outputFormat: optional(() => z.enum(['connector', 'native'])),
  operationId: optionalAnyText,
  accountId: optionalAnyText,
  dryRun: flag,
} as const;
const shaped = { fields: optionalList, expand: optionalList } as const;
const target = { entityId: optionalAnyText, filterClause: clauseText, maxAffected, explain: flag } as const;

export const BODIES = {
  List: {
    ...COMMON_FIELDS,
    ...shaped,
    entity: someText,
    filterClause: clauseText,
    listEntitiesPageSize: pageSize,
    listEntitiesPageToken: pageToken,
    listEntitiesSortByColumns: sort,
    consistency: withDefault<'strong' | 'eventual'>('strong', () => z.enum(['strong', 'eventual'])),
    explain: flag,
  },
  Get: { ...COMMON_FIELDS, ...shaped, entity: someText, entityId: optionalAnyText, connectorInputPayload: payload },
  Create: { ...COMMON_FIELDS, entity: someText, connectorInputPayload: payload, waitFor },
  Update: { ...COMMON_FIELDS, ...target, entity: someText, connectorInputPayload: payload, waitFor },
  Delete: { ...COMMON_FIELDS, ...target, entity: someText, connectorInputPayload: payload },
  Action: { ...COMMON_FIELDS, ...shaped, connectorInputPayload: payload, waitFor },
  ExecuteAction: { ...COMMON_FIELDS, ...shaped, action: someText, connectorInputPayload: payload, waitFor },
} as const;

/** Listed one by one: TypeScript does not resolve the type of a body whose kind is generic. */
interface Bodies {
  readonly List: Read<typeof BODIES.List>;
  readonly Get: Read<typeof BODIES.Get>;
  readonly Create: Read<typeof BODIES.Create>;
  readonly Update: Read<typeof BODIES.Update>;
  readonly Delete: Read<typeof BODIES.Delete>;
  readonly Action: Read<typeof BODIES.Action>;
  readonly ExecuteAction: Read<typeof BODIES.ExecuteAction>;
}
export type BodyKind = keyof Bodies;
export type RequestBody<K extends BodyKind> = Bodies[K];

/** Parses a body. Throws one INVALID_ARGUMENT with all violations. */
export function parseBody<K extends BodyKind>(kind: K, body: unknown): RequestBody<K> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw invalidArgument([{ field: 'body', description: 'must be a JSON object' }]);
  }
  const all = body as Readonly<Record<string, unknown>>;
  // The digits of a payload's numbers matter. Those of a page size do not.
  const input = Object.fromEntries(
    Object.keys(all).map((name) => [name, name === 'connectorInputPayload' ? all[name] : plainNumbers(all[name])]),
  );
  const { data, problems } = readFields<DocumentSchema>(BODIES[kind], input);
  if (problems === undefined) return data as unknown as RequestBody<K>;
  const violations = new Violations();
  for (const { path, problem } of problems)
    violations.add(path.join('.'), isNull(input, path, problem) ? NULL : fieldDescription(kind, path, problem));
  throw invalidArgument(violations);
}

const NULL = 'must not be null; omit it';

function isNull(
  input: Readonly<Record<string, unknown>>,
  [name]: FieldIssue['path'],
  problem: FieldIssue['problem'],
): boolean {
  return problem !== 'unknown' && input[String(name)] === null;
}

/** An integer, or a string of one. */
function wholeNumber(least: number, max: number): z.ZodType<number> {
  const wanted = `must be an integer from ${least} to ${max}`;
  const text = z.string().regex(/^\d{1,9}$/, wanted);
  return z
    .union([z.number(), text.transform(Number)], { error: wanted })
    .refine((number) => Number.isInteger(number) && number >= least && number <= max, wanted);
}

function fieldDescription(kind: BodyKind, path: FieldIssue['path'], problem: FieldIssue['problem']): Description {
  if (problem === 'absent') return 'is required';
  if (problem !== 'unknown') return problem.message;
  const names = Object.keys(BODIES[kind]);
  return (suggests) =>
    `is not a known field; known fields are ${names.join(', ')}${suggests ? suggestion(path.join('.'), names) : ''}`;
}

function splitNames(value: unknown, context: z.core.$RefinementCtx): string[] {
  const all: unknown[] =
    typeof value === 'string' ? value.split(',', MAX_LISTED + 1) : Array.isArray(value) ? value : [];
  const names =
    all.length > MAX_LISTED ? [] : all.map((value) => (typeof value === 'string' ? value.trim() : undefined));
  // Adjacent commas in a string are ignored. An empty item of a list is an error.
  const wanted = typeof value === 'string' ? names.filter((name) => name !== '') : names;
  const read = wanted.filter((value): value is string => value !== undefined && value !== '');
  const isList = typeof value === 'string' || Array.isArray(value);
  if (isList && all.length <= MAX_LISTED && read.length === wanted.length) return read;
  const message =
    all.length > MAX_LISTED
      ? `must have at most ${MAX_LISTED} names`
      : 'must be a list of names, or a string with commas between them';
  context.issues.push({ code: 'custom', message, input: value });
  return [];
}

function payloadObject(value: unknown, context: z.core.$RefinementCtx): Record<string, unknown> {
  const read = typeof value === 'string' ? parseJsonText(value) : { value };
  if (read !== undefined && 'value' in read && isJsonObject(read.value)) return read.value;
  const message =
    read !== undefined && 'problem' in read ? read.problem : 'must be an object, as JSON or as a JSON string';
  context.issues.push({ code: 'custom', message, input: value });
  return {};
}
