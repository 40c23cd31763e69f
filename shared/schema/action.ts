import type { Action } from '../catalog/types.ts';
import type { Descriptions } from '../catalog/descriptions.ts';
import { pascal, snake } from '../catalog/names.ts';
import { requiredOutputKeys } from '../catalog/sample-keys.ts';
import { actionFields, actionIds } from '../operations/request/action-request.ts';
import { isApiV2 } from '../stripe/idempotency-key.ts';
import { fieldTexts, sampleId, type FieldText } from './field-text.ts';
import { inputSchema, type JsonSchema } from './json-schema.ts';
import { idSchemaAt } from './object-ids.ts';

export interface ActionDescriptor {
  readonly name: string;
  readonly title: string;
  /** Absent in functions without the descriptions. */
  readonly description?: string;
  readonly entity: string;
  /** True if it changes nothing at Stripe. */
  readonly readOnly: boolean;
  readonly input: JsonSchema;
  /** The row that it returns in the format `connector`. */
  readonly result: JsonSchema;
}

export function describeAction(definition: Action, descriptions?: Descriptions): ActionDescriptor {
  const title = definition.action.replace(/(?<=[a-z0-9])([A-Z])/g, ' $1');
  return {
    name: definition.action,
    title,
    ...(descriptions === undefined ? {} : { description: actionText(definition, title, descriptions) }),
    entity: definition.entity,
    readOnly: definition.method === 'GET',
    input: actionInput(definition, descriptions),
    result: actionResult(definition),
  };
}

/** Returns the ids first, then every other parameter of Stripe's call. */
function actionInput(definition: Action, descriptions: Descriptions | undefined): JsonSchema {
  const { action, entity, path } = definition;
  const schema = inputSchema(actionFields(definition), {
    entity: action,
    kind: 'action',
    json: isApiV2(path),
    describe: fieldTexts(descriptions, entity, (texts, at) => texts.actionInput(action, at)),
  });
  const idInputs = actionIds(definition);
  const ids = idInputs.map(({ input }) => input);
  const required = [...ids, ...(schema.required ?? []).filter((name) => !ids.includes(name))];
  return {
    ...schema,
    properties: {
      ...Object.fromEntries(
        idInputs.map(({ input, placeholder }) => [
          input,
          { ...idSchemaAt(path, placeholder), ...idText(entity, placeholder, descriptions) },
        ]),
      ),
      ...schema.properties,
    },
    ...(required.length === 0 ? {} : { required }),
  };
}

/** Every scalar is a string. A complete object has more keys than the required ones. */
function actionResult({ output, alternatives = {}, answer: response, file }: Action): JsonSchema {
  const text: JsonSchema = { type: ['string', 'null'] };
  const success: Record<string, JsonSchema> = { Success: { type: 'string', enum: ['true'] } };
  if (file !== undefined) return { type: 'object', ...fileResult(success, file) };
  if (output === 'success') return { type: 'object', properties: success, required: ['Success'] };
  const keys =
    output === 'object'
      ? requiredOutputKeys(snake(response ?? ''))
      : [...Object.keys(output), ...Object.keys(alternatives)];
  return {
    type: 'object',
    properties: { ...success, ...Object.fromEntries(keys.map((key) => [key, text])) },
    required: ['Success'],
    ...(output === 'object' ? { additionalProperties: text } : {}),
  };
}

/** The row of an action that returns a file, with the output names of `catalog/generate/action-specs.ts`. */
function fileResult(success: Record<string, JsonSchema>, file: string): JsonSchema {
  const properties: Record<string, JsonSchema> = {
    ...success,
    Content: { type: 'string', description: 'the file as base64', contentEncoding: 'base64' },
    ContentType: { type: 'string', enum: [file] },
  };
  return { properties, required: Object.keys(properties) };
}

function idText(entity: string, placeholder: string, descriptions: Descriptions | undefined): FieldText {
  const owner = placeholder === '{id}' ? entity : pascal(placeholder.slice(1, -1));
  const description =
    placeholder === '{id}'
      ? `Id of the ${entity} that the action applies to.`
      : `Id of the ${owner} that the ${entity} belongs to.`;
  return descriptions === undefined ? { description } : { description, example: sampleId(owner, descriptions) };
}

/** Without a sentence of Stripe: the name in words, and what the object is. */
function actionText({ action, entity }: Action, title: string, descriptions: Descriptions): string {
  return descriptions.action(action) || [`${title}.`, descriptions.entity(entity) ?? []].flat().join(' ');
}
