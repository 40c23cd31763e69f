/**
 * Checks the text of functions/manifest.json. An ignored restriction would expose more than its author intended, so an
 * unknown key, entity, action or input is an error.
 */
import { z } from 'zod';

const name = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, 'must have lower-case letters, digits and hyphens');
const names = z.array(z.string()).min(1);
const count = z.int().positive();

/** A function with a source file of its own. */
const SourceRow = z.strictObject({
  name,
  source: z.string().regex(/^[a-z/-]+\.ts$/),
  entryPoint: z.string().regex(/^[a-z][A-Za-z]*$/),
  trigger: z.enum(['http', 'pubsub', 'schedule']),
  memory: z.string().regex(/^\d+Mi$/),
  timeoutSeconds: count,
  concurrency: count,
  /** The actions that the function runs. An open local server does not apply this list. */
  actions: z.array(z.string()).optional(),
});

const InputRow = z.strictObject({ required: z.boolean().optional(), maximum: z.int().nonnegative().optional() });

/** A function that restricts another one. */
const RestrictedRow = z.strictObject({
  name,
  restricts: name,
  entities: names.optional(),
  actions: names.optional(),
  inputs: z.record(z.string(), InputRow).optional(),
});

/**
 * Returns the entries of a manifest. `readCatalog` reads a file of the catalog by its path. Throws an error that names
 * the entry and the problem.
 */
export function parseManifest(text, readCatalog) {
  const { functions } = parsed(z.strictObject({ functions: z.array(z.looseObject({ name })) }), jsonOf(text), '');
  const rows = functions.map(parseRow);
  const byName = new Map(rows.map((row) => [row.name, row]));
  for (const row of rows) {
    if (byName.get(row.name) !== row) fail(row.name, 'is the name of two entries');
    if (row.restricts !== undefined) checkRestriction(row, byName, readCatalog);
  }
  return rows;
}

function jsonOf(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    return fail('', `is not JSON: ${error.message}`);
  }
}

function parseRow(row) {
  if ('restricts' in row) return parsed(RestrictedRow, row, row.name);
  if ('source' in row) return parsed(SourceRow, row, row.name);
  return fail(row.name, 'needs restricts, the function that it restricts, or source, a file of functions/');
}

function checkRestriction(row, byName, readCatalog) {
  const base = byName.get(row.restricts);
  const [, kind, file] = /^(entities|actions)\/([a-z-]+)\.ts$/.exec(base?.source ?? '') ?? [];
  if (kind === undefined || (kind === 'actions' && file !== 'execute-action'))
    fail(row.name, `restricts ${row.restricts}; use ${restrictable(byName).join(', ')}`);
  const other = kind === 'entities' ? 'actions' : 'entities';
  if (row[kind] === undefined) fail(row.name, `needs ${kind}, which ${row.restricts} is restricted to`);
  if (row[other] !== undefined) fail(row.name, `has ${other}, which ${row.restricts} does not have; use ${kind}`);
  const { [kind]: known } = readCatalog(`${kind}/index.json`);
  for (const target of row[kind]) {
    if (known[target] === undefined) fail(row.name, `${kind}: ${target} is not in shared/catalog/${kind}/index.json`);
    const inputTypes =
      kind === 'entities'
        ? inputsOfEntity(readCatalog(`entities/${known[target].file}`), file, row.name)
        : inputsOfAction(readCatalog(`actions/${known[target]}`));
    checkInputs(row, target, inputTypes);
  }
}

function restrictable(byName) {
  return [...byName.values()]
    .filter(({ source = '' }) => source.startsWith('entities/') || source === 'actions/execute-action.ts')
    .map((row) => row.name);
}

/**
 * Checks that every input exists, and that an input with a maximum is an integer and required. Stripe chooses the value
 * of an absent input: a refund without an amount refunds the whole payment.
 */
function checkInputs({ name: row, inputs = {} }, target, inputTypes) {
  for (const [input, { maximum, required }] of Object.entries(inputs)) {
    if (!inputTypes.has(input))
      fail(row, `inputs: ${input} is no input of ${target}; its inputs are ${[...inputTypes.keys()].join(', ')}`);
    if (maximum !== undefined && inputTypes.get(input) !== 'integer')
      fail(row, `inputs: ${input}: maximum is for integers; ${input} is not an integer`);
    if (maximum !== undefined && required !== true)
      fail(
        row,
        `inputs: ${input}: maximum needs "required": true, because Stripe chooses the value of an absent input`,
      );
  }
}

/** Returns the type of each input of an operation by its name: the parents in its path and Stripe's parameters. */
function inputsOfEntity({ entity, operations }, file, row) {
  const operation = pascal(file);
  const { [operation]: definition } = operations;
  if (definition === undefined) fail(row, `entities: ${entity} has no ${operation}`);
  return new Map(
    [definition, ...(definition.also ?? [])].flatMap(({ path, params }) => [
      ...[...path.matchAll(/\{(\w+)\}/g)].map(([, parent]) => [pascal(parent), 'string']),
      ...typesOf(params),
    ]),
  );
}

function inputsOfAction({ path, idInput, fields, params }) {
  const parents = [...path.matchAll(/\{(\w+)\}/g)].map(([, parent]) => [`${pascal(parent)}Id`, 'string']);
  return new Map([...parents, ...(idInput === undefined ? [] : [[idInput, 'string']]), ...typesOf(fields ?? params)]);
}

function typesOf(params) {
  return Object.entries(params).map(([key, { type }]) => [pascal(key), type]);
}

/** `finalize-quote` -> `FinalizeQuote`, `payment_intent` -> `PaymentIntent` */
export function pascal(text) {
  return text.replace(/(^|[_-])([a-z0-9])/g, (_, _gap, letter) => letter.toUpperCase());
}

function parsed(schema, value, row) {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue.path.join('.');
  const allowed = issue.code === 'unrecognized_keys' ? `; allowed are ${keysAt(schema, issue.path).join(', ')}` : '';
  fail(row, `${where === '' ? '' : `${where}: `}${issue.message}${allowed}`);
}

/** Returns the keys that the schema allows at a path. */
function keysAt(schema, path) {
  let current = schema;
  for (const key of path) current = unwrapped(current.shape?.[key] ?? current.valueType ?? current);
  return Object.keys(unwrapped(current).shape ?? {});
}

function unwrapped(schema) {
  return schema instanceof z.ZodOptional ? schema.unwrap() : schema;
}

function fail(row, problem) {
  throw new Error(`functions/manifest.json: ${row === '' ? '' : `${row}: `}${problem}`);
}
