/** The fields of the bodies of functions, apart from the payload. */
import type { Operation } from '../../catalog/types.ts';
import { memoizeByRef } from '../../memoize.ts';
import type { RequestLimits } from '../../operations/request/limits.ts';
import { PRIORITIES } from '../../stripe/call-context.ts';
import { boundedInteger, namesSchema, OPERATION_ID_SCHEMA } from '../json-schema.ts';
import { waitForSchema } from '../wait-for-schema.ts';
import type { Schema } from './schemas.ts';

const PRIORITY_TEXT = 'Lowers the class in which the call waits for the rate limiter.';

export const SHARED_BODY_FIELDS: Readonly<Record<string, Schema>> = {
  operationId: {
    ...OPERATION_ID_SCHEMA,
    description: 'The same as the header Idempotency-Key.',
    example: 'order-1042-create',
  },
  accountId: {
    type: 'string',
    description: 'A Connect account that the connection allows.',
    example: 'acct_1032D82eZvKYlo2C',
  },
  outputFormat: { enum: ['connector', 'native'], description: 'Rows with columns, or objects as Stripe returns them.' },
  dryRun: { type: 'boolean', description: 'True returns the request without sending it.' },
  priority: { enum: PRIORITIES, description: PRIORITY_TEXT },
};
const ID_TEXT = 'Id of the object, or parent/id if it belongs to another object.';
const EXPLAIN: Schema = { type: 'boolean', description: 'True returns the plan of the clause without running it.' };
/** The fields of Update and Delete that select the objects, limit their number or explain the plan. */
const clauseFields = (limits: RequestLimits): Readonly<Record<string, Schema>> => ({
  entityId: { type: 'string', description: ID_TEXT },
  // An empty clause never selects all rows.
  filterClause: {
    type: 'string',
    maxLength: limits.maxClauseLength,
    pattern: '\\S',
    description: 'Selects the objects, in place of an id.',
  },
  maxAffected: { ...boundedInteger(limits.maxAffected), description: 'With more matches nothing is changed.' },
  explain: EXPLAIN,
});
/** The classes that Get and List may request: `read`, which is their default, and the lower class. */
const LOWER_PRIORITIES: Schema = { enum: PRIORITIES.slice(1), description: PRIORITY_TEXT };
/** The field `waitFor` of writes. */
const waitField = (limits: RequestLimits): Readonly<Record<string, Schema>> => ({ waitFor: waitForSchema(limits) });
/** The fields of a body by its operation. */
export const fieldsByOperation = memoizeByRef((limits: RequestLimits) => {
  const [names, clause, waitFor] = [namesSchema(limits), clauseFields(limits), waitField(limits)];
  const fields: Readonly<Record<Operation | 'Action', Readonly<Record<string, Schema>>>> = {
    List: {
      filterClause: {
        type: 'string',
        maxLength: limits.maxClauseLength,
        description: 'Selects rows by their columns.',
        example: "Created >= '2026-01-01'",
      },
      listEntitiesPageSize: boundedInteger(limits.pageSize),
      listEntitiesPageToken: { type: 'string', description: 'The listEntitiesNextPageToken of the page before.' },
      listEntitiesSortByColumns: {
        type: 'array',
        items: { type: 'string' },
        maxItems: 1,
        description: 'One column, with DESC after it for the reverse order.',
      },
      consistency: {
        enum: ['strong', 'eventual'],
        description: "`eventual` may use Stripe's Search API, a minute behind.",
      },
      explain: EXPLAIN,
      priority: LOWER_PRIORITIES,
      fields: names,
      expand: names,
    },
    Get: {
      entityId: { type: 'string', description: ID_TEXT },
      priority: LOWER_PRIORITIES,
      fields: names,
      expand: names,
    },
    Create: waitFor,
    Update: { ...clause, ...waitFor },
    Delete: { ...clause, ...waitFor },
    Action: { fields: names, expand: names, ...waitFor },
  };
  return fields;
});
