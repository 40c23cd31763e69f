/** The fields of the bodies of functions, apart from the payload. */
import { DEFAULT_MAX_AFFECTED, MAX_AFFECTED, MAX_CLAUSE_LENGTH, MAX_WAIT_SECONDS } from '../../bounds.ts';
import type { Operation } from '../../catalog/types.ts';
import { PRIORITIES } from '../../stripe/call-context.ts';
import { NAMES_SCHEMA, OPERATION_ID_SCHEMA, PAGE_SIZE } from '../json-schema.ts';
import type { Schema } from './schemas.ts';

const LOWERS = 'Lowers the class in which the call waits for the rate limiter.';

export const COMMON_FIELDS: Readonly<Record<string, Schema>> = {
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
  priority: { enum: PRIORITIES, description: LOWERS },
};
const ID_TEXT = 'Id of the object, or parent/id if it belongs to another object.';
const EXPLAIN: Schema = { type: 'boolean', description: 'True returns the plan of the clause without running it.' };
const CLAUSE: Readonly<Record<string, Schema>> = {
  entityId: { type: 'string', description: ID_TEXT },
  // An empty clause never selects all rows.
  filterClause: {
    type: 'string',
    maxLength: MAX_CLAUSE_LENGTH,
    pattern: '\\S',
    description: 'Selects the objects, in place of an id.',
  },
  maxAffected: {
    type: 'integer',
    minimum: 1,
    maximum: MAX_AFFECTED,
    default: DEFAULT_MAX_AFFECTED,
    description: 'With more matches nothing is changed.',
  },
  explain: EXPLAIN,
};
/** Get and List are `read`. */
const LOWER_PRIORITIES: Schema = { enum: PRIORITIES.slice(1), description: LOWERS };
/** Of writes: the call is answered when an event has the object in one of the statuses. */
export const WAIT_FOR: Readonly<Record<string, Schema>> = {
  waitFor: {
    type: 'object',
    properties: {
      status: { type: 'array', items: { type: 'string', minLength: 1, maxLength: 100 }, minItems: 1, maxItems: 20 },
      seconds: { type: 'integer', minimum: 1, maximum: MAX_WAIT_SECONDS },
    },
    required: ['status', 'seconds'],
    additionalProperties: false,
  },
};
export const FIELDS_BY_OPERATION: Readonly<Record<Operation, Readonly<Record<string, Schema>>>> = {
  List: {
    filterClause: {
      type: 'string',
      maxLength: MAX_CLAUSE_LENGTH,
      description: 'Selects rows by their columns.',
      example: "Created >= '2026-01-01'",
    },
    listEntitiesPageSize: PAGE_SIZE,
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
    fields: NAMES_SCHEMA,
    expand: NAMES_SCHEMA,
  },
  Get: {
    entityId: { type: 'string', description: ID_TEXT },
    priority: LOWER_PRIORITIES,
    fields: NAMES_SCHEMA,
    expand: NAMES_SCHEMA,
  },
  Create: WAIT_FOR,
  Update: { ...CLAUSE, ...WAIT_FOR },
  Delete: CLAUSE,
};
