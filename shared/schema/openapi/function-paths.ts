/** Paths of the functions: locally by their names on one server, deployed each with its own address. */
import { DEFAULT_MAX_AFFECTED, MAX_AFFECTED, MAX_CLAUSE_LENGTH } from '../../bounds.ts';
import type { Operation } from '../../catalog/types.ts';
import { callableOf, type Callable, type FunctionRow } from '../../catalog/function-rows.ts';
import { PRIORITIES } from '../../stripe/call-context.ts';
import type { Discovery } from '../discovery.ts';
import { NAMES_SCHEMA, OPERATION_ID_SCHEMA, PAGE_SIZE, type JsonSchema } from '../json-schema.ts';
import type { EntityDescriptor } from '../entity.ts';
import { withParents, type TargetSchema } from '../object-ids.ts';
import { waitForSchema } from '../wait-for-schema.ts';
import { responses, json, KEY_PARAMETER, wrapIn, type Schema } from './schemas.ts';

const LOWERS = 'lowers the class in which the call waits for the rate limiter';

const COMMON: Readonly<Record<string, Schema>> = {
  operationId: { ...OPERATION_ID_SCHEMA, description: 'the same as the header Idempotency-Key' },
  accountId: { type: 'string', description: 'a Connect account that the connection allows' },
  outputFormat: { enum: ['connector', 'native'] },
  dryRun: { type: 'boolean' },
  priority: { enum: PRIORITIES, description: LOWERS },
};
/** Maximum number of names of one function for which its schema has separate payloads. */
const MAX_TYPED_NAMES = 10;
const CLAUSE: Readonly<Record<string, Schema>> = {
  entityId: { type: 'string' },
  // An empty clause never selects all rows.
  filterClause: { type: 'string', maxLength: MAX_CLAUSE_LENGTH, pattern: '\\S' },
  maxAffected: { type: 'integer', minimum: 1, maximum: MAX_AFFECTED, default: DEFAULT_MAX_AFFECTED },
  explain: { type: 'boolean' },
};
/** Get and List are `read`. */
const LOWER_PRIORITIES: Schema = { enum: PRIORITIES.slice(1), description: LOWERS };
/** Of writes: the call is answered when an event has the object in one of the statuses. */
const WAIT_FOR: Readonly<Record<string, Schema>> = { waitFor: waitForSchema() };
const BY_OPERATION: Readonly<Record<Operation, Readonly<Record<string, Schema>>>> = {
  List: {
    filterClause: { type: 'string', maxLength: MAX_CLAUSE_LENGTH },
    listEntitiesPageSize: PAGE_SIZE,
    listEntitiesPageToken: { type: 'string' },
    listEntitiesSortByColumns: { type: 'array', items: { type: 'string' }, maxItems: 1 },
    consistency: { enum: ['strong', 'eventual'] },
    explain: { type: 'boolean' },
    priority: LOWER_PRIORITIES,
    fields: NAMES_SCHEMA,
    expand: NAMES_SCHEMA,
  },
  Get: { entityId: { type: 'string' }, priority: LOWER_PRIORITIES, fields: NAMES_SCHEMA, expand: NAMES_SCHEMA },
  Create: WAIT_FOR,
  Update: { ...CLAUSE, ...WAIT_FOR },
  Delete: { ...CLAUSE, ...WAIT_FOR },
};

/** Returns the path of every function that callers can call. `servers`: its addresses. */
export function functionPaths(
  rows: readonly FunctionRow[],
  discovery: Discovery,
  servers: (name: string) => readonly object[],
): Record<string, unknown> {
  const paths = rows.flatMap((functionRow): [string, unknown][] => {
    const callable = callableOf(functionRow, rows);
    if (callable === undefined) return [];
    const body = bodyOf(callable, functionRow, discovery);
    const operation = {
      operationId: functionRow.name,
      summary: `the function ${functionRow.name}`,
      tags: ['functions'],
      parameters: [KEY_PARAMETER],
      requestBody: { required: true, content: json(body) },
      responses: responses(wrapIn('connectorOutputPayload', {}, false), 'the result; with dryRun the requests'),
    };
    return [[`/${functionRow.name}`, { servers: servers(functionRow.name), post: operation }]];
  });
  return Object.fromEntries(paths);
}

function bodyOf(callable: Callable, functionRow: FunctionRow, discovery: Discovery): Schema {
  if (callable.kind === 'action') return body(ofActions([callable.action], discovery));
  if (callable.kind === 'actions') {
    const names =
      callable.names ??
      ((functionRow.actions ?? []).length === 0 ? discovery.actionNames() : (functionRow.actions ?? []));
    return body(chosenBy('action', names), ofActions(names, discovery));
  }
  const { operation, names = discovery.entityNames() } = callable;
  const served = names.filter((name) => discovery.entity(name).operations.includes(operation));
  const input = payloadOf(served, (name) => bodyPayload(discovery.entity(name), operation));
  const schema = body(chosenBy('entity', served), {
    properties: { ...BY_OPERATION[operation], ...(operation === 'List' ? {} : { connectorInputPayload: input }) },
    required: needsInput(served, (name) => bodyPayload(discovery.entity(name), operation))
      ? ['connectorInputPayload']
      : [],
  });
  return { ...schema, ...targetOf(served, (name) => discovery.entity(name).targets[operation]) };
}

function bodyPayload({ payloads, parents }: EntityDescriptor, operation: Operation): JsonSchema | undefined {
  const { [operation]: payload } = payloads;
  const besideId = operation !== 'Create' && operation !== 'List';
  return besideId && payload !== undefined ? withParents(payload, parents[operation] ?? []) : payload;
}

/** Groups the entities that have the same rule for their ids. */
function targetOf(names: readonly string[], of: (name: string) => TargetSchema | undefined): Schema {
  const groups = new Map<string, { readonly target: TargetSchema; readonly names: string[] }>();
  for (const name of names) {
    const target = of(name);
    if (target === undefined) continue;
    const rule = JSON.stringify(target);
    const group = groups.get(rule) ?? { target, names: [] };
    groups.set(rule, group);
    group.names.push(name);
  }
  const [only, ...more] = [...groups.values()];
  if (only === undefined) return {};
  if (more.length === 0) return { allOf: [only.target] };
  return {
    anyOf: [...groups.values()].map(({ target, names: entities }) => ({
      allOf: [{ properties: { entity: { enum: entities } } }, target],
    })),
  };
}

interface Part {
  readonly properties: Readonly<Record<string, Schema>>;
  readonly required: readonly string[];
}

/** The name that the body selects. Optional if there is only one. */
function chosenBy(field: 'entity' | 'action', names: readonly string[]): Part {
  return { properties: { [field]: { enum: names } }, required: names.length === 1 ? [] : [field] };
}

function ofActions(names: readonly string[], discovery: Discovery): Part {
  const input = payloadOf(names, (name) => discovery.action(name).input);
  const needed = needsInput(names, (name) => discovery.action(name).input);
  return {
    properties: { connectorInputPayload: input, fields: NAMES_SCHEMA, expand: NAMES_SCHEMA, ...WAIT_FOR },
    required: needed ? ['connectorInputPayload'] : [],
  };
}

/** Returns whether every input of these names has required fields, in each of its alternatives. */
function needsInput(names: readonly string[], of: (name: string) => JsonSchema | undefined): boolean {
  const requires = (schema: JsonSchema): boolean =>
    schema.anyOf === undefined ? schema.required !== undefined : schema.anyOf.every(requires);
  return names.length <= MAX_TYPED_NAMES && names.every((name) => requires(of(name) ?? {}));
}

/** The payloads of a few names. Those of every entity or action would double the document. */
function payloadOf(names: readonly string[], of: (name: string) => JsonSchema | undefined): Schema {
  if (names.length > MAX_TYPED_NAMES) return { type: 'object' };
  const schemas = names.flatMap((name) => of(name) ?? []);
  const [only = { type: 'object' }, ...more] = schemas;
  return more.length === 0 ? only : { anyOf: schemas };
}

function body(...parts: readonly Part[]): Schema {
  const required = parts.flatMap((part) => part.required);
  return {
    type: 'object',
    properties: { ...COMMON, ...Object.fromEntries(parts.flatMap(({ properties }) => Object.entries(properties))) },
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  };
}
