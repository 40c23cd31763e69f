import { enumeration, type Entity } from '../catalog/types.ts';
import type { RequestLimits } from '../operations/request/limits.ts';
import { boundedInteger, type JsonSchema } from './json-schema.ts';

/** The status of an object whose `deleted` event has arrived. It is not a status of Stripe. */
export const DELETED_STATUS = 'deleted';

/** Returns the statuses that `waitFor` may name: those of the object, and `deleted` for one that can be deleted. */
export function waitStatuses({ fields, operations }: Entity): readonly string[] {
  const statuses = (enumeration(fields['status']?.type) ?? []).map(String);
  return [...statuses, ...(operations.Delete === undefined ? [] : [DELETED_STATUS])];
}

/** Returns the schema of `waitFor`, with the statuses of one object if they are given. */
export function waitForSchema({ waitSeconds }: RequestLimits, statuses?: readonly string[]): JsonSchema {
  const item: JsonSchema =
    statuses === undefined ? { type: 'string', minLength: 1, maxLength: 100 } : { enum: statuses };
  return {
    type: 'object',
    properties: {
      status: { type: 'array', items: item, minItems: 1, maxItems: 20 },
      seconds: boundedInteger(waitSeconds),
    },
    required: ['status', 'seconds'],
    additionalProperties: false,
  };
}
