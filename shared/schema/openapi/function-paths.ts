/** Paths of the functions. Locally they share one server. When deployed, each has its own address. */
import type { Operation } from '../../catalog/types.ts';
import { callableOf, type Callable, type FunctionInputs, type FunctionRow } from '../../catalog/function-rows.ts';
import { definedFields } from '../../defined-fields.ts';
import type { Discovery } from '../discovery.ts';
import type { JsonSchema } from '../json-schema.ts';
import { operationPayload, restrictPayload } from '../function-payload.ts';
import type { TargetSchema } from '../object-ids.ts';
import { SHARED_BODY_FIELDS, fieldsByOperation } from './function-fields.ts';
import { responses, json, KEY_PARAMETER, wrapIn, type Schema } from './schemas.ts';

/**
 * Maximum number of entities or actions of a function for which the schema describes the payload. For more, the payload
 * is any object, to keep the document small.
 */
const MAX_TYPED_NAMES = 10;

/** Returns the path of every function that callers can call. `servers` returns the addresses of a function. */
export function functionPaths(
  rows: readonly FunctionRow[],
  discovery: Discovery,
  servers: (name: string) => readonly object[],
): Record<string, unknown> {
  const paths = rows.flatMap((definition): [string, unknown][] => {
    const callable = callableOf(definition, rows);
    if (callable === undefined) return [];
    const bodySchema = bodySchemaOf(callable, definition, discovery);
    const operation = {
      operationId: definition.name,
      summary: `Call the function ${definition.name}`,
      description: callableText(callable, discovery),
      tags: ['functions'],
      parameters: [KEY_PARAMETER],
      requestBody: { required: true, content: json(bodySchema) },
      responses: responses(wrapIn('connectorOutputPayload', {}, false), 'The result. With dryRun the requests.'),
    };
    return [[`/${definition.name}`, { servers: servers(definition.name), post: operation }]];
  });
  return Object.fromEntries(paths);
}

/** Describes what a function does. */
function callableText(callable: Callable, discovery: Discovery): string {
  if (callable.kind === 'action') return discovery.action(callable.action).description ?? `${callable.action}.`;
  const onlyFor = callable.names === undefined ? '' : ` Only for ${callable.names.join(', ')}.`;
  if (callable.kind === 'actions') return `Run an action of Stripe, such as PayInvoice.${onlyFor}`;
  return `${OPERATION_TEXTS[callable.operation]}${onlyFor}`;
}

const OPERATION_TEXTS: Readonly<Record<Operation, string>> = {
  List: 'List rows of an entity, filtered by a clause, page by page.',
  Get: 'Get one object of an entity by its id.',
  Create: 'Create an object of an entity.',
  Update: 'Update an object by its id, or every object that a clause selects.',
  Delete: 'Delete an object by its id, or every object that a clause selects.',
};

/** Returns the schema of a function's request body. */
function bodySchemaOf(callable: Callable, definition: FunctionRow, discovery: Discovery): Schema {
  if (callable.kind === 'action') return joinParts(actionBodyPart([callable.action], discovery));
  if (callable.kind === 'actions') {
    const names =
      callable.names ??
      ((definition.actions ?? []).length === 0 ? discovery.actionNames() : (definition.actions ?? []));
    return joinParts(selectorField('action', names), actionBodyPart(names, discovery, callable.inputs));
  }
  const { operation, names = discovery.entityNames(), inputs } = callable;
  const entities = names.filter((name) => discovery.entity(name).operations.includes(operation));
  const inputOf = (name: string): JsonSchema | undefined => {
    const payload = operationPayload(discovery.entity(name), operation);
    return payload === undefined ? undefined : restrictPayload(payload, inputs);
  };
  const schema = joinParts(selectorField('entity', entities), {
    properties: definedFields({
      ...fieldsByOperation(discovery.limits)[operation],
      connectorInputPayload: operation === 'List' ? undefined : payloadOf(entities, inputOf),
    }),
    required: needsInput(entities, inputOf) ? ['connectorInputPayload'] : [],
  });
  return { ...schema, ...targetOf(entities, (name) => discovery.entity(name).targets[operation]) };
}

/**
 * Returns the rules that a body must follow to identify an object of one of the entities. Entities with the same rule
 * are grouped.
 */
function targetOf(names: readonly string[], ruleOf: (name: string) => TargetSchema | undefined): Schema {
  const groups = new Map<string, { readonly target: TargetSchema; readonly names: string[] }>();
  for (const name of names) {
    const target = ruleOf(name);
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

interface BodyPart {
  readonly properties: Readonly<Record<string, Schema>>;
  readonly required: readonly string[];
}

/** Returns the field that selects an entity or action. The field is optional if there is only one name. */
function selectorField(field: 'entity' | 'action', names: readonly string[]): BodyPart {
  return { properties: { [field]: { enum: names } }, required: names.length === 1 ? [] : [field] };
}

/** Returns the part of a body that actions have: the payload and the options. */
function actionBodyPart(names: readonly string[], discovery: Discovery, inputs?: FunctionInputs): BodyPart {
  const inputOf = (name: string): JsonSchema => restrictPayload(discovery.action(name).input, inputs);
  const needed = needsInput(names, inputOf);
  return {
    properties: { connectorInputPayload: payloadOf(names, inputOf), ...fieldsByOperation(discovery.limits).Action },
    required: needed ? ['connectorInputPayload'] : [],
  };
}

/**
 * Returns whether every call needs an input, because the input of each name has a required field in every alternative.
 * False for more than `MAX_TYPED_NAMES` names, whose inputs are not described.
 */
function needsInput(names: readonly string[], inputOf: (name: string) => JsonSchema | undefined): boolean {
  const requires = (schema: JsonSchema): boolean =>
    schema.anyOf === undefined ? schema.required !== undefined : schema.anyOf.every(requires);
  return names.length <= MAX_TYPED_NAMES && names.every((name) => requires(inputOf(name) ?? {}));
}

/** Returns the payload schema of the names, or the schema of any object for more than `MAX_TYPED_NAMES` names. */
function payloadOf(names: readonly string[], inputOf: (name: string) => JsonSchema | undefined): Schema {
  if (names.length > MAX_TYPED_NAMES) return { type: 'object' };
  const schemas = names.flatMap((name) => inputOf(name) ?? []);
  const [only = { type: 'object' }, ...more] = schemas;
  return more.length === 0 ? only : { anyOf: schemas };
}

/** Returns a body schema with the shared fields and the fields of the parts. */
function joinParts(...parts: readonly BodyPart[]): Schema {
  const required = parts.flatMap((part) => part.required);
  return definedFields({
    type: 'object',
    properties: {
      ...SHARED_BODY_FIELDS,
      ...Object.fromEntries(parts.flatMap(({ properties }) => Object.entries(properties))),
    },
    required: required.length === 0 ? undefined : required,
    additionalProperties: false,
  });
}
