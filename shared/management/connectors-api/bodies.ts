import * as z from 'zod/mini';
import { invalidArgument } from '../../errors.ts';
import { Violations } from '../../field-violations.ts';
import { isJsonObject } from '../../json/written-number.ts';
import { lazy } from '../../memoize.ts';
import { parseDocument } from '../../parse-document.ts';
import { isNoHeader, NO_HEADERS } from './forwarded-headers.ts';

/** Returns a schema of an object that zod does not copy, because the copy would lose a member `__proto__`. */
function unchangedObject(): z.ZodMiniType<Readonly<Record<string, unknown>>> {
  return z.custom<Readonly<Record<string, unknown>>>(isJsonObject, 'must be an object');
}

const API_BODIES = {
  /** An Entity. The server sets its name and its metadata. */
  entity: lazy(() =>
    z.strictObject({
      name: z.optional(z.string('must be a string')),
      fields: unchangedObject(),
      metadata: z.optional(
        z.custom(
          (value) => isJsonObject(value) && Object.keys(value).length === 0,
          'is not supported as input; it is an output field',
        ),
      ),
    }),
  ),
  execute: lazy(() =>
    z.strictObject({
      parameters: z._default(unchangedObject(), {}),
      executionConfig: z.optional(
        z.strictObject(
          { headers: z.optional(z.string(NO_HEADERS).check(z.refine(isNoHeader))) },
          'supports only headers, which must be empty',
        ),
      ),
    }),
  ),
  /** The body of a deletion. The URL identifies the rows. */
  nothing: lazy(() => z.strictObject({})),
} as const;

type ApiBodyKind = keyof typeof API_BODIES;
type ApiBodies = { readonly [K in ApiBodyKind]: Readonly<z.output<ReturnType<(typeof API_BODIES)[K]>>> };

/** Parses the body of a method. A name in the body must be empty or equal to `name`. */
export function parseApiBody<K extends ApiBodyKind>(kind: K, body: unknown, name?: string): ApiBodies[K] {
  const input = body ?? {};
  if (!isJsonObject(input)) throw invalidArgument([{ field: 'body', description: 'must be a JSON object' }]);
  const schema: z.ZodMiniObject = API_BODIES[kind]();
  const violations = new Violations();
  const data = parseDocument(schema, input, violations, {
    required: 'is required: the body must be {"fields": {...}}',
    unknown: () => `is not a known field; known fields are ${Object.keys(schema.shape).join(', ') || 'none'}`,
  });
  if (typeof input['name'] === 'string' && !['', name].includes(input['name']))
    violations.add(
      'name',
      name === undefined ? 'is not supported as input; the server sets it' : 'differs from the name in the path',
    );
  if (violations.count > 0) throw invalidArgument(violations);
  return data as ApiBodies[K];
}
