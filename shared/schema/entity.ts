import { pascal } from '../catalog/names.ts';
import type { Descriptions } from '../catalog/descriptions.ts';
import { parentsOf } from '../catalog/routes.ts';
import type { Entity, Operation, Route } from '../catalog/types.ts';
import { definedFields } from '../defined-fields.ts';
import { isApiV2 } from '../stripe/idempotency-key.ts';
import { routesByParents } from '../operations/request/resolve-path.ts';
import { columnsOf, type ColumnDescriptor } from './columns.ts';
import { fieldTexts, parentText, type DescribeField } from './field-text.ts';
import { inputSchema, type JsonSchema, type SchemaRules } from './json-schema.ts';
import { entityIdSchema, idSchemaAt, targetSchema, type TargetSchema } from './object-ids.ts';
import { DEFAULT_SCHEMA_CONTEXT, type SchemaContext } from './schema-context.ts';
import { waitStatuses } from './wait-for-schema.ts';

const PAYLOAD_KINDS = { Get: 'action', Create: 'create', Update: 'update', Delete: 'action' } as const;

/** Returns the schema of `connectorInputPayload`: the ids of the parents and the parameters of Stripe's call. */
export function payloadSchema(
  entity: Entity,
  operation: Exclude<Operation, 'List'>,
  context = DEFAULT_SCHEMA_CONTEXT,
): JsonSchema {
  const definition = entity.operations[operation];
  if (definition === undefined) throw new RangeError(`${entity.entity} has no ${operation}`);
  const { [operation]: kind } = PAYLOAD_KINDS;
  const describe = fieldTexts(context.descriptions, entity.entity, (texts, inputPath) =>
    texts.parameter(entity.entity, operation, inputPath),
  );
  const variants = routesByParents(definition).map((route) => routeSchema(entity, route, kind, describe, context));
  const [first] = variants;
  return variants.length === 1 && first !== undefined ? first : { anyOf: variants };
}

/** Returns the payload schema for one of the paths of an operation. */
function routeSchema(
  { entity }: Entity,
  { path, params }: Route,
  kind: SchemaRules['kind'],
  describe: DescribeField,
  { limits, descriptions }: SchemaContext,
): JsonSchema {
  const schema = inputSchema(params, { entity, kind, json: isApiV2(path), limits, describe });
  const parents = parentsOf(path).map(pascal);
  const ids = Object.fromEntries(
    parentsOf(path).map((name) => [
      pascal(name),
      { ...idSchemaAt(path, `{${name}}`), ...parentText(pascal(name), entity, descriptions) },
    ]),
  );
  const required = [...parents, ...(schema.required ?? []).filter((name) => !parents.includes(name))];
  return definedFields({
    ...schema,
    properties: { ...schema.properties, ...ids },
    required: required.length === 0 ? undefined : required,
  });
}

/** Returns the schema of `entityId`, or undefined if the operation has no id. */
function idSchemaOf({ operations }: Entity, operation: Operation): JsonSchema | undefined {
  const { [operation]: definition } = operations;
  if (definition === undefined || operation === 'List' || operation === 'Create') return undefined;
  return entityIdSchema(definition);
}

/**
 * Returns the schema of a row of List and Get in the format `connector`, for a call that neither selects nor expands
 * columns.
 */
export function rowSchema(columns: readonly ColumnDescriptor[]): JsonSchema {
  const inRows = columns.filter((column) => column.inRows);
  return {
    type: 'object',
    properties: Object.fromEntries(inRows.map((column) => [column.name, columnSchema(column)])),
    additionalProperties: false,
  };
}

const TYPES: Readonly<Record<ColumnDescriptor['kind'], JsonSchema>> = {
  text: { type: 'string' },
  enum: { type: 'string' },
  integer: { type: 'integer' },
  number: { type: 'number' },
  decimal: { type: 'string' },
  boolean: { type: 'boolean' },
  seconds: { type: 'integer', description: 'Unix seconds.' },
  instant: { type: 'string', description: 'ISO 8601.' },
  json: {},
};

function columnSchema({ kind, nullable, enum: values, description, example }: ColumnDescriptor): JsonSchema {
  const schema = TYPES[kind];
  const knownValues = values === undefined ? [] : [`Such as ${values.slice(0, 60).join(', ')}.`];
  const texts = [description ?? schema.description ?? [], knownValues].flat();
  return definedFields({
    ...schema,
    type: typeof schema.type === 'string' && nullable ? [schema.type, 'null'] : schema.type,
    description: texts.length === 0 ? undefined : texts.join(' '),
    example,
  });
}

export interface EntityDescriptor {
  readonly name: string;
  /** Absent in functions without the descriptions. */
  readonly description?: string | undefined;
  readonly operations: readonly Operation[];
  /** What each operation does. */
  readonly operationDescriptions: Readonly<Partial<Record<Operation, string>>>;
  /** True if there is one object without an id: one per account, or one per parent, as a customer's cash balance. */
  readonly singleton: boolean;
  readonly columns: readonly ColumnDescriptor[];
  readonly row: JsonSchema;
  /** The schema of `connectorInputPayload` by operation. */
  readonly payloads: Readonly<Partial<Record<Operation, JsonSchema>>>;
  /** Operations on one object that is identified by its id. */
  readonly byId: readonly Operation[];
  /** The schema of `entityId` for each operation in `byId`. */
  readonly ids: Readonly<Partial<Record<Operation, JsonSchema>>>;
  /**
   * For each operation on one object, the names of the parents in each route. Their ids are in `entityId` or in the
   * payload.
   */
  readonly parents: Readonly<Partial<Record<Operation, readonly (readonly string[])[]>>>;
  /** For each operation on existing objects, the rule that says which fields of a body must identify the object. */
  readonly targets: Readonly<Partial<Record<Operation, TargetSchema>>>;
  /** The statuses that `waitFor` of a write may name. */
  readonly waitStatuses: readonly string[];
}

/** Returns the descriptor of an entity. */
export function describeEntity(entity: Entity, context = DEFAULT_SCHEMA_CONTEXT): EntityDescriptor {
  const { descriptions } = context;
  const operations = Object.keys(entity.operations) as Operation[];
  const columns = columnsOf(entity, descriptions);
  const description = descriptions?.entity(entity.entity);
  const ids = byOperation(operations, (operation) => idSchemaOf(entity, operation));
  return {
    name: entity.entity,
    description,
    operations,
    operationDescriptions: byOperation(operations, (operation) => describeOperation(entity, operation, descriptions)),
    singleton: entity.singleton,
    columns,
    row: rowSchema(columns),
    payloads: byOperation(operations, (operation) =>
      operation === 'List' ? undefined : payloadSchema(entity, operation, context),
    ),
    byId: Object.keys(ids) as Operation[],
    ids,
    parents: byOperation(operations, (operation) => parentNames(entity, operation)),
    targets: byOperation(operations, (operation) => targetSchema(entity, operation)),
    waitStatuses: waitStatuses(entity),
  };
}

/** Returns the names of the parents of each route, in the order of the alternatives of `payloadSchema`. */
function parentNames({ operations }: Entity, operation: Operation): readonly (readonly string[])[] | undefined {
  const { [operation]: definition } = operations;
  if (definition === undefined || operation === 'List') return undefined;
  const perRoute = routesByParents(definition).map(({ path }) => parentsOf(path).map(pascal));
  return perRoute.every((parents) => parents.length === 0) ? undefined : perRoute;
}

/** Returns the result of a function for each operation, without the operations whose result is undefined. */
function byOperation<T>(
  operations: readonly Operation[],
  resultOf: (operation: Operation) => T | undefined,
): Readonly<Partial<Record<Operation, T>>> {
  return Object.fromEntries(
    operations.flatMap((operation) => {
      const result = resultOf(operation);
      return result === undefined ? [] : [[operation, result]];
    }),
  );
}

/** Returns what an operation does: `Create a Customer.`, then Stripe's description of the operation or of the entity. */
function describeOperation(
  { entity, singleton }: Entity,
  operation: Operation,
  descriptions: Descriptions | undefined,
): string {
  const nameWithArticle = `${/^[AEIO]/.test(entity) ? 'an' : 'a'} ${entity}`;
  const lead = singleton
    ? `${operation} the ${entity}, which has no id of its own.`
    : FIRST_SENTENCES[operation](nameWithArticle, entity);
  return [lead, descriptions?.operation(entity, operation) || (descriptions?.entity(entity) ?? [])].flat().join(' ');
}

const FIRST_SENTENCES: Readonly<Record<Operation, (nameWithArticle: string, entity: string) => string>> = {
  List: (_, entity) => `List rows of ${entity}.`,
  Get: (nameWithArticle) => `Get ${nameWithArticle} by its id.`,
  Create: (nameWithArticle) => `Create ${nameWithArticle}.`,
  Update: (nameWithArticle) => `Update ${nameWithArticle}.`,
  Delete: (nameWithArticle) => `Delete ${nameWithArticle}.`,
};
