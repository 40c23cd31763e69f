import { callableOf, type FunctionRow } from '../../catalog/function-rows.ts';
import type { Operation } from '../../catalog/types.ts';
import type { Discovery } from '../discovery.ts';
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
 * Returns one TypeScript file: the client, then the types of each entity and action. `runtime`: the text of
 * `runtime.ts`.
 */
export function generateClient(
  discovery: Discovery,
  { entities, actions, functions }: ClientDescriptor,
  runtime: string,
): string {
  const head = runtime.slice(runtime.indexOf(BEGIN) + BEGIN.length);
  const reserved = [...head.matchAll(/\b(?:interface|type|class|function) (\w+)/g)].map(([, name = '']) => name);
  const types = new NamedTypes([...reserved, 'Entities', 'Actions', 'Functions', 'Record', 'Readonly']);
  const described = entities.map((name) => discovery.entity(name));
  const acted = actions.map((name) => discovery.action(name));
  for (const { payloads } of described) for (const schema of Object.values(payloads)) types.look(schema, 'input');
  for (const { name, input } of acted) types.look(input, `${name}Input`);
  const type = (schema: JsonSchema | undefined): string => (schema === undefined ? 'never' : types.type(schema));
  const rows = described.map(({ name, description = '', operations, operationDescriptions, row, payloads }) => {
    const named = operations.map((operation: Operation) => JSON.stringify(operation)).join(' | ');
    const fields = [
      `operations: ${named};`,
      `row: ${type(row)};`,
      ...docComment(operationDescriptions.Create ?? ''),
      `create: ${type(payloads.Create)};`,
      ...docComment(operationDescriptions.Update ?? ''),
      `update: ${type(payloads.Update)};`,
    ];
    return block(description, JSON.stringify(name), fields);
  });
  const verbs = acted.map(({ name, description = '', input, result }) =>
    block(description, name, [`input: ${type(input)};`, `result: ${type(result)};`]),
  );
  const named = (match: readonly [action: string, name: string][]): string =>
    JSON.stringify(Object.fromEntries(match.filter(([action]) => actions.includes(action))), undefined, 2);
  return [
    '// Generated: the client of the Stripe connector with its entities and actions. No dependencies. Do not edit.',
    ...noticeOf(discovery),
    head.trimEnd(),
    `const OWN_FUNCTIONS: Readonly<Record<string, string>> = ${named(ownFunctions(functions))};`,
    `const RESTRICTED_FUNCTIONS: Readonly<Record<string, string>> = ${named(restrictedActions(functions))};`,
    `export interface Functions {\n${restrictedFunctionTypes(entities, functions).join('\n')}\n}`,
    `export interface Entities {\n${rows.join('\n')}\n}`,
    `export interface Actions {\n${verbs.join('\n')}\n}`,
    ...types.declarations(),
    '',
  ].join('\n\n');
}

/** One member of an interface with its comment. */
function block(description: string, name: string, fields: readonly string[]): string {
  return indented([...docComment(description), `${name}: {`, indented(fields.join('\n')), '};'].join('\n'));
}

/** The license of the package that the comments are from. */
function noticeOf({ descriptions }: Discovery): string[] {
  if (descriptions === undefined) return [];
  const lines = [
    'The comments on fields are from the npm package stripe:',
    '',
    ...descriptions.notice.trim().split('\n'),
  ];
  return [lines.map((line) => `// ${line}`.trimEnd()).join('\n')];
}

/** The function of each action that has its own. */
function ownFunctions(rows: readonly FunctionRow[]): [action: string, name: string][] {
  return rows.flatMap((functionRow): [string, string][] => {
    const callable = callableOf(functionRow, rows);
    return callable?.kind === 'action' ? [[callable.action, functionRow.name]] : [];
  });
}

/**
 * Restricted functions of actions that their base function does not expose. In the cloud there is no other function for
 * them. Throws if two functions expose the same action: the client could not know which of them to call.
 */
function restrictedActions(rows: readonly FunctionRow[]): [action: string, name: string][] {
  const byAction = new Map<string, string>();
  for (const functionRow of rows) {
    const callable = callableOf(functionRow, rows);
    const exposed = rows.find(({ name }) => name === functionRow.restricts)?.actions ?? [];
    const names = callable?.kind === 'actions' ? (callable.names ?? []) : [];
    for (const action of names.filter((name) => !exposed.includes(name))) {
      const other = byAction.get(action);
      if (other !== undefined)
        throw new Error(
          `functions/manifest.json: ${other} and ${functionRow.name} both expose ${action}; remove it from one of them`,
        );
      byAction.set(action, functionRow.name);
    }
  }
  return [...byAction];
}

/** The operation and the entities of each restricted function. */
function restrictedFunctionTypes(entities: readonly string[], rows: readonly FunctionRow[]): string[] {
  return rows.flatMap((functionRow) => {
    const callable = callableOf(functionRow, rows);
    if (callable?.kind !== 'operation') return [];
    const served = (callable.names ?? []).filter((name) => entities.includes(name)).map((name) => JSON.stringify(name));
    if (served.length === 0) return [];
    return `  ${JSON.stringify(functionRow.name)}: { operation: ${JSON.stringify(callable.operation)}; entities: ${served.join(' | ')} };`;
  });
}
