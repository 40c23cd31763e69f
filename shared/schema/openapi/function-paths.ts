/** Paths of the functions: locally by their names on one server, deployed each with its own address. */
import type { Operation } from '../../catalog/types.ts';
import { callableOf, type Callable, type FunctionRow } from '../../catalog/function-rows.ts';
import type { Discovery } from '../discovery.ts';
import type { JsonSchema } from '../json-schema.ts';
import type { EntityDescriptor } from '../entity.ts';
import { withParents, type TargetSchema } from '../object-ids.ts';
import { SHARED_BODY_FIELDS, fieldsByOperation } from './function-fields.ts';
import { responses, json, KEY_PARAMETER, wrapIn, type Schema } from './schemas.ts';

/** Maximum number of names of one function for which its schema has separate payloads. */
const MAX_TYPED_NAMES = 10;

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
      summary: `Call the function ${functionRow.name}`,
      description: callableText(callable, discovery),
      tags: ['functions'],
      parameters: [KEY_PARAMETER],
      requestBody: { required: true, content: json(body) },
      responses: responses(wrapIn('connectorOutputPayload', {}, false), 'The result. With dryRun the requests.'),
    };
    return [[`/${functionRow.name}`, { servers: servers(functionRow.name), post: operation }]];
  });
  return Object.fromEntries(paths);
}

/** What the function does. */
function callableText(callable: Callable, discovery: Discovery): string {
  if (callable.kind === 'action') return discovery.action(callable.action).description ?? `${callable.action}.`;
  const served = callable.names === undefined ? '' : ` Only for ${callable.names.join(', ')}.`;
  if (callable.kind === 'actions') return `Run an action of Stripe, such as PayInvoice.${served}`;
  return `${OPERATION_TEXTS[callable.operation]}${served}`;
}

const OPERATION_TEXTS: Readonly<Record<Operation, string>> = {
  List: 'List rows of an entity, filtered by a clause, page by page.',
  Get: 'Get one object of an entity by its id.',
  Create: 'Create an object of an entity.',
  Update: 'Update an object by its id, or every object that a clause selects.',
  Delete: 'Delete an object by its id, or every object that a clause selects.',
};

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
    properties: {
      ...fieldsByOperation(discovery.limits)[operation],
      ...(operation === 'List' ? {} : { connectorInputPayload: input }),
    },
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
    properties: { connectorInputPayload: input, ...fieldsByOperation(discovery.limits).Action },
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
    properties: {
      ...SHARED_BODY_FIELDS,
      ...Object.fromEntries(parts.flatMap(({ properties }) => Object.entries(properties))),
    },
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  };
}
