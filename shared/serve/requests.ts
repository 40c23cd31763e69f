import * as z from 'zod';
import { invalid, type FieldViolation } from '../errors.ts';
import { lazily } from '../lazily.ts';
import { suggestion } from '../catalog/names.ts';

/**
 * The HTTP bodies, named as the vendor's Connectors task names them. Numbers and lists may come as text, as
 * integrations send them. Each is made at its first body: a function takes one kind alone.
 */
const payload = lazily(() =>
  z
    .union([z.record(z.string(), z.unknown()), z.string().transform((text, context) => fromText(text, context))], {
      error: 'must be an object, as JSON or as JSON text',
    })
    .optional(),
);
/** A list of names, or one text with commas between them. */
const list = lazily(() =>
  z
    .union(
      [
        z.array(z.string().trim().min(1)).max(1000),
        z.string().transform((text) =>
          text
            .split(',')
            .map((one) => one.trim())
            .filter((one) => one !== ''),
        ),
      ],
      { error: 'must be a list of names, or a text with commas between them' },
    )
    .optional(),
);
const flag = lazily(() =>
  z
    .union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')], {
      error: 'must be true or false',
    })
    .default(false),
);
const anyText = lazily(() => z.string().optional());
const someText = lazily(() => z.string().min(1).optional());
const clauseText = lazily(() => z.string().max(10_000).optional());
const common = () => ({
  outputFormat: z.enum(['connector', 'native']).optional(),
  operationId: anyText(),
  accountId: anyText(),
  dryRun: flag(),
});
const shaped = () => ({ fields: list(), expand: list() });
const affected = 'must be a whole number from 1 to 10000';
const target = () => ({
  entityId: anyText(),
  filterClause: clauseText(),
  maxAffected: z.coerce.number({ error: affected }).int(affected).min(1, affected).max(10_000, affected).default(100),
  explain: flag(),
});
const pageSize = () =>
  z.coerce
    .number({ error: 'must be a whole number from 1 to 200' })
    .int('must be a whole number from 1 to 200')
    .min(1, 'must be from 1 to 200')
    .max(200, 'must be from 1 to 200')
    .default(25);
const sort = () =>
  z.union([z.array(z.string()).max(1, 'takes one column'), z.string().transform((one) => [one])]).optional();
const entity = someText;

export const BODIES = {
  List: lazily(() =>
    z.strictObject({
      ...common(),
      ...shaped(),
      entity: entity(),
      filterClause: clauseText(),
      listEntitiesPageSize: pageSize(),
      listEntitiesPageToken: someText(),
      listEntitiesSortByColumns: sort(),
      consistency: z.enum(['strong', 'eventual']).default('strong'),
      explain: flag(),
    }),
  ),
  Get: lazily(() =>
    z.strictObject({
      ...common(),
      ...shaped(),
      entity: entity(),
      entityId: anyText(),
      connectorInputPayload: payload(),
    }),
  ),
  Create: lazily(() => z.strictObject({ ...common(), entity: entity(), connectorInputPayload: payload() })),
  Update: lazily(() =>
    z.strictObject({ ...common(), ...target(), entity: entity(), connectorInputPayload: payload() }),
  ),
  Delete: lazily(() =>
    z.strictObject({ ...common(), ...target(), entity: entity(), connectorInputPayload: payload() }),
  ),
  Action: lazily(() => z.strictObject({ ...common(), ...shaped(), connectorInputPayload: payload() })),
  ExecuteAction: lazily(() =>
    z.strictObject({ ...common(), ...shaped(), action: someText(), connectorInputPayload: payload() }),
  ),
} as const;

export type Kind = keyof typeof BODIES;
export type Body<K extends Kind> = z.output<ReturnType<(typeof BODIES)[K]>>;

/** Parses a body; throws one error with every problem. A null where nothing is required counts as absent. */
export function parseBody<K extends Kind>(kind: K, body: unknown): Body<K> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw invalid([{ field: 'body', description: 'must be a JSON object' }]);
  }
  const given = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
  const parsed = BODIES[kind]().safeParse(given);
  if (parsed.success) return parsed.data as Body<K>;
  throw invalid(parsed.error.issues.flatMap((issue) => violations(kind, issue)));
}

function violations(kind: Kind, issue: z.core.$ZodIssue): FieldViolation[] {
  if (issue.code === 'unrecognized_keys') {
    const known = Object.keys(BODIES[kind]().shape);
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
