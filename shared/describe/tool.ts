import { isAmount } from '../catalog/overrides.ts';
import { snake } from '../catalog/names.ts';
import type { Operation } from '../catalog/shapes.ts';
import type { ActionFacts } from './action.ts';
import type { EntityFacts } from './entity-type.ts';
import type { JsonSchema } from './json-schema.ts';

/** One entity operation or action, as an agent is told of it. */
export interface ToolFacts {
  /** `customer_list`, `confirm_payment_intent` */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly inputSchema: JsonSchema;
  readonly reads: boolean;
  /** It changes, ends or takes what is there, or can move money. */
  readonly destroys: boolean;
}

export function toolName(written: string): string {
  return snake(written.replaceAll('.', ''));
}

const LIST: JsonSchema = {
  type: 'object',
  properties: {
    filterClause: {
      type: 'string',
      description:
        "such as Email = 'a@example.com' AND Created >= '2026-01-01'; operators = != < > LIKE IN IS NULL AND OR NOT",
    },
    pageSize: { type: 'integer', minimum: 1, maximum: 200 },
    pageToken: { type: 'string', description: 'nextPageToken of the page before' },
    sortBy: { type: 'string', description: 'one column, such as Created DESC' },
    fields: { type: 'array', items: { type: 'string' }, description: 'columns of the answer; name few' },
  },
  additionalProperties: false,
};
const OPERATION_ID: JsonSchema = {
  type: 'string',
  description: 'the idempotency key; give the one of an earlier try to repeat it without a second effect',
};
const ID: JsonSchema = { type: 'string', description: 'its id; parent/id where it belongs to another object' };

export function entityTool(facts: EntityFacts, operation: Operation): ToolFacts {
  const { name, payloads, byId, columns } = facts;
  const reads = operation === 'List' || operation === 'Get';
  const payload = payloads[operation];
  const id = byId.includes(operation) ? { id: ID } : {};
  const columnsTold =
    operation === 'List' ? `; columns: ${columns.map((one) => one.name).join(', ')}`.slice(0, 1500) : '';
  return {
    name: toolName(`${name}.${operation}`),
    title: `${operation} ${name}`,
    description: `${WORDS[operation]} of Stripe's ${name}${columnsTold}`,
    inputSchema:
      operation === 'List' || payload === undefined
        ? LIST
        : objectOf({ ...id, ...inputOf(payload) }, reads, Object.keys(id)),
    reads,
    destroys: operation === 'Create' ? payload !== undefined && namesAmount(payload) : !reads,
  };
}

const WORDS: Readonly<Record<Operation, string>> = {
  List: 'Rows',
  Get: 'One row',
  Create: 'Makes one',
  Update: 'Changes one',
  Delete: 'Deletes one',
};

export function actionTool({ name, title, entity, reads, input }: ActionFacts): ToolFacts {
  return {
    name: toolName(name),
    title,
    description: `${title}: an action of Stripe's on ${entity}`,
    inputSchema: objectOf(inputOf(input), reads, ['input']),
    reads,
    destroys: !reads,
  };
}

function objectOf(
  properties: Readonly<Record<string, JsonSchema>>,
  reads: boolean,
  required: readonly string[],
): JsonSchema {
  return {
    type: 'object',
    properties: { ...properties, ...(reads ? {} : { operationId: OPERATION_ID }) },
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  };
}

/** Nothing where the call takes nothing. */
function inputOf(payload: JsonSchema): Readonly<Record<string, JsonSchema>> {
  return payload.properties !== undefined && Object.keys(payload.properties).length === 0
    ? {}
    : { input: short(payload, 2) };
}

/** Whole schemas of Stripe's would fill an agent's memory: below the second level objects stand without their fields. */
function short(schema: JsonSchema, levels: number): JsonSchema {
  const { properties, items, anyOf, additionalProperties, ...rest } = schema;
  if (levels === 0 && properties !== undefined)
    return { type: rest.type ?? 'object', description: "fields as Stripe's API names them" };
  const values = rest.enum !== undefined && rest.enum.length > 40 ? { enum: undefined, type: 'string' } : {};
  return JSON.parse(
    JSON.stringify({
      ...rest,
      ...values,
      ...(properties === undefined ? {} : { properties: each(properties, levels - 1) }),
      ...(items === undefined ? {} : { items: short(items, Math.max(0, levels - 1)) }),
      ...(anyOf === undefined ? {} : { anyOf: anyOf.map((one) => short(one, levels)) }),
      ...(additionalProperties === undefined ? {} : { additionalProperties }),
    }),
  ) as JsonSchema;
}

function each(properties: Readonly<Record<string, JsonSchema>>, levels: number): Readonly<Record<string, JsonSchema>> {
  return Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, short(one, levels)]));
}

/** Whether an amount can be named anywhere in it: what makes such a thing may charge somebody. */
function namesAmount(schema: JsonSchema): boolean {
  const { properties = {}, items, anyOf = [] } = schema;
  return (
    Object.entries(properties).some(([name, one]) => isAmount(snake(name)) || namesAmount(one)) ||
    (items !== undefined && namesAmount(items)) ||
    anyOf.some(namesAmount)
  );
}
