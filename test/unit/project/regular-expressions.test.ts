/**
 * No regular expression of the project takes longer than a text's length times a constant: each is checked by `recheck`, which
 * reads the pattern as an automaton, and where that is too large tries texts against it. A pattern that the test does
 * not know how to read fails it.
 *
 * The check of all expressions takes 45 s. `test/fixtures/linear-expressions.json` lists those that it found safe; only
 * `npm run test:full` checks them again. `RECORD=1 node test/run.mjs unit/project/regular-expressions` writes the list.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { checkSync } from 'recheck';
import ts from 'typescript';
import manifest from '../../../functions/manifest.json';
import { catalogFiles } from '../../../shared/adapters/catalog-files.ts';
import { FILE_NAME_PATTERN, MEDIA_TYPE_PATTERN } from '../../../shared/catalog/file-inputs.ts';
import { ID_PATTERN, OPERATION_ID_PATTERN } from '../../../shared/operations/request/ids.ts';
import { Discovery } from '../../../shared/schema/discovery.ts';
import { functionPaths } from '../../../shared/schema/openapi/function-paths.ts';
import { entityTool } from '../../../shared/schema/tool.ts';
import { TOOL_CONNECTION } from '../../support/connector-deps.ts';
import { FULL_SIZES, sized } from '../../support/sizes.ts';

const FOLDERS = ['shared', 'functions', 'infra'];
const FILES = ['esbuild.config.mjs', 'test/run.mjs', 'test/run-files.mjs'];
/**
 * The verdict must not depend on how busy the machine is: a seed, and no limit of time. The limits on characters that
 * recheck's matcher reads (by default 25,000 a try, 1,500,000,000 an attack) remain.
 * https://makenowjust-labs.github.io/recheck/docs/usage/parameters
 */
const CHECK = { timeout: null, attackTimeout: null, incubationTimeout: null, seedingTimeout: null, randomSeed: 1 };

function sourcesOf(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const file = path.join(folder, name);
    if (statSync(file).isDirectory()) return ['node_modules', 'build'].includes(name) ? [] : sourcesOf(file);
    return /\.(?:ts|tsx|mjs|cjs|js)$/.test(name) ? [file] : [];
  });
}

interface Found {
  readonly file: string;
  readonly pattern: string;
  readonly flags: string;
}

/** What `new RegExp` makes in each place that has one: the argument as it is written, and an example of its pattern. */
const MADE: Readonly<Record<string, string>> = {
  'shared/operations/request/ids.ts: ID_PATTERN': ID_PATTERN,
  'shared/operations/request/ids.ts: OPERATION_ID_PATTERN': OPERATION_ID_PATTERN,
  'shared/operations/request/params/text-forms.ts: FILE_NAME_PATTERN': FILE_NAME_PATTERN,
  'shared/operations/request/params/text-forms.ts: MEDIA_TYPE_PATTERN': MEDIA_TYPE_PATTERN,
  // Only what stands between the slashes of a route differs.
  "shared/sandbox/protocol/routes.ts: `^${path.replaceAll('.', '\\\\.').replace(/\\{(\\w+)\\}/g, '(?<$1>[^/]+)')}$`":
    '^/v1/customers/(?<customer>[^/]+)/sources/(?<id>[^/]+)/verify$',
  "infra/bundles/package-files.mjs: `${file.replace(/[/.]/g, (sign) => (sign === '/' ? '[\\\\\\\\/]' : '\\\\.'))}$`": String.raw`protobufjs[\\/]src[\\/]type\.js$`,
};

function literalsOf(file: string): Found[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const found: Found[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) {
      const end = node.text.lastIndexOf('/');
      found.push({ file, pattern: node.text.slice(1, end), flags: node.text.slice(end + 1) });
    }
    if ((ts.isNewExpression(node) || ts.isCallExpression(node)) && node.expression.getText() === 'RegExp') {
      const [pattern, flags] = (node.arguments ?? []).map((argument) => argument.getText());
      const made = MADE[`${file}: ${pattern ?? ''}`];
      assert.ok(made !== undefined, `${file}: tell this test what ${node.getText()} makes`);
      found.push({ file, pattern: made, flags: flags?.slice(1, -1) ?? '' });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

const all = [...FOLDERS.flatMap(sourcesOf), ...FILES].flatMap(literalsOf);
const each = new Map(all.map((one) => [`/${one.pattern}/${one.flags}`, one]));

const LIST = 'test/fixtures/linear-expressions.json';
const records = process.env['RECORD'] === '1';
const { version } = JSON.parse(readFileSync('test/node_modules/recheck/package.json', 'utf8')) as { version: string };
/** The expressions that a version of recheck found safe. */
const recorded = JSON.parse(readFileSync(LIST, 'utf8')) as { recheck: string; expressions: readonly string[] };
const isRecorded = new Set(FULL_SIZES || recorded.recheck !== version ? [] : recorded.expressions);

test('every regular expression of the project is linear', () => {
  assert.ok(each.size > 150, `${each.size} were found`);
  const wrong = [...each].flatMap(([expression, { file, pattern, flags }]) => {
    if (isRecorded.has(expression)) return [];
    const verdict = checkSync(pattern, flags, CHECK);
    const summary = verdict.status === 'vulnerable' ? verdict.complexity.summary : '';
    return verdict.status === 'safe' ? [] : [`${file}: ${expression}: ${verdict.status} ${summary}`];
  });
  assert.deepEqual(wrong, []);
  if (records)
    writeFileSync(
      LIST,
      `${JSON.stringify({ recheck: version, expressions: [...each.keys()].sort() }, undefined, 2)}\n`,
    );
});

test('the list of safe expressions names expressions of the project alone', { skip: !FULL_SIZES }, () => {
  assert.deepEqual(
    recorded.expressions.filter((expression) => !each.has(expression)),
    [],
    'RECORD=1 writes the list again',
  );
});

/** Every `pattern` of a schema, with the one that its names are held to. */
function patternsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) =>
    key === 'pattern' && typeof inner === 'string' ? [inner] : patternsIn(inner),
  );
}

/** Entities in `npm test`: most have the same patterns. */
const EVERY = sized(4, 1);

// A tool's arguments are held to its schema here: its patterns meet what an agent wrote.
test("so is every pattern of the catalog's schemas", () => {
  const catalog = catalogFiles('shared/catalog');
  const discovery = new Discovery(catalog);
  const schemas = [
    functionPaths(manifest.functions, discovery, () => []),
    ...catalog
      .names()
      .filter((_, index) => index % EVERY === 0)
      .map((name) => discovery.entity(name).payloads),
    ...catalog.actionNames().map((name) => discovery.action(name).input),
    entityTool(discovery.entity('Customer'), 'List', TOOL_CONNECTION).inputSchema,
    entityTool(discovery.entity('Customer'), 'Update', TOOL_CONNECTION).inputSchema,
  ];
  const patterns = [...new Set(schemas.flatMap(patternsIn))];
  assert.ok(patterns.length >= 9, patterns.join(' '));
  const wrong = patterns.filter((pattern) => checkSync(pattern, 'u', CHECK).status !== 'safe');
  assert.deepEqual(wrong, []);
});

test('the check detects earlier faults and known vulnerable expressions', () => {
  const quadratic: readonly (readonly [string, string])[] = [
    // A user in a URL, and a name with an escaped value, as redaction looked for them until it was a scan.
    [String.raw`(\/\/)[^/\s@"']+:[^/\s@"']*@`, 'g'],
    [String.raw`_already_\w+$`, ''],
    // https://owasp.org/www-community/attacks/Regular_expression_Denial_of_Service_-_ReDoS
    ['^(a+)+$', ''],
    ['^([a-zA-Z]+)*$', ''],
  ];
  for (const [pattern, flags] of quadratic)
    assert.equal(checkSync(pattern, flags, CHECK).status, 'vulnerable', pattern);
});
