import * as z from 'zod';
import { invalid, type FieldViolation } from '../errors.ts';
import { optional, or, readFields, type Fields, type Problem, type Read } from '../fields.ts';
import { suggestion } from '../catalog/names.ts';

/**
 * The HTTP bodies, named as the vendor's Connectors task names them. Numbers and lists may come as text, as
 * integrations send them.
 */
const payload = optional(() =>
  z.union([z.record(z.string(), z.unknown()), z.string().transform((text, context) => fromText(text, context))], {
    error: 'must be an object, as JSON or as JSON text',
  }),
);
/** A list of names, or one text with commas between them. */
const list = optional(() =>
  z.union(
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
  ),
);
const flag = or<boolean>(false, () =>
  z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')], {
    error: 'must be true or false',
  }),
);
const anyText = optional(() => z.string());
const someText = optional(() => z.string().min(1));
const clauseText = optional(() => z.string().max(10_000));
const affected = 'must be a whole number from 1 to 10000';
const maxAffected = or<number>(100, () =>
  z.coerce.number({ error: affected }).int(affected).min(1, affected).max(10_000, affected),
);
const pageSize = or<number>(25, () =>
  z.coerce
    .number({ error: 'must be a whole number from 1 to 200' })
    .int('must be a whole number from 1 to 200')
    .min(1, 'must be from 1 to 200')
    .max(200, 'must be from 1 to 200'),
);
const sort = optional(() =>
  z.union([z.array(z.string()).max(1, 'takes one column'), z.string().transform((one) => [one])]),
);
const common = {
  outputFormat: optional(() => z.enum(['connector', 'native'])),
  operationId: anyText,
  accountId: anyText,
  dryRun: flag,
} as const;
const shaped = { fields: list, expand: list } as const;
const target = { entityId: anyText, filterClause: clauseText, maxAffected, explain: flag } as const;

export const BODIES = {
  List: {
    ...common,
    ...shaped,
    entity: someText,
    filterClause: clauseText,
    listEntitiesPageSize: pageSize,
    listEntitiesPageToken: someText,
    listEntitiesSortByColumns: sort,
    consistency: or<'strong' | 'eventual'>('strong', () => z.enum(['strong', 'eventual'])),
    explain: flag,
  },
  Get: { ...common, ...shaped, entity: someText, entityId: anyText, connectorInputPayload: payload },
  Create: { ...common, entity: someText, connectorInputPayload: payload },
  Update: { ...common, ...target, entity: someText, connectorInputPayload: payload },
  Delete: { ...common, ...target, entity: someText, connectorInputPayload: payload },
  Action: { ...common, ...shaped, connectorInputPayload: payload },
  ExecuteAction: { ...common, ...shaped, action: someText, connectorInputPayload: payload },
} as const;

/** Each by itself: TypeScript would not look into a body whose kind it does not know. */
interface Bodies {
  readonly List: Read<typeof BODIES.List>;
  readonly Get: Read<typeof BODIES.Get>;
  readonly Create: Read<typeof BODIES.Create>;
  readonly Update: Read<typeof BODIES.Update>;
  readonly Delete: Read<typeof BODIES.Delete>;
  readonly Action: Read<typeof BODIES.Action>;
  readonly ExecuteAction: Read<typeof BODIES.ExecuteAction>;
}
export type Kind = keyof Bodies;
export type Body<K extends Kind> = Bodies[K];

/** Parses a body; throws one error with every problem. A null where nothing is required counts as absent. */
export function parseBody<K extends Kind>(kind: K, body: unknown): Body<K> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw invalid([{ field: 'body', description: 'must be a JSON object' }]);
  }
  const given = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
  const { data, problems } = readFields<Fields>(BODIES[kind], given);
  if (problems !== undefined) throw invalid(problems.map((one) => violationOf(kind, one)));
  return data as unknown as Body<K>;
}

function violationOf(kind: Kind, { path, problem }: Problem): FieldViolation {
  const field = path.join('.');
  if (problem === 'absent') return { field, description: 'is required' };
  if (problem !== 'unknown') return { field, description: problem.said };
  const known = Object.keys(BODIES[kind]);
  return { field, description: `is not taken here; known are ${known.join(', ')}${suggestion(field, known)}` };
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
