/** The generated pages of the reference. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { catalogFiles } from '../../../shared/adapters/catalog-files.ts';
import { OPERATOR_GROUPS } from '../../../shared/cli/commands/operator-commands.ts';
import { COMMANDS, GLOBAL_OPTIONS, PROGRAM } from '../../../shared/cli/program.ts';
import { actionPages } from '../../../shared/docs/site/reference/action-pages.ts';
import { commandLinePage } from '../../../shared/docs/site/reference/command-line-page.ts';
import { entityPages } from '../../../shared/docs/site/reference/entity-pages.ts';
import { REQUEST_HEADERS, RESPONSE_HEADERS } from '../../../shared/docs/site/reference/http-headers.ts';
import { escapedText, referenceTable } from '../../../shared/docs/site/reference/markdown-table.ts';
import { inputRows } from '../../../shared/docs/site/reference/schema-rows.ts';
import { Discovery } from '../../../shared/schema/discovery.ts';
import { filesOf } from '../project/files.ts';

const discovery = new Discovery(catalogFiles('shared/catalog'));

test('every entity has a page with each of its columns and inputs', () => {
  const pages = new Map(entityPages(discovery).map((page) => [page.path, page]));
  for (const name of discovery.entityNames()) {
    const { markdown } = pages.get(`reference/entities/${name}`) ?? assert.fail(name);
    const { columns, payloads } = discovery.entity(name);
    for (const column of columns.filter(({ inRows }) => inRows))
      assert.ok(markdown.includes(`| \`${column.name}\` | `), `${name}.${column.name}`);
    for (const schema of Object.values(payloads))
      for (const input of (schema.anyOf ?? [schema]).flatMap(({ properties = {} }) => Object.keys(properties)))
        assert.ok(markdown.includes(`| \`${input}\` | `), `${name}: ${input}`);
  }
  assert.equal(pages.size, discovery.entityNames().length + 1);
});

test('every action has a page with its inputs and a request', () => {
  const pages = new Map(actionPages(discovery).map((page) => [page.path, page]));
  for (const name of discovery.actionNames()) {
    const { markdown } = pages.get(`reference/actions/${name}`) ?? assert.fail(name);
    const { input } = discovery.action(name);
    for (const key of Object.keys(input.properties ?? {}))
      assert.ok(markdown.includes(`| \`${key}\` | `), `${name}: ${key}`);
    const [, body = ''] = /```json POST \/execute-action\n([^]*?)```/.exec(markdown) ?? [];
    assert.equal((JSON.parse(body) as { action: string }).action, name);
  }
});

test('the inputs of a schema are rows: required ones first, members by their path, values of enumerations', () => {
  const rows = inputRows({
    properties: {
      Note: { type: 'string', description: 'A note.' },
      Items: {
        type: 'array',
        items: { type: 'object', properties: { price: { type: 'string' } }, required: ['price'] },
      },
      Status: {
        anyOf: [
          { type: 'string', enum: ['on', 'off'] },
          { type: 'string', enum: [''] },
        ],
      },
      Address: {
        anyOf: [
          { type: 'object', properties: { city: { type: 'string' } } },
          { type: 'string', enum: [''] },
        ],
      },
    },
    required: ['Items'],
  });
  assert.deepEqual(
    rows.map(({ name, type, required, description }) => [name, type, required, description]),
    [
      ['Items', 'list of objects', true, ''],
      ['Items[].price', 'string', true, ''],
      ['Note', 'string', false, 'A note.'],
      ['Status', 'enum or ""', false, 'One of `on`, `off`.'],
      ['Address', 'object or ""', false, ''],
      ['Address.city', 'string', false, ''],
    ],
  );
});

test('a text from outside is no Markdown, and a cell has one line', () => {
  assert.equal(escapedText('a *b* <c> [d](e) `f*g`'), 'a \\*b\\* \\<c\\> \\[d\\](e) `f*g`');
  assert.equal(referenceTable(['x'], [['a | b\nc']]), '| x |\n| --- |\n| a \\| b c |');
});

test('the command line page has every command, argument, option and example of the program', () => {
  const { markdown } = commandLinePage({
    program: PROGRAM,
    commands: COMMANDS,
    groups: OPERATOR_GROUPS,
    globalOptions: GLOBAL_OPTIONS,
  });
  for (const { name, args = [], options = [], examples } of COMMANDS) {
    assert.match(markdown, new RegExp(`^###? ${name}$`, 'm'));
    for (const [syntax] of [...args, ...options])
      assert.ok(markdown.includes(`| \`${syntax}\` | `), `${name} ${syntax}`);
    for (const example of examples) assert.ok(markdown.includes(`\n${PROGRAM} ${example}\n`), example);
  }
  for (const { name } of OPERATOR_GROUPS) assert.match(markdown, new RegExp(`^## ${name}$`, 'm'));
  for (const [flags] of GLOBAL_OPTIONS) assert.ok(markdown.includes(`| \`${flags}\` | `), flags);
});

const SOURCES = ['http', 'management', 'automation', 'webhooks', 'mcp']
  .flatMap((folder) => filesOf(`shared/${folder}`, '.ts'))
  .map((file) => readFileSync(file, 'utf8'))
  .join('\n');

test('the page of headers has every header that a response sets, and no other', () => {
  const set = [...SOURCES.matchAll(/\.setHeader\((?:'([\w-]+)'|KEY_HEADER)/g)].map(
    ([, name = 'Idempotency-Key']) => name,
  );
  const general = ['Content-Type', 'Content-Length', 'Connection'];
  assert.deepEqual(
    [...new Set(set)].filter((name) => !general.includes(name)).sort(),
    RESPONSE_HEADERS.map(({ name }) => name).sort(),
  );
});

test('the page of headers has every header that the code reads', () => {
  const read = [...SOURCES.matchAll(/(?:request\.get|header)\('([\w-]+)'\)/g)].map(([, name = '']) =>
    name.toLowerCase(),
  );
  // What the platform sets, and what every HTTP server has.
  const general = ['x-forwarded-proto', 'host'];
  const documented = REQUEST_HEADERS.map(({ name }) => name.toLowerCase());
  assert.deepEqual(
    read.filter((name) => !general.includes(name) && !documented.includes(name)),
    [],
  );
  for (const name of documented)
    assert.ok(SOURCES.toLowerCase().includes(`'${name}'`) || name === 'authorization', name);
});
