import type { ActionDescriptor } from '../../schema/action.ts';
import type { ColumnDescriptor } from '../../schema/columns.ts';
import type { EntityDescriptor } from '../../schema/entity.ts';
import type { JsonSchema } from '../../schema/json-schema.ts';

/** A message of Google's Connectors API, with the field names of its discovery document (connectors v2). */
type ApiMessage = Readonly<Record<string, unknown>>;

/**
 * Converts a JSON Schema to the API's JsonSchema, whose `type` is a list. Keywords that the API's JsonSchema does not
 * have become members of `additionalDetails`.
 */
export function connectorsApiSchema(schema: JsonSchema): ApiMessage {
  const { type, properties, items, required, enum: values, description, default: defaultValue, ...more } = schema;
  const details = Object.entries(more).map(([key, value]) => [key, nested(value)]);
  return {
    type: typeof type === 'string' ? [type] : type,
    properties: properties === undefined ? undefined : schemasOf(properties),
    items: items === undefined ? undefined : connectorsApiSchema(items),
    required,
    enum: values,
    description,
    default: defaultValue,
    additionalDetails: details.length === 0 ? undefined : (Object.fromEntries(details) as ApiMessage),
  };
}

function schemasOf(properties: Readonly<Record<string, JsonSchema>>): ApiMessage {
  return Object.fromEntries(
    Object.entries(properties).map(([name, jsonSchema]) => [name, connectorsApiSchema(jsonSchema)]),
  );
}

function nested(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(nested);
  return typeof value === 'object' && value !== null ? connectorsApiSchema(value) : value;
}

/** Converts an entity's descriptor to the API's EntityType. */
export function connectorsApiEntityType(name: string, descriptor: EntityDescriptor): ApiMessage {
  return {
    name,
    operations: descriptor.operations.map((operation) => operation.toUpperCase()),
    fields: descriptor.columns.map((column) => connectorsApiField(column, descriptor)),
    jsonSchema: connectorsApiSchema({ ...descriptor.row, description: descriptor.description ?? descriptor.name }),
  };
}

/** The API's `dataType`, a SQL type, of each kind of column. */
const DATA_TYPES: Readonly<Record<ColumnDescriptor['kind'], string>> = {
  text: 'VARCHAR',
  enum: 'VARCHAR',
  integer: 'BIGINT',
  number: 'DOUBLE',
  decimal: 'DECIMAL',
  boolean: 'BOOLEAN',
  seconds: 'BIGINT',
  instant: 'TIMESTAMP',
  json: 'STRUCT',
};

function connectorsApiField(column: ColumnDescriptor, { row: jsonSchema }: EntityDescriptor): ApiMessage {
  const { name, kind, list, key, nullable, reference } = column;
  const schema = jsonSchema.properties?.[name];
  return {
    name,
    dataType: list === true ? 'ARRAY' : DATA_TYPES[kind],
    key,
    nullable,
    description: column.description ?? schema?.description,
    reference: reference === undefined ? undefined : { name: reference, type: 'FOREIGN_KEY' },
    jsonSchema: kind === 'json' ? { type: [list === true ? 'array' : 'object'] } : undefined,
    additionalDetails: {
      readOnly: column.readOnly,
      filter: column.filter,
      sortable: column.sortable,
      inRows: column.inRows,
      enum: column.enum,
    },
  };
}

/** Converts an action's descriptor to the API's Action. */
export function connectorsApiAction(
  name: string,
  { title, description, entity, readOnly: reads, input, result }: ActionDescriptor,
): ApiMessage {
  const required = input.required ?? [];
  return {
    name,
    displayName: title,
    description: description ?? `${title}: ${reads ? 'a read' : 'a write'} of Stripe's ${entity}`,
    inputParameters: Object.entries(input.properties ?? {}).map(([field, schema]) => ({
      name: field,
      description: schema.description,
      ...dataTypeOf(schema),
      nullable: !required.includes(field),
    })),
    resultMetadata: Object.entries(result.properties ?? {}).map(([field, schema]) => ({
      name: field,
      ...dataTypeOf(schema),
      nullable: !(result.required ?? []).includes(field),
    })),
    inputJsonSchema: connectorsApiSchema(input),
    resultJsonSchema: connectorsApiSchema(result),
  };
}

const BY_TYPE: Readonly<Record<string, string>> = {
  string: 'VARCHAR',
  integer: 'BIGINT',
  number: 'DOUBLE',
  boolean: 'BOOLEAN',
  array: 'ARRAY',
  object: 'STRUCT',
};

function dataTypeOf(schema: JsonSchema): ApiMessage {
  const types = [schema.type ?? []].flat().filter((name) => name !== 'null');
  const [only = schema.enum === undefined ? 'any' : 'string'] = types;
  const dataType = (types.length > 1 ? undefined : BY_TYPE[only]) ?? 'OTHER';
  const isSimple = !['ARRAY', 'STRUCT', 'OTHER'].includes(dataType) && schema.enum === undefined;
  return { dataType, jsonSchema: isSimple ? undefined : connectorsApiSchema(schema) };
}
