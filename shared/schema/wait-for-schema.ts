import { DELETED_STATUS, documentedStatuses, eventsOfStatus } from '../catalog/events/status-events.ts';
import type { Entity } from '../catalog/types.ts';
import type { RequestLimits } from '../operations/request/limits.ts';
import { boundedInteger, type JsonSchema } from './json-schema.ts';

/**
 * Returns the statuses that `waitFor` may name: the documented statuses that an event of Stripe reports. `deleted` is
 * one of them if the entity has a Delete and an event reports the deletion.
 */
export function waitStatuses(entity: Entity): readonly string[] {
  const deleted = entity.operations.Delete === undefined ? [] : [DELETED_STATUS];
  return [...documentedStatuses(entity), ...deleted].filter((status) => eventsOfStatus(entity, status).length > 0);
}

/** Returns the schema of `waitFor`. With `statuses`, the schema accepts only these. */
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
