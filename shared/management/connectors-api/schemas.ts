import type { ActionFacts } from '../../schema/action.ts';
import type { ColumnFacts } from '../../schema/columns.ts';
import type { EntityFacts } from '../../schema/entity.ts';
import type { JsonSchema } from '../../schema/json-schema.ts';

/** The vendor's messages, by the field names of its discovery document (connectors v2). */
type Message = Readonly<Record<string, unknown>>;

/** Keywords that the vendor's JsonSchema has; `type` is a list there. Others stand in `additionalDetails`. */
export function vendorSchema(schema: JsonSchema): Message {
  const { type, properties, items, required, enum: values, description, default: preset, ...more } = schema;
  const details = Object.entries(more).map(([key, value]) => [key, nested(value)]);
  return {
    ...(type === undefined ? {} : { type: typeof type === 'string' ? [type] : type }),
    ...(properties === undefined ? {} : { properties: schemasOf(properties) }),
    ...(items === undefined ? {} : { items: vendorSchema(items) }),
    ...(required === undefined ? {} : { required }),
    ...(values === undefined ? {} : { enum: values }),
    ...(description === undefined ? {} : { description }),
    ...(preset === undefined ? {} : { default: preset }),
    ...(details.length === 0 ? {} : { additionalDetails: Object.fromEntries(details) as Message }),
  };
}

function schemasOf(properties: Readonly<Record<string, JsonSchema>>): Message {
  return Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, vendorSchema(one)]));
}

function nested(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(nested);
  return typeof value === 'object' && value !== null ? vendorSchema(value) : value;
}

export function vendorEntityType(name: string, facts: EntityFacts): Message {
  return {
    name,
    operations: facts.operations.map((one) => one.toUpperCase()),
    fields: facts.columns.map((column) => vendorField(column, facts)),
    jsonSchema: vendorSchema({ ...facts.row, description: facts.name }),
  };
}

/** SQL types, as the vendor's `dataType` names them. */
const TYPES: Readonly<Record<ColumnFacts['kind'], string>> = {
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

function vendorField(column: ColumnFacts, { row }: EntityFacts): Message {
  const { name, kind, list, key, nullable, reference } = column;
  const schema = row.properties?.[name];
  return {
    name,
    dataType: list === true ? 'ARRAY' : TYPES[kind],
    key,
    nullable,
    ...(schema?.description === undefined ? {} : { description: schema.description }),
    ...(reference === undefined ? {} : { reference: { name: reference, type: 'FOREIGN_KEY' } }),
    ...(kind === 'json' ? { jsonSchema: { type: [list === true ? 'array' : 'object'] } } : {}),
    additionalDetails: {
      readOnly: column.readOnly,
      filter: column.filter,
      sortable: column.sortable,
      inRows: column.inRows,
      ...(column.enum === undefined ? {} : { enum: column.enum }),
    },
  };
}

export function vendorAction(name: string, { title, entity, reads, input, result }: ActionFacts): Message {
  const required = input.required ?? [];
  return {
    name,
    displayName: title,
    description: `${title}: ${reads ? 'reads' : 'a write'} of Stripe's, on ${entity}`,
    inputParameters: Object.entries(input.properties ?? {}).map(([field, schema]) => ({
      name: field,
      ...typeOf(schema),
      nullable: !required.includes(field),
    })),
    resultMetadata: Object.entries(result.properties ?? {}).map(([field, schema]) => ({
      name: field,
      ...typeOf(schema),
      nullable: !(result.required ?? []).includes(field),
    })),
    inputJsonSchema: vendorSchema(input),
    resultJsonSchema: vendorSchema(result),
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

function typeOf(schema: JsonSchema): Message {
  const types = [schema.type ?? []].flat().filter((one) => one !== 'null');
  const [only = schema.enum === undefined ? 'any' : 'string'] = types;
  const dataType = (types.length > 1 ? undefined : BY_TYPE[only]) ?? 'OTHER';
  const simple = !['ARRAY', 'STRUCT', 'OTHER'].includes(dataType) && schema.enum === undefined;
  return { dataType, ...(simple ? {} : { jsonSchema: vendorSchema(schema) }) };
}
