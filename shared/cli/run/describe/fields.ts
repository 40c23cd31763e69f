import { isObject } from '../../../is-object.ts';
import type { CommandContext, CommandResult } from '../../commands/definition.ts';
import { UsageError } from '../../io/exit.ts';
import { formatColumns } from '../../io/print.ts';
import type { JsonBody } from '../../io/server.ts';
import { rejectMistypedOperation } from '../call-hints.ts';
import { operationSchema, propertiesOf } from './input-schema.ts';

/** `fields NAME [PATH]`: the inputs of an operation or action, or the columns of an entity. */
export async function showFields(context: CommandContext): Promise<CommandResult> {
  const [name = '', path] = context.args;
  const server = context.server();
  const [, entity, verb] = /^(.+)\.(list|get|create|update|delete)$/i.exec(name) ?? [];
  if (entity !== undefined && verb !== undefined) {
    const { payloads } = await server.get(`/entities/${encodeURIComponent(entity)}`);
    return inputsResult(name, operationSchema(payloads, verb), path);
  }
  rejectMistypedOperation(name);
  try {
    const { columns: all, ...rest } = await server.get(`/entities/${encodeURIComponent(name)}`);
    const rows = (Array.isArray(all) ? all : []).filter(isObject);
    if (path !== undefined) throw new UsageError(`columns have no path; the inputs are those of ${name}.Create`);
    return { value: { ...rest, columns: rows }, text: columnListText(rows) };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const { input } = await server.get(`/actions/${encodeURIComponent(name)}`).catch((noAction: unknown) => {
      // One of the two errors may suggest a name.
      throw String(error).includes('did you mean') ? error : noAction;
    });
    return inputsResult(name, isObject(input) ? input : {}, path);
  }
}

function inputsResult(name: string, schema: JsonBody, path: string | undefined): CommandResult {
  const schemaOfPath = path === undefined ? schema : schemaAtPath(schema, path.split('.'), name);
  const rows = inputCells(schemaOfPath);
  return { value: schemaOfPath, text: rows.length === 0 ? `${name} has no inputs` : formatColumns([HEAD, ...rows]) };
}

const HEAD = ['input', 'type', 'description'];

function inputCells(schema: JsonBody): string[][] {
  const required = new Set(Array.isArray(schema['required']) ? schema['required'] : []);
  const rows = Object.entries(propertiesOf(schema))
    .filter((entry): entry is [string, JsonBody] => isObject(entry[1]))
    .map(([name, property]) => ({ name, property, isRequired: required.has(name) }));
  return rows
    .toSorted((a, b) => Number(b.isRequired) - Number(a.isRequired))
    .map(({ name, property, isRequired }) => [
      isRequired ? `${name} (required)` : name,
      inputTypeText(property),
      `${textOrEmpty(property['description'])}${exampleSuffix(property)}`,
    ]);
}

function schemaAtPath(schema: JsonBody, path: readonly string[], name: string): JsonBody {
  let at = schema;
  for (const key of path) {
    const next = propertiesOf(at)[key];
    if (!isObject(next)) throw new UsageError(`${name} has no input ${path.join('.')}`);
    at = next;
  }
  return at;
}

function inputTypeText({ type, anyOf }: JsonBody): string {
  if (type !== undefined)
    return [type]
      .flat()
      .filter((each) => each !== 'null')
      .join('|');
  const types = (Array.isArray(anyOf) ? anyOf : []).filter(isObject).map(inputTypeText);
  return [...new Set(types.filter((each) => each !== ''))].join('|');
}

function columnListText(rows: readonly JsonBody[]): string {
  const lines = rows.map(({ name, kind, description }) => [
    textOrEmpty(name),
    textOrEmpty(kind),
    textOrEmpty(description),
  ]);
  return formatColumns([['column', 'type', 'description'], ...lines]);
}

/** Returns a sentence with the allowed values or an example. Empty without both. */
function exampleSuffix({ example: value, enum: values }: JsonBody): string {
  if (Array.isArray(values)) return ` One of ${values.map((each) => JSON.stringify(each)).join(', ')}.`;
  return value === undefined ? '' : ` Such as ${JSON.stringify(value)}.`;
}

function textOrEmpty(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
