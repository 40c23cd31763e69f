import type { Action, Entity } from '../catalog/types.ts';
import type { Descriptions } from '../catalog/descriptions.ts';
import { pascal, snake } from '../catalog/names.ts';
import { requiredOutputKeys } from '../catalog/sample-keys.ts';
import { definedFields } from '../defined-fields.ts';
import { actionFields, actionIds } from '../operations/request/action-request.ts';
import { isApiV2 } from '../stripe/idempotency-key.ts';
import { fieldTexts, sampleId, type FieldText } from './field-text.ts';
import { inputSchema, type JsonSchema } from './json-schema.ts';
import { idSchemaAt } from './object-ids.ts';
import { DEFAULT_SCHEMA_CONTEXT, type SchemaContext } from './schema-context.ts';
import { waitStatuses } from './wait-for-schema.ts';

export interface ActionDescriptor {
  readonly name: string;
  readonly title: string;
  /** Absent in functions without the descriptions. */
  readonly description?: string | undefined;
  readonly entity: string;
  /** True if the action changes nothing at Stripe. */
  readonly readOnly: boolean;
  readonly input: JsonSchema;
  /** The row that the action returns in the format `connector`. */
  readonly result: JsonSchema;
  /** The statuses of the object that `waitFor` may name. Empty for an action that only reads. */
  readonly waitStatuses: readonly string[];
}

/** Returns the descriptor of an action. */
export function describeAction(definition: Action, entity: Entity, context = DEFAULT_SCHEMA_CONTEXT): ActionDescriptor {
  const { descriptions } = context;
  const title = definition.action.replace(/(?<=[a-z0-9])([A-Z])/g, ' $1');
  return {
    name: definition.action,
    title,
    description: descriptions === undefined ? undefined : actionText(definition, title, descriptions),
    entity: definition.entity,
    readOnly: definition.method === 'GET',
    input: actionInput(definition, context),
    result: actionResult(definition),
    waitStatuses: definition.method === 'GET' ? [] : waitStatuses(entity),
  };
}

/** Returns the input schema: the ids, then every other parameter of Stripe's call. */
function actionInput(definition: Action, { limits, descriptions }: SchemaContext): JsonSchema {
  const { action, entity, path } = definition;
  const schema = inputSchema(actionFields(definition), {
    entity: action,
    kind: 'action',
    json: isApiV2(path),
    limits,
    describe: fieldTexts(descriptions, entity, (texts, inputPath) => texts.actionInput(action, inputPath)),
  });
  const idInputs = actionIds(definition);
  const ids = idInputs.map(({ input }) => input);
  const required = [...ids, ...(schema.required ?? []).filter((name) => !ids.includes(name))];
  return definedFields({
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
    required: required.length === 0 ? undefined : required,
  });
}

/** Returns the schema of the row, in which every scalar is a string. A complete object may have other keys too. */
function actionResult({ output, alternatives = {}, answer: resultEntity, file }: Action): JsonSchema {
  const textSchema: JsonSchema = { type: ['string', 'null'] };
  const success: Record<string, JsonSchema> = { Success: { type: 'string', enum: ['true'] } };
  if (file !== undefined) return { type: 'object', ...fileResult(success, file) };
  if (output === 'success') return { type: 'object', properties: success, required: ['Success'] };
  const keys =
    output === 'object'
      ? requiredOutputKeys(snake(resultEntity ?? ''))
      : [...Object.keys(output), ...Object.keys(alternatives)];
  return definedFields({
    type: 'object',
    properties: { ...success, ...Object.fromEntries(keys.map((key) => [key, textSchema])) },
    required: ['Success'],
    additionalProperties: output === 'object' ? textSchema : undefined,
  });
}

/**
 * Returns the properties of the row of an action that returns a file. The output names are those of
 * `catalog/generate/action-specs.ts`.
 */
function fileResult(success: Record<string, JsonSchema>, mediaType: string): JsonSchema {
  const properties: Record<string, JsonSchema> = {
    ...success,
    Content: { type: 'string', description: 'the file as base64', contentEncoding: 'base64' },
    ContentType: { type: 'string', enum: [mediaType] },
  };
  return { properties, required: Object.keys(properties) };
}

/** Returns the text of an id input: the id of the object itself, or of one of its parents. */
function idText(entity: string, placeholder: string, descriptions: Descriptions | undefined): FieldText {
  const owner = placeholder === '{id}' ? entity : pascal(placeholder.slice(1, -1));
  const description =
    placeholder === '{id}'
      ? `Id of the ${entity} that the action applies to.`
      : `Id of the ${owner} that the ${entity} belongs to.`;
  return descriptions === undefined ? { description } : { description, example: sampleId(owner, descriptions) };
}

/** Returns the description of an action: Stripe's sentence, or else the title and the description of the entity. */
function actionText({ action, entity }: Action, title: string, descriptions: Descriptions): string {
  return descriptions.action(action) || [`${title}.`, descriptions.entity(entity) ?? []].flat().join(' ');
}
