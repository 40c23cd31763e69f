/**
 * Checks functions/manifest.json before a build. A misspelt key would widen what a function may do: `entites` restricts
 * nothing, and `maxmum` limits nothing.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';

const name = z.string().regex(/^[a-z][a-z0-9-]{0,48}[a-z0-9]$/);
const names = z.array(z.string()).min(1);
const input = z.strictObject({
  required: z.boolean().optional(),
  maximum: z.int().min(0).optional(),
});

/** An entry with a source file of its own. */
const whole = z.strictObject({
  name,
  source: z.string(),
  entryPoint: z.string(),
  trigger: z.enum(['http', 'pubsub', 'schedule']),
  memory: z.string(),
  timeoutSeconds: z.int(),
  concurrency: z.int(),
  actions: z.array(z.string()).optional(),
});
const ofEntities = z.strictObject({
  name,
  restricts: z.string(),
  entities: names,
  inputs: z.record(z.string(), input).optional(),
});
const ofActions = z.strictObject({
  name,
  restricts: z.string(),
  actions: names,
  inputs: z.record(z.string(), input).optional(),
});

/** Reads a file of the catalog. A build and the tests run in the root of the repository. */
const readCatalog = (file) => JSON.parse(readFileSync(path.join('shared/catalog', file), 'utf8'));

/** Returns the problems of the entries, one line each. Empty if there are none. */
export function manifestProblems(functions) {
  const problems = functions.flatMap((row) => shapeProblems(row));
  return (problems.length > 0 ? problems : functions.flatMap((row) => nameProblems(row, functions))).map(
    (problem) => `functions/manifest.json: ${problem}`,
  );
}

function shapeProblems(row) {
  const schema = row.restricts === undefined ? whole : 'actions' in row ? ofActions : ofEntities;
  const { error } = schema.safeParse(row);
  return (error?.issues ?? []).map((issue) => {
    const at = [row.name, ...issue.path].join('.');
    if (issue.code !== 'unrecognized_keys') return `${at}: ${issue.message}`;
    return `${at}: ${issue.keys.join(', ')} is no key of it`;
  });
}

/** Names that do not exist: of the function that is restricted, of entities, actions and inputs. */
function nameProblems({ name: own, restricts, entities = [], actions = [], inputs = {} }, functions) {
  if (restricts === undefined) return [];
  const base = functions.find((row) => row.name === restricts && row.restricts === undefined);
  if (base === undefined) return [`${own}.restricts: ${restricts} is no function with a source of its own`];
  const entityIndex = readCatalog('entities/index.json').entities;
  const actionIndex = readCatalog('actions/index.json').actions;
  const operation = restricts.replace(/-.*/, '').replace(/^./, (letter) => letter.toUpperCase());
  const isActions = restricts === 'execute-action';
  if (isActions !== actions.length > 0)
    return [`${own}: ${restricts} is restricted by ${isActions ? 'actions' : 'entities'}`];
  const unknown = [
    ...entities
      .filter((entity) => !entityIndex[entity]?.operations.includes(operation))
      .map((entity) => `${own}.entities: no operation ${entity}.${operation}`),
    ...actions.filter((action) => !(action in actionIndex)).map((action) => `${own}.actions: no action ${action}`),
  ];
  if (unknown.length > 0) return unknown;
  const params = [
    ...entities.map((entity) => readCatalog(`entities/${entityIndex[entity].file}`).operations[operation].params),
    ...actions.map((action) => {
      const { params: own, idInput } = readCatalog(`actions/${actionIndex[action]}`);
      return { ...own, ...(idInput === undefined ? {} : { [idInput]: { type: 'string' } }) };
    }),
  ];
  return Object.entries(inputs).flatMap(([input, { maximum }]) =>
    inputProblems(`${own}.inputs.${input}`, input, maximum, params),
  );
}

function inputProblems(at, input, maximum, params) {
  const pascal = (key) => key.replace(/(^|_)([a-z0-9])/g, (_, _gap, letter) => letter.toUpperCase());
  const fields = params.map((fields) => Object.entries(fields).find(([key]) => pascal(key) === input)?.[1]);
  if (fields.includes(undefined)) return [`${at}: no such input`];
  const isInteger = fields.every(({ type }) => type === 'integer');
  return maximum !== undefined && !isInteger ? [`${at}.maximum: the input is not an integer`] : [];
}
