import * as z from 'zod/mini';
import { invalidArgument } from '../../errors.ts';
import { memoizeByRef } from '../../memoize.ts';
import { REQUEST_LIMITS, type RequestLimits } from '../../operations/request/limits.ts';
import { PRIORITIES } from '../../stripe/call-context.ts';
import { Violations } from '../../field-violations.ts';
import { parseDocument } from '../../parse-document.ts';
import { isJsonObject, plainNumbers } from '../../json/written-number.ts';
import { suggestion } from '../../catalog/names.ts';
import { flagSchema, nameSplitter, payloadObject, wholeNumber } from './field-schemas.ts';

/**
 * The fields of all HTTP bodies. They have the names of the fields of Google's Connectors task. Numbers and lists may
 * be strings, because integrations send them as strings.
 */
const fields = memoizeByRef((limits: RequestLimits) => {
  const text = z.optional(z.string('must be a string'));
  const nonEmptyText = z.optional(z.string('must be a string of at least one character').check(z.minLength(1)));
  const flag = flagSchema();
  /** A list of names, or one string of names with commas between them. */
  const names = z.optional(z.pipe(z.unknown(), z.transform(nameSplitter(limits.maxListed))));
  return z.strictObject({
    entity: nonEmptyText,
    action: nonEmptyText,
    entityId: text,
    filterClause: z.optional(
      z
        .string(`must be a string of at most ${limits.maxClauseLength} characters`)
        .check(z.maxLength(limits.maxClauseLength)),
    ),
    connectorInputPayload: z.optional(z.pipe(z.unknown(), z.transform(payloadObject))),
    listEntitiesPageSize: z._default(wholeNumber(limits.pageSize), limits.pageSize.default),
    /** An empty or null token requests the first page. The response of the last page has null. */
    listEntitiesPageToken: z.optional(
      z.pipe(
        z.nullable(z.string('must be a string')),
        z.transform((token) => (token === null || token === '' ? undefined : token)),
      ),
    ),
    listEntitiesSortByColumns: z.optional(
      z.union(
        [
          z.tuple([z.string()]),
          z.tuple([]),
          z.pipe(
            z.string(),
            z.transform((name): [string] => [name]),
          ),
        ],
        'must be one column, as a string or in a list',
      ),
    ),
    consistency: z._default(z.enum(['strong', 'eventual'], 'must be strong or eventual'), 'strong'),
    maxAffected: z._default(wholeNumber(limits.maxAffected), limits.maxAffected.default),
    explain: flag,
    fields: names,
    expand: names,
    outputFormat: z.optional(z.enum(['connector', 'native'], 'must be connector or native')),
    operationId: text,
    accountId: text,
    dryRun: flag,
    priority: z.optional(z.enum(PRIORITIES, `must be one of ${PRIORITIES.join(', ')}`)),
    /** The statuses to wait for, and the maximum time. Not a part of the payload. */
    waitFor: z.optional(
      z.strictObject(
        {
          status: z.array(z.string().check(z.minLength(1), z.maxLength(100))).check(z.minLength(1), z.maxLength(20)),
          seconds: wholeNumber(limits.waitSeconds),
        },
        'must be an object {"status": ["succeeded"], "seconds": 40}',
      ),
    ),
  });
});

const ENVELOPE_FIELDS = {
  outputFormat: true,
  operationId: true,
  accountId: true,
  dryRun: true,
  priority: true,
} as const;
const OUTPUT_FIELDS = { fields: true, expand: true } as const;
const TARGET_FIELDS = { entityId: true, filterClause: true, maxAffected: true, explain: true } as const;

const BODIES = {
  List: memoizeByRef((limits: RequestLimits) =>
    z.pick(fields(limits), {
      ...ENVELOPE_FIELDS,
      ...OUTPUT_FIELDS,
      entity: true,
      filterClause: true,
      listEntitiesPageSize: true,
      listEntitiesPageToken: true,
      listEntitiesSortByColumns: true,
      consistency: true,
      explain: true,
    }),
  ),
  Get: memoizeByRef((limits: RequestLimits) =>
    z.pick(fields(limits), {
      ...ENVELOPE_FIELDS,
      ...OUTPUT_FIELDS,
      entity: true,
      entityId: true,
      connectorInputPayload: true,
    }),
  ),
  Create: memoizeByRef((limits: RequestLimits) =>
    z.pick(fields(limits), { ...ENVELOPE_FIELDS, entity: true, connectorInputPayload: true, waitFor: true }),
  ),
  Update: memoizeByRef((limits: RequestLimits) =>
    z.pick(fields(limits), {
      ...ENVELOPE_FIELDS,
      ...TARGET_FIELDS,
      entity: true,
      connectorInputPayload: true,
      waitFor: true,
    }),
  ),
  Delete: memoizeByRef((limits: RequestLimits) =>
    z.pick(fields(limits), {
      ...ENVELOPE_FIELDS,
      ...TARGET_FIELDS,
      entity: true,
      connectorInputPayload: true,
      waitFor: true,
    }),
  ),
  Action: memoizeByRef((limits: RequestLimits) =>
    z.pick(fields(limits), { ...ENVELOPE_FIELDS, ...OUTPUT_FIELDS, connectorInputPayload: true, waitFor: true }),
  ),
  ExecuteAction: memoizeByRef((limits: RequestLimits) =>
    z.pick(fields(limits), {
      ...ENVELOPE_FIELDS,
      ...OUTPUT_FIELDS,
      action: true,
      connectorInputPayload: true,
      waitFor: true,
    }),
  ),
} as const;

export type BodyKind = keyof typeof BODIES;
type Bodies = { readonly [K in BodyKind]: Readonly<z.output<ReturnType<(typeof BODIES)[K]>>> };
export type RequestBody<K extends BodyKind> = Bodies[K];

/** Returns the names of the fields of all bodies. */
export function bodyFieldNames(): readonly string[] {
  return Object.keys(fields(REQUEST_LIMITS).shape);
}

/** Parses a body within the limits of the connection. Throws one INVALID_ARGUMENT with all violations. */
export function parseBody<K extends BodyKind>(kind: K, body: unknown, limits = REQUEST_LIMITS): RequestBody<K> {
  if (!isJsonObject(body)) throw invalidArgument([{ field: 'body', description: 'must be a JSON object' }]);
  // Numbers in the payload keep their original digits. All other numbers become JavaScript numbers.
  const input = Object.fromEntries(
    Object.keys(body).map((name) => [name, name === 'connectorInputPayload' ? body[name] : plainNumbers(body[name])]),
  );
  const schema: z.ZodMiniObject = BODIES[kind](limits);
  const violations = new Violations();
  const data = parseDocument(schema, input, violations, {
    required: 'is required',
    null: 'must not be null; omit it',
    unknown: (name, suggests) => unknownField(name, Object.keys(schema.shape), suggests),
  });
  if (data === undefined) throw invalidArgument(violations);
  return data as RequestBody<K>;
}

function unknownField(field: string, known: readonly string[], suggests: boolean): string {
  return `is not a known field; known fields are ${known.join(', ')}${suggests ? suggestion(field, known) : ''}`;
}
