import type { ActionRow } from '../catalog/actions.ts';
import { snake } from '../catalog/names.ts';
import { sampleKeys } from '../catalog/sample-keys.ts';
import { actionFields, actionIds } from '../operations/request/action-request.ts';
import { isApiV2 } from '../stripe/idempotency-key.ts';
import { ID_SCHEMA, inputSchema, type JsonSchema } from './json-schema.ts';

export interface ActionFacts {
  readonly name: string;
  readonly title: string;
  readonly entity: string;
  /** True where it changes nothing at Stripe. */
  readonly reads: boolean;
  readonly input: JsonSchema;
  /** The row that it answers in the format `connector`. */
  readonly result: JsonSchema;
}

export function describeAction(row: ActionRow): ActionFacts {
  return {
    name: row.action,
    title: row.action.replace(/(?<=[a-z0-9])([A-Z])/g, ' $1'),
    entity: row.entity,
    reads: row.method === 'GET',
    input: actionInput(row),
    result: actionResult(row),
  };
}

/** The ids first, then every further parameter of Stripe's call. */
function actionInput(row: ActionRow): JsonSchema {
  const schema = inputSchema(actionFields(row), {
    entity: row.action,
    kind: 'action',
    json: isApiV2(row.path),
  });
  const ids = actionIds(row).map(({ input }) => input);
  const required = [...ids, ...(schema.required ?? []).filter((name) => !ids.includes(name))];
  return {
    ...schema,
    properties: { ...Object.fromEntries(ids.map((name) => [name, ID_SCHEMA])), ...schema.properties },
    ...(required.length === 0 ? {} : { required }),
  };
}

/** Every scalar is text. A whole object has more keys than those that always stand. */
function actionResult({ output, alternatives = {}, answer, file }: ActionRow): JsonSchema {
  const text: JsonSchema = { type: ['string', 'null'] };
  const success: Record<string, JsonSchema> = { Success: { type: 'string', enum: ['true'] } };
  if (file !== undefined) return { type: 'object', ...fileResult(success, file) };
  if (output === 'success') return { type: 'object', properties: success, required: ['Success'] };
  const keys =
    output === 'object' ? sampleKeys(snake(answer ?? '')) : [...Object.keys(output), ...Object.keys(alternatives)];
  return {
    type: 'object',
    properties: { ...success, ...Object.fromEntries(keys.map((key) => [key, text])) },
    required: ['Success'],
    ...(output === 'object' ? { additionalProperties: text } : {}),
  };
}

/** The row of an action that answers a file, as `catalog/actions` names its outputs. */
function fileResult(success: Record<string, JsonSchema>, file: string): JsonSchema {
  const properties: Record<string, JsonSchema> = {
    ...success,
    Content: { type: 'string', description: 'the file as base64', contentEncoding: 'base64' },
    ContentType: { type: 'string', enum: [file] },
  };
  return { properties, required: Object.keys(properties) };
}
