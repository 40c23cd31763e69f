/** The descriptions that the build reads: complete, in the right length and language, and more than the name. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import actionWords from '../../shared/catalog/words/actions.json';
import entityWords from '../../shared/catalog/words/entities.json';
import inputWords from '../../shared/catalog/words/inputs.json';
import { catalogFiles } from '../../shared/adapters/catalog-files.ts';
import { descriptionFile } from '../../shared/adapters/description-file.ts';
import { isAmount } from '../../shared/catalog/field-meaning.ts';
import { snake } from '../../shared/catalog/names.ts';
import { Discovery } from '../../shared/schema/discovery.ts';
import type { JsonSchema } from '../../shared/schema/json-schema.ts';

const FILE = 'build/descriptions.json';
const discovery = new Discovery({ ...catalogFiles('shared/catalog'), descriptions: descriptionFile(FILE) });
const ENTITIES = discovery.entityNames().map((name) => discovery.entity(name));
const ACTIONS = discovery.actionNames().map((name) => discovery.action(name));

interface Described {
  readonly kind: 'entity' | 'operation' | 'action' | 'column' | 'input';
  /** The names that a text must say more than, from the owner to the field. */
  readonly names: readonly string[];
  readonly text: string | undefined;
  readonly schema?: JsonSchema;
}

function inputsIn(schema: JsonSchema, names: readonly string[]): Described[] {
  const { properties = {}, items, anyOf = [], additionalProperties } = schema;
  const values = typeof additionalProperties === 'object' ? [additionalProperties] : [];
  return [
    ...Object.entries(properties).flatMap(([name, property]): Described[] => {
      const at = [...names, name];
      return [{ kind: 'input', names: at, text: property.description, schema: property }, ...inputsIn(property, at)];
    }),
    ...[...(items === undefined ? [] : [items]), ...anyOf, ...values].flatMap((inner) => inputsIn(inner, names)),
  ];
}

const ALL: readonly Described[] = [
  ...ENTITIES.flatMap(({ name, description, columns, operationDescriptions, payloads }): Described[] => [
    { kind: 'entity', names: [name], text: description },
    ...Object.entries(operationDescriptions).map(([operation, text]): Described => ({
      kind: 'operation',
      names: [name, operation],
      text,
    })),
    ...columns.map((column): Described => ({ kind: 'column', names: [name, column.name], text: column.description })),
    ...Object.entries(payloads).flatMap(([operation, schema]) => inputsIn(schema, [name, operation])),
  ]),
  ...ACTIONS.flatMap(({ name, description, input }): Described[] => [
    { kind: 'action', names: [name], text: description },
    ...inputsIn(input, [name]),
  ]),
];

const at = ({ kind, names, text }: Described): string => `${kind} ${names.join('.')}: ${text ?? ''}`;

test('every entity, operation, action, column, filter and input has a description', () => {
  const counts = new Map<string, number>();
  for (const { kind } of ALL) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  assert.deepEqual([counts.get('entity'), counts.get('operation'), counts.get('action')], [175, 493, 148]);
  assert.ok((counts.get('column') ?? 0) > 9000 && (counts.get('input') ?? 0) > 11_000, JSON.stringify([...counts]));
  assert.deepEqual(
    ALL.filter(({ text = '' }) => text === '')
      .map(at)
      .slice(0, 20),
    [],
  );
});

const EMPTY = new Set(
  `a an the this that these those its it is are was were be been being of for to in on at by with from as or and if of
  which who whose any all each some new given specified particular associated current object objects resource value
  field data information details about contains containing represents representing describes describing set indicates`.split(
    /\s+/,
  ),
);
/** The start of a word: endings and possessives do not make it another one. */
const stem = (word: string): string => word.replace(/(?:'s|ies|es|s|ed|ing|y|e)$/, '').slice(0, 7);
const wordsIn = (text: string): string[] =>
  text
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .match(/[a-z0-9']+/g) ?? [];

/** A text says something if a word of it is neither grammar nor part of the names. */
function saysMore(text: string, names: readonly string[]): boolean {
  const known = new Set(names.flatMap(wordsIn).map(stem));
  return wordsIn(text).some((word) => !EMPTY.has(word) && !known.has(stem(word)));
}

test('no description only restates the name', () => {
  for (const [text, name] of [
    ['The amount of the refund.', 'Amount'],
    ["The refund's status.", 'Status'],
    ['Details about the charges.', 'Charge'],
  ] as const)
    assert.equal(saysMore(text, ['Refund', name]), false, text);
  assert.equal(saysMore('How much to return, in cents.', ['Refund', 'Amount']), true);
  assert.deepEqual(ALL.filter(({ text = '', names }) => !saysMore(text, names)).map(at), []);
});

/** Says what the schema says anyway: the type of a field, or that it is an enum. */
const TYPE_ALONE =
  /^(A list\. )?(Free text|A whole number|A number, possibly with decimals|Yes \(`true`\) or no \(`false`\)|JSON[^.]*|(Open|Closed) Enum)\.$/;

test('no description says its type alone', () => {
  assert.match('A list. Free text.', TYPE_ALONE);
  assert.deepEqual(ALL.filter(({ text = '' }) => TYPE_ALONE.test(text)).map(at), []);
});

test('texts are short sentences without markup', () => {
  const wrong = ALL.filter(
    ({ text = '' }) => text.length > 330 || !/[.!?)"'`]$/.test(text) || /\]\(|<[a-z/]|\s\s|\n/.test(text),
  );
  assert.deepEqual(wrong.map(at), []);
  const { texts } = JSON.parse(readFileSync(FILE, 'utf8')) as { texts: string[] };
  assert.deepEqual(
    texts.filter((text) => text.length > 230),
    [],
  );
});

test('amounts and times name their unit', () => {
  // https://docs.stripe.com/currencies#minor-units
  const amounts = ENTITIES.flatMap(({ name, columns }) =>
    columns
      .filter((column) => column.kind === 'integer' && isAmount(snake(column.name).split('_').slice(-1)[0] ?? ''))
      .map((column) => [`${name}.${column.name}`, column.description ?? ''] as const),
  );
  assert.ok(amounts.length > 100, `${amounts.length}`);
  assert.deepEqual(
    amounts.filter(([, text]) => !/cents?\b|smallest|minor unit/i.test(text)),
    [],
  );
  const times = ENTITIES.flatMap(({ name, columns }) =>
    columns
      .filter(({ kind }) => kind === 'seconds')
      .map((column) => [`${name}.${column.name}`, column.description ?? ''] as const),
  );
  assert.ok(times.length > 200, `${times.length}`);
  assert.deepEqual(
    times.filter(([, text]) => !/unix|seconds/i.test(text)),
    [],
  );
});

test('the nine actions, every entity and the most used inputs have words of the project', () => {
  const nine = readdirSync('functions/actions').filter((file) => file !== 'execute-action.ts');
  assert.equal(Object.keys(actionWords).length, nine.length);
  for (const { name, description } of ACTIONS)
    if (name in actionWords) assert.equal(description, (actionWords as Record<string, string>)[name]);
  assert.deepEqual(Object.keys(entityWords).sort(), ENTITIES.map(({ name }) => name).sort());
  assert.ok(Object.keys(inputWords).length >= 150);
  const shown = new Set(ALL.map(({ text = '' }) => text));
  const unused = Object.entries(inputWords).filter(
    ([, text]) => ![...shown].some((description) => description.startsWith(text)),
  );
  assert.deepEqual(unused, []);
});

test('every scalar column and input has an example, which its schema accepts', async () => {
  const without = ENTITIES.flatMap(({ name, columns }) =>
    columns
      .filter(({ kind, example, enum: values }) => kind !== 'json' && example === undefined && values === undefined)
      .map((column) => `${name}.${column.name}`),
  );
  assert.deepEqual(without, []);
  const bare = ALL.filter(({ kind, schema = {} }) => {
    const scalar = [schema.type ?? []].flat().some((type) => /^(string|integer|number|boolean)$/.test(type));
    return kind === 'input' && scalar && schema.example === undefined && !(schema.enum ?? schema.examples);
  });
  assert.deepEqual(bare.map(at), []);
  const ajv = new Ajv2020({ strict: false, logger: false });
  for (const { kind, names, schema } of ALL) {
    if (kind !== 'input' || schema?.example === undefined) continue;
    assert.ok(ajv.validate(schema, schema.example), `${names.join('.')}: ${JSON.stringify(schema.example)}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
});

test('only the functions that describe the catalog carry the file, with the license of its source', () => {
  const folders = readdirSync('build/functions').filter((name) =>
    existsSync(`build/functions/${name}/descriptions.json`),
  );
  assert.deepEqual(folders.sort(), ['connection', 'single', 'tools']);
  // https://github.com/stripe/stripe-node/blob/master/LICENSE
  assert.equal(discovery.descriptions?.notice, readFileSync('node_modules/stripe/LICENSE', 'utf8'));
  for (const name of readdirSync('build/functions')) {
    const describes = folders.includes(name);
    const code = readFileSync(`build/functions/${name}/main.cjs`, 'utf8');
    assert.equal(code.includes('descriptions.json'), describes, name);
  }
});
