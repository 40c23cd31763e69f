import type { FunctionRow } from '../../catalog/function-rows.ts';
import type { Operation } from '../../catalog/types.ts';
import type { Discovery } from '../discovery.ts';
import type { EntityDescriptor } from '../entity.ts';
import { restrictPayload } from '../function-payload.ts';
import type { JsonSchema } from '../json-schema.ts';
import { ownFunctions, restrictedActions, restrictedOperations, type RestrictedOperation } from './client-functions.ts';
import { docComment, indented, NamedTypes } from './types.ts';

export interface ClientDescriptor {
  readonly entities: readonly string[];
  readonly actions: readonly string[];
  /** Entries of the manifest. */
  readonly functions: readonly FunctionRow[];
}

/** The line of `runtime.ts` after which the text for the generated client begins. */
const BEGIN = '// --- the client begins here\n';

/** Returns the TypeScript type of a schema. */
type PrintSchema = (schema: JsonSchema) => string;

/**
 * Returns one TypeScript file: the client, then the types of each entity and action. `runtime` is the text of
 * `runtime.ts`.
 */
export function generateClient(
  discovery: Discovery,
  { entities, actions, functions }: ClientDescriptor,
  runtime: string,
): string {
  const runtimeText = runtime.slice(runtime.indexOf(BEGIN) + BEGIN.length);
  const reserved = [...runtimeText.matchAll(/\b(?:interface|type|class|function) (\w+)/g)].map(([, name = '']) => name);
  const types = new NamedTypes([...reserved, 'Entities', 'Actions', 'Functions', 'Record', 'Readonly']);
  const restrictions = restrictedActions(functions);
  const entityDescriptors = entities.map((name) => discovery.entity(name));
  const actionTypes = actions.map((name): ActionTypes => {
    const { input, result, description = '' } = discovery.action(name);
    return { name, description, input: restrictPayload(input, restrictions.get(name)?.inputs), result };
  });
  const operations = restrictedOperations(entities, functions, discovery);
  collectInputs(types, entityDescriptors, actionTypes, operations);
  const type: PrintSchema = (schema) => types.type(schema);
  const restrictedNames = new Map([...restrictions].map(([action, { name }]) => [action, name]));
  return [
    '// Generated: the client of the Stripe connector with its entities and actions. No dependencies. Do not edit.',
    ...noticeOf(discovery),
    runtimeText.trimEnd(),
    `const OWN_FUNCTIONS: Readonly<Record<string, string>> = ${functionNames(ownFunctions(functions), actions)};`,
    `const RESTRICTED_FUNCTIONS: Readonly<Record<string, string>> = ${functionNames(restrictedNames, actions)};`,
    interfaceText(
      'Functions',
      operations.map((definition) => functionMember(definition, type)),
    ),
    interfaceText(
      'Entities',
      entityDescriptors.map((descriptor) => entityMember(descriptor, type)),
    ),
    interfaceText(
      'Actions',
      actionTypes.map((action) => actionMember(action, type)),
    ),
    ...types.declarations(),
    '',
  ].join('\n\n');
}

/** Collects the inputs of all calls, so that a type which occurs several times is declared once. */
function collectInputs(
  types: NamedTypes,
  entities: readonly EntityDescriptor[],
  actions: readonly ActionTypes[],
  operations: readonly RestrictedOperation[],
): void {
  for (const { payloads } of entities) for (const schema of Object.values(payloads)) types.collect(schema, 'input');
  for (const { name, input } of actions) types.collect(input, `${name}Input`);
  for (const schema of operations.flatMap(restrictedInputs)) types.collect(schema, 'input');
}

function restrictedInputs({ entities }: RestrictedOperation): JsonSchema[] {
  return entities.flatMap(({ input }) => input ?? []);
}

function interfaceText(name: string, members: readonly string[]): string {
  return `export interface ${name} {\n${members.join('\n')}\n}`;
}

/** The types of an action in the client. */
interface ActionTypes {
  readonly name: string;
  readonly description: string;
  readonly input: JsonSchema;
  readonly result: JsonSchema;
}

/** Returns the member of an action in the interface `Actions`. */
function actionMember({ name, description, input, result }: ActionTypes, type: PrintSchema): string {
  return interfaceMember(description, name, [`input: ${type(input)};`, `result: ${type(result)};`]);
}

/** Returns the member of an entity in the interface `Entities`. */
function entityMember(
  { name, description = '', operations, operationDescriptions, row, payloads }: EntityDescriptor,
  type: PrintSchema,
): string {
  const inputType = (schema: JsonSchema | undefined): string => (schema === undefined ? 'never' : type(schema));
  const operationNames = operations.map((operation) => JSON.stringify(operation)).join(' | ');
  const fields = [
    `operations: ${operationNames};`,
    `row: ${type(row)};`,
    ...docComment(operationDescriptions.Create ?? ''),
    `create: ${inputType(payloads.Create)};`,
    ...docComment(operationDescriptions.Update ?? ''),
    `update: ${inputType(payloads.Update)};`,
  ];
  return interfaceMember(description, JSON.stringify(name), fields);
}

/** Returns a member of an interface with its comment. */
function interfaceMember(description: string, name: string, fields: readonly string[]): string {
  return indented([...docComment(description), `${name}: {`, indented(fields.join('\n')), '};'].join('\n'));
}

/** Returns a comment with the license of the package that the descriptions of fields come from. */
function noticeOf({ descriptions }: Discovery): string[] {
  if (descriptions === undefined) return [];
  const lines = [
    'The comments on fields are from the npm package stripe:',
    '',
    ...descriptions.notice.trim().split('\n'),
  ];
  return [lines.map((line) => `// ${line}`.trimEnd()).join('\n')];
}

/** Returns the member of a restricted function in the interface `Functions`. */
function functionMember({ name, operation, entities }: RestrictedOperation, type: PrintSchema): string {
  const inputTypes = entities.map(
    ({ entity, input }) =>
      `${JSON.stringify(entity)}: ${input === undefined ? unrestrictedInput(entity, operation) : type(input)};`,
  );
  const fields = [`operation: ${JSON.stringify(operation)};`, `inputs: {\n${indented(inputTypes.join('\n'))}\n};`];
  return interfaceMember('', JSON.stringify(name), fields);
}

/** Returns the type of an input that a function does not restrict. List, Get and Delete of the client have no input. */
function unrestrictedInput(entity: string, operation: Operation): string {
  if (operation !== 'Create' && operation !== 'Update') return 'never';
  return `Entities[${JSON.stringify(entity)}][${JSON.stringify(operation.toLowerCase())}]`;
}

/** Returns an object literal as text. Its members are the actions, each with the name of its function. */
function functionNames(functions: ReadonlyMap<string, string>, actions: readonly string[]): string {
  const selected = [...functions].filter(([action]) => actions.includes(action));
  return JSON.stringify(Object.fromEntries(selected), undefined, 2);
}
