import type { Operation } from '../../catalog/shapes.ts';
import type { Discovery } from '../discovery.ts';
import type { JsonSchema } from '../json-schema.ts';
import { NamedTypes } from './types.ts';

export interface ClientFacts {
  readonly entities: readonly string[];
  readonly actions: readonly string[];
  /** Actions that have a function of their own: its name. */
  readonly functions: Readonly<Record<string, string>>;
}

const BEGIN = '// --- the client begins here\n';

/** One TypeScript file: how to call, then the types of each entity and action. `runtime`: the text of `runtime.ts`. */
export function generateClient(
  discovery: Discovery,
  { entities, actions, functions }: ClientFacts,
  runtime: string,
): string {
  const head = runtime.slice(runtime.indexOf(BEGIN) + BEGIN.length);
  const reserved = [...head.matchAll(/\b(?:interface|type|class|function) (\w+)/g)].map(([, name = '']) => name);
  const types = new NamedTypes([...reserved, 'Entities', 'Actions', 'Record', 'Readonly']);
  const described = entities.map((name) => discovery.entity(name));
  const acted = actions.map((name) => discovery.action(name));
  for (const { payloads } of described) for (const schema of Object.values(payloads)) types.look(schema, 'input');
  for (const { name, input } of acted) types.look(input, `${name}Input`);
  const type = (schema: JsonSchema | undefined): string => (schema === undefined ? 'never' : types.type(schema));
  const rows = described.map(({ name, operations, row, payloads }) => {
    const named = operations.map((one: Operation) => JSON.stringify(one)).join(' | ');
    return [
      `  ${JSON.stringify(name)}: {`,
      `    operations: ${named};`,
      `    row: ${type(row)};`,
      `    create: ${type(payloads.Create)};`,
      `    update: ${type(payloads.Update)};`,
      '  };',
    ].join('\n');
  });
  const verbs = acted.map(({ name, input, result }) =>
    [`  ${name}: {`, `    input: ${type(input)};`, `    result: ${type(result)};`, '  };'].join('\n'),
  );
  const own = Object.fromEntries(Object.entries(functions).filter(([action]) => actions.includes(action)));
  return [
    '// Made by npm run client: the Stripe connector, its entities and actions. No dependency. Do not edit.',
    head.trimEnd(),
    `const OWN_FUNCTIONS: Readonly<Record<string, string>> = ${JSON.stringify(own, undefined, 2)};`,
    `export interface Entities {\n${rows.join('\n')}\n}`,
    `export interface Actions {\n${verbs.join('\n')}\n}`,
    ...types.declarations(),
    '',
  ].join('\n\n');
}
