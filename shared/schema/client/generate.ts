import { callableOf, type FunctionRow } from '../../catalog/function-rows.ts';
import type { Discovery } from '../discovery.ts';
import type { EntityDescriptor } from '../entity.ts';
import type { JsonSchema } from '../json-schema.ts';
import { docComment, indented, NamedTypes } from './types.ts';

export interface ClientDescriptor {
  readonly entities: readonly string[];
  readonly actions: readonly string[];
  /** Entries of the manifest. */
  readonly functions: readonly FunctionRow[];
}

const BEGIN = '// --- the client begins here\n';

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
  const entityDescriptors = entities.map((name) => discovery.entity(name));
  const actionDescriptors = actions.map((name) => discovery.action(name));
  for (const { payloads } of entityDescriptors)
    for (const schema of Object.values(payloads)) types.collect(schema, 'input');
  for (const { name, input } of actionDescriptors) types.collect(input, `${name}Input`);
  const type = (schema: JsonSchema | undefined): string => (schema === undefined ? 'never' : types.type(schema));
  const entityTypes = entityDescriptors.map((descriptor) => entityMember(descriptor, type));
  const actionTypes = actionDescriptors.map(({ name, description = '', input, result }) =>
    interfaceMember(description, name, [`input: ${type(input)};`, `result: ${type(result)};`]),
  );
  const functionsByAction = (pairs: readonly [action: string, name: string][]): string =>
    JSON.stringify(Object.fromEntries(pairs.filter(([action]) => actions.includes(action))), undefined, 2);
  return [
    '// Generated: the client of the Stripe connector with its entities and actions. No dependencies. Do not edit.',
    ...noticeOf(discovery),
    runtimeText.trimEnd(),
    `const OWN_FUNCTIONS: Readonly<Record<string, string>> = ${functionsByAction(ownFunctions(functions))};`,
    `const RESTRICTED_FUNCTIONS: Readonly<Record<string, string>> = ${functionsByAction(restrictedActions(functions))};`,
    `export interface Functions {\n${restrictedFunctionTypes(entities, functions).join('\n')}\n}`,
    `export interface Entities {\n${entityTypes.join('\n')}\n}`,
    `export interface Actions {\n${actionTypes.join('\n')}\n}`,
    ...types.declarations(),
    '',
  ].join('\n\n');
}

/** Returns the member of an entity in the interface `Entities`. */
function entityMember(
  { name, description = '', operations, operationDescriptions, row, payloads }: EntityDescriptor,
  type: (schema: JsonSchema | undefined) => string,
): string {
  const operationNames = operations.map((operation) => JSON.stringify(operation)).join(' | ');
  const fields = [
    `operations: ${operationNames};`,
    `row: ${type(row)};`,
    ...docComment(operationDescriptions.Create ?? ''),
    `create: ${type(payloads.Create)};`,
    ...docComment(operationDescriptions.Update ?? ''),
    `update: ${type(payloads.Update)};`,
  ];
  return interfaceMember(description, JSON.stringify(name), fields);
}

/** Returns a member of an interface with its comment. */
function interfaceMember(description: string, name: string, fields: readonly string[]): string {
  return indented([...docComment(description), `${name}: {`, indented(fields.join('\n')), '};'].join('\n'));
}

/** Returns a comment with the license of the package from which the descriptions of fields are. */
function noticeOf({ descriptions }: Discovery): string[] {
  if (descriptions === undefined) return [];
  const lines = [
    'The comments on fields are from the npm package stripe:',
    '',
    ...descriptions.notice.trim().split('\n'),
  ];
  return [lines.map((line) => `// ${line}`.trimEnd()).join('\n')];
}

/** Returns the actions that have their own function, with its name. */
function ownFunctions(rows: readonly FunctionRow[]): [action: string, name: string][] {
  return rows.flatMap((definition): [string, string][] => {
    const callable = callableOf(definition, rows);
    return callable?.kind === 'action' ? [[callable.action, definition.name]] : [];
  });
}

/**
 * Returns the actions that only a restricted function exposes, with its name. Throws if two functions expose the same
 * action, because the client could not choose between them.
 */
function restrictedActions(rows: readonly FunctionRow[]): [action: string, name: string][] {
  const byAction = new Map<string, string>();
  for (const definition of rows) {
    const callable = callableOf(definition, rows);
    const exposed = rows.find(({ name }) => name === definition.restricts)?.actions ?? [];
    const names = callable?.kind === 'actions' ? (callable.names ?? []) : [];
    for (const action of names.filter((name) => !exposed.includes(name))) {
      const other = byAction.get(action);
      if (other !== undefined)
        throw new Error(
          `functions/manifest.json: ${other} and ${definition.name} both expose ${action}; remove it from one of them`,
        );
      byAction.set(action, definition.name);
    }
  }
  return [...byAction];
}

/** Returns the type of each restricted function: its operation and its entities. */
function restrictedFunctionTypes(entities: readonly string[], rows: readonly FunctionRow[]): string[] {
  return rows.flatMap((definition) => {
    const callable = callableOf(definition, rows);
    if (callable?.kind !== 'operation') return [];
    const names = (callable.names ?? []).filter((name) => entities.includes(name)).map((name) => JSON.stringify(name));
    if (names.length === 0) return [];
    return `  ${JSON.stringify(definition.name)}: { operation: ${JSON.stringify(callable.operation)}; entities: ${names.join(' | ')} };`;
  });
}
