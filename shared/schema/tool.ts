import { isAmount } from '../catalog/field-meaning.ts';
import { snake } from '../catalog/names.ts';
import type { Operation } from '../catalog/types.ts';
import { definedFields } from '../defined-fields.ts';
import { goesBefore, PRIORITIES, type Priority } from '../stripe/call-context.ts';
import type { ActionDescriptor } from './action.ts';
import type { EntityDescriptor } from './entity.ts';
import { memoizeByRef } from '../memoize.ts';
import { withOptionalParents } from './object-ids.ts';
import { loosen, schemaForAgents } from './agent-schema.ts';
import type { RequestLimits } from '../operations/request/limits.ts';
import { waitForSchema } from './wait-for-schema.ts';
import { boundedInteger, ID_SCHEMA, namesSchema, OPERATION_ID_SCHEMA, type JsonSchema } from './json-schema.ts';

/** One entity operation or action as an MCP tool. */
export interface ToolDefinition {
  /** `customer_list`, `confirm_payment_intent` */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly inputSchema: JsonSchema;
  readonly readOnly: boolean;
  /** True if the tool changes, cancels or deletes existing objects, or can move money. */
  readonly destructive: boolean;
}

/** `PaymentIntent.List` -> `payment_intent_list`. */
export function toolName(callName: string): string {
  return snake(callName.replaceAll('.', ''));
}

/** Returns the schema of `priority`: the class that the call has by default, and the lower ones. */
function prioritySchema(callPriority: Priority): JsonSchema {
  return {
    enum: PRIORITIES.filter((priority) => !goesBefore(priority, callPriority)),
    description: 'bulk waits for others',
  };
}

const listSchema = memoizeByRef((limits: RequestLimits): JsonSchema => ({
  type: 'object',
  properties: {
    filterClause: {
      type: 'string',
      description:
        "such as Email = 'a@example.com' AND Created >= '2026-01-01'; operators = != < > LIKE IN IS NULL AND OR NOT",
    },
    pageSize: boundedInteger(limits.pageSize),
    pageToken: { type: 'string', description: 'nextPageToken of the previous page' },
    sortBy: { type: 'string', description: 'one column, such as Created DESC' },
    fields: { ...namesSchema(limits), description: 'columns of the response; request few' },
    priority: prioritySchema('read'),
  },
  additionalProperties: false,
}));
const OPERATION_ID: JsonSchema = {
  ...OPERATION_ID_SCHEMA,
  description: 'the idempotency key; send that of an earlier attempt to repeat it without a second effect',
};

const WAIT_FOR_DESCRIPTION = 'waits until an event has the object in one of these statuses';
const ID_DESCRIPTION = 'the id of the object; parent/id if it belongs to another object';

/** The properties of a connection that its tools depend on. */
export interface ToolConnection {
  /** True if the connection uses the catalog's API version. Another version has other names and values. */
  readonly strict: boolean;
  readonly limits: RequestLimits;
}

/** Returns the tool of an entity operation. */
export function entityTool(
  descriptor: EntityDescriptor,
  operation: Operation,
  connection: ToolConnection,
): ToolDefinition {
  const { name, payloads, operationDescriptions } = descriptor;
  const payload = payloads[operation];
  const isRead = operation === 'List' || operation === 'Get';
  const movesMoney = MOVES_STORED_MONEY.has(name) || (payload !== undefined && hasAmount(payload));
  const columnList = operation === 'List' ? columnsText(descriptor) : '';
  return {
    name: toolName(`${name}.${operation}`),
    title: `${operation} ${name}`,
    description: `${operationDescriptions[operation] ?? `${operation} ${name}.`}${columnList}`,
    inputSchema:
      operation === 'List' || payload === undefined
        ? listSchema(connection.limits)
        : entityArguments(descriptor, operation, payload, connection),
    readOnly: isRead,
    destructive: operation === 'Create' ? movesMoney : !isRead,
  };
}

/** Maximum number of characters of a list of columns, so that the tools do not fill the context of a model. */
const MAX_COLUMNS_TEXT = 1_500;

/** Returns the part of the description of a List tool that names the columns. */
function columnsText({ columns }: EntityDescriptor): string {
  const columnNames = (inRows: boolean): string =>
    columns.flatMap((column) => (column.inRows === inRows ? [column.name] : [])).join(', ');
  // `fields` does not accept the names that only a clause may use, so these are listed separately, at the end.
  const clauseOnly = columns.every((column) => column.inRows) ? '' : `; only in a clause: ${columnNames(false)}`;
  return ` Columns: ${columnNames(true)}${clauseOnly}`.slice(0, MAX_COLUMNS_TEXT);
}

/** Returns the arguments of Get, Create, Update or Delete. */
function entityArguments(
  { ids, parents, waitStatuses }: EntityDescriptor,
  operation: Operation,
  payload: JsonSchema,
  { strict, limits }: ToolConnection,
): JsonSchema {
  const { [operation]: idSchema } = ids;
  const { [operation]: parentsPerRoute } = parents;
  // The parents may be in `id` or in `input`. The schema requires them in neither argument, because models do not
  // support a top-level `anyOf`.
  const idOrPath = parentsPerRoute === undefined ? idSchema : { anyOf: [idSchema ?? {}, ID_SCHEMA] };
  const id = idSchema === undefined ? undefined : { ...idOrPath, description: ID_DESCRIPTION };
  const input = idSchema === undefined ? payload : withOptionalParents(payload, parentsPerRoute ?? []);
  return argumentsSchema(
    definedFields({ id, input: inputArgument(input, strict) }),
    operation === 'Get',
    id === undefined ? [] : ['id'],
    waitArgument(waitStatuses, limits),
  );
}

/**
 * Entities whose Create moves an amount that is stored at Stripe. In `write-rules.ts` they have `bounds: 'never'`. This
 * table repeats them, because `write-rules.ts` is not in the bundles of the functions.
 */
const MOVES_STORED_MONEY: ReadonlySet<string> = new Set([
  'Billing.MeterEvent',
  'Forwarding.Request',
  'Treasury.CreditReversal',
  'Treasury.DebitReversal',
  'V2.Billing.MeterEvent',
  'V2.Billing.MeterEventSession',
]);

/** Returns the tool of an action. */
export function actionTool(
  { name, title, description, entity, readOnly, input, waitStatuses }: ActionDescriptor,
  { strict, limits }: ToolConnection,
): ToolDefinition {
  return {
    name: toolName(name),
    title,
    description: description ?? `${title}: an action of Stripe on ${entity}.`,
    inputSchema: argumentsSchema(
      definedFields({ input: inputArgument(input, strict) }),
      readOnly,
      [],
      waitArgument(waitStatuses, limits),
    ),
    readOnly,
    destructive: !readOnly,
  };
}

/** Returns the argument `waitFor`, or undefined for an object without a status to wait for. */
function waitArgument(statuses: readonly string[], limits: RequestLimits): JsonSchema | undefined {
  if (statuses.length === 0) return undefined;
  return { ...waitForSchema(limits, statuses), description: WAIT_FOR_DESCRIPTION };
}

/**
 * Returns the schema of a tool's arguments. `properties` are the arguments that only some tools have. `ids` are the
 * names of the arguments that identify the object, which are required.
 */
function argumentsSchema(
  properties: Readonly<Record<string, JsonSchema>>,
  isRead: boolean,
  ids: readonly string[],
  waitFor: JsonSchema | undefined,
): JsonSchema {
  const required = [...ids, ...(properties['input']?.required === undefined ? [] : ['input'])];
  return definedFields({
    type: 'object',
    properties: definedFields({
      ...properties,
      operationId: isRead ? undefined : OPERATION_ID,
      waitFor: isRead ? undefined : waitFor,
      priority: prioritySchema(isRead ? 'read' : 'interactive'),
    }),
    required: required.length === 0 ? undefined : required,
    additionalProperties: false,
  });
}

/** Returns the argument `input`, or undefined if the call has no inputs. */
function inputArgument(payload: JsonSchema, strict: boolean): JsonSchema | undefined {
  if (payload.properties !== undefined && Object.keys(payload.properties).length === 0) return undefined;
  const schema = schemaForAgents(payload);
  return strict ? schema : loosen(schema);
}

/** Returns whether a schema contains an amount. Creating such an object may charge a customer. */
function hasAmount(schema: JsonSchema): boolean {
  const { properties = {}, items, anyOf = [] } = schema;
  return (
    Object.entries(properties).some(([name, jsonSchema]) => isAmount(snake(name)) || hasAmount(jsonSchema)) ||
    (items !== undefined && hasAmount(items)) ||
    anyOf.some(hasAmount)
  );
}
