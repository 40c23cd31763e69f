import { isAmount } from '../catalog/field-meaning.ts';
import { snake } from '../catalog/names.ts';
import type { Operation } from '../catalog/types.ts';
import { goesBefore, PRIORITIES, type Priority } from '../stripe/call-context.ts';
import type { ActionDescriptor } from './action.ts';
import type { EntityDescriptor } from './entity.ts';
import { memoizeByRef } from '../memoize.ts';
import { withParents } from './object-ids.ts';
import { eachOf, schemaForAgents } from './agent-schema.ts';
import type { RequestLimits } from '../operations/request/limits.ts';
import { boundedInteger, ID_SCHEMA, namesSchema, OPERATION_ID_SCHEMA, type JsonSchema } from './json-schema.ts';

/** One entity operation or action as an MCP tool. */
export interface ToolDefinition {
  /** `customer_list`, `confirm_payment_intent` */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly inputSchema: JsonSchema;
  readonly readOnly: boolean;
  /** It changes, cancels or deletes existing objects, or can move money. */
  readonly destructive: boolean;
}

export function toolName(written: string): string {
  return snake(written.replaceAll('.', ''));
}

/** A call may lower its class. */
function prioritySchema(own: Priority): JsonSchema {
  return { enum: PRIORITIES.filter((priority) => !goesBefore(priority, own)), description: 'bulk waits for others' };
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

const ID_DESCRIPTION = 'the id of the object; parent/id if it belongs to another object';

/** A connection as its tools describe it. */
export interface ToolConnection {
  /** True if the connection uses the catalog's API version. Another version has other names and values. */
  readonly strict: boolean;
  readonly limits: RequestLimits;
}

export function entityTool(
  descriptor: EntityDescriptor,
  operation: Operation,
  { strict, limits }: ToolConnection,
): ToolDefinition {
  const { name, payloads, ids, parents, columns, operationDescriptions } = descriptor;
  const reads = operation === 'List' || operation === 'Get';
  const payload = payloads[operation];
  const { [operation]: idSchema } = ids;
  const ways = parents[operation];
  // Models do not support a top-level `anyOf`, so the schema cannot require the parents in the input if `id` omits
  // them.
  const given = ways === undefined ? idSchema : { anyOf: [idSchema ?? {}, ID_SCHEMA] };
  const id = idSchema === undefined ? {} : { id: { ...given, description: ID_DESCRIPTION } };
  // Names for clauses only come last, because `fields` does not accept them.
  const named = (inRows: boolean): string =>
    columns.flatMap((column) => (column.inRows === inRows ? [column.name] : [])).join(', ');
  const terms = columns.every((column) => column.inRows) ? '' : `; in a clause alone: ${named(false)}`;
  const columnList = operation === 'List' ? ` Columns: ${named(true)}${terms}`.slice(0, 1500) : '';
  return {
    name: toolName(`${name}.${operation}`),
    title: `${operation} ${name}`,
    description: `${operationDescriptions[operation] ?? `${operation} ${name}.`}${columnList}`,
    inputSchema:
      operation === 'List' || payload === undefined
        ? listSchema(limits)
        : argumentsSchema(
            {
              ...id,
              ...inputProperties(idSchema === undefined ? payload : withParents(payload, ways ?? []), strict),
            },
            reads,
            Object.keys(id),
          ),
    readOnly: reads,
    destructive:
      operation === 'Create' ? MOVES_KEPT_MONEY.has(name) || (payload !== undefined && namesAmount(payload)) : !reads,
  };
}

/**
 * Actions that are `never` bounded in `write-rules.ts` (not bundled): Stripe has the amount, and no input contains it.
 */
const MOVES_KEPT_MONEY: ReadonlySet<string> = new Set([
  'Billing.MeterEvent',
  'Forwarding.Request',
  'Treasury.CreditReversal',
  'Treasury.DebitReversal',
  'V2.Billing.MeterEvent',
  'V2.Billing.MeterEventSession',
]);

export function actionTool(
  { name, title, description, entity, readOnly: reads, input }: ActionDescriptor,
  strict: boolean,
): ToolDefinition {
  return {
    name: toolName(name),
    title,
    description: description ?? `${title}: an action of Stripe on ${entity}.`,
    inputSchema: argumentsSchema(inputProperties(input, strict), reads, []),
    readOnly: reads,
    destructive: !reads,
  };
}

function argumentsSchema(
  properties: Readonly<Record<string, JsonSchema>>,
  reads: boolean,
  ids: readonly string[],
): JsonSchema {
  const required = [...ids, ...(properties['input']?.required === undefined ? [] : ['input'])];
  return {
    type: 'object',
    properties: {
      ...properties,
      ...(reads ? {} : { operationId: OPERATION_ID }),
      priority: prioritySchema(reads ? 'read' : 'interactive'),
    },
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  };
}

/** Empty if the call has no inputs. */
function inputProperties(payload: JsonSchema, strict: boolean): Readonly<Record<string, JsonSchema>> {
  if (payload.properties !== undefined && Object.keys(payload.properties).length === 0) return {};
  const shown = schemaForAgents(payload);
  return { input: strict ? shown : loose(shown) };
}

/** With another API version the catalog knows only some names and values: others pass, and no input is required. */
function loose(schema: JsonSchema): JsonSchema {
  const { required: _required, enum: values, properties, items, anyOf, additionalProperties, ...rest } = schema;
  const words = values === undefined ? {} : { description: `such as ${values.join(', ')}` };
  return {
    ...words,
    ...rest,
    ...(properties === undefined ? {} : { properties: eachOf(properties, loose) }),
    ...(items === undefined ? {} : { items: loose(items) }),
    ...(anyOf === undefined ? {} : { anyOf: anyOf.map(loose) }),
    ...(typeof additionalProperties === 'object' ? { additionalProperties: loose(additionalProperties) } : {}),
  };
}

/** Returns whether an input anywhere in it is an amount: creating such an object may charge a customer. */
function namesAmount(schema: JsonSchema): boolean {
  const { properties = {}, items, anyOf = [] } = schema;
  return (
    Object.entries(properties).some(([name, jsonSchema]) => isAmount(snake(name)) || namesAmount(jsonSchema)) ||
    (items !== undefined && namesAmount(items)) ||
    anyOf.some(namesAmount)
  );
}
