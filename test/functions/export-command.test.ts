/** `stripe-connector export` against the local server: whole tables, resumption, and what it rejects. */
import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { startSandbox, type Sandbox } from '../../shared/sandbox/server.ts';
import { sized } from '../support/sizes.ts';
import { writeCheckpoint } from '../../shared/cli/run/export/checkpoint.ts';
import { runCommand, type Ran } from './command.ts';
import { post, startUnlimited, type Running } from './framework.ts';

const ROWS = sized(450, 5000);
let sandbox: Sandbox;
let server: Running;
let folder: string;
before(async () => {
  sandbox = await startSandbox({ seed: 63, catalogFolder: 'shared/catalog' });
  for (let n = 0; n < ROWS; n += 1)
    sandbox.seed('Customer', { name: `n${n}`, email: n % 2 === 0 ? 'even@example.com' : null });
  server = await startUnlimited(sandbox);
  folder = mkdtempSync(path.join(tmpdir(), 'export-command-'));
});
after(async () => {
  await server.stop();
  await sandbox.close();
  rmSync(folder, { recursive: true });
});

const run = (file: string, ...more: string[]): Promise<Ran> =>
  runCommand(['export', 'Customer', '--out', path.join(folder, file), ...more], { PORT: new URL(server.url).port });
const linesOf = (file: string): string[] => readFileSync(path.join(folder, file), 'utf8').trim().split(/\r?\n/);

test('writes every row once, as NDJSON', async () => {
  const { status, stdout, stderr } = await run('all.ndjson', '--fields', 'Id,Name');
  assert.equal(status, 0, stderr);
  assert.match(stdout, new RegExp(`all\\.ndjson: ${ROWS} rows, \\d+ bytes`));
  const names = linesOf('all.ndjson').map((line) => (JSON.parse(line) as { Name: string }).Name);
  assert.deepEqual(new Set(names), new Set(Array.from({ length: ROWS }, (_, n) => `n${n}`)));
  assert.equal(names.length, ROWS);
  assert.match(stderr, /\d+ rows, \d+ rows\/s/);
  assert.ok(!existsSync(path.join(folder, 'all.ndjson.checkpoint')));
});

test('writes what a clause selects, as CSV with all columns', async () => {
  const { status, stderr } = await run('even.csv', '--where', "Email = 'even@example.com'");
  assert.equal(status, 0, stderr);
  const [head = '', ...rest] = linesOf('even.csv');
  assert.ok(head.split(',').length > 20 && head.startsWith('Id,'), head);
  assert.equal(rest.length, Math.ceil(ROWS / 2));
});

test('writes the rows of a period, as CSV with readable times', async () => {
  const options = ['--since', 'yesterday', '--fields', 'Id,Created', '--iso-times'];
  const { status, stderr } = await run('since.csv', ...options);
  assert.equal(status, 0, stderr);
  const [head, ...rest] = linesOf('since.csv');
  assert.deepEqual([head, rest.length], ['Id,Created', ROWS]);
  for (const line of rest) assert.match(line, /^cus_\w+,\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  const empty = await run('before.csv', '--until', 'yesterday', '--fields', 'Id');
  assert.match(empty.stdout, /before\.csv: 0 rows/);
});

interface FirstPage {
  readonly connectorOutputPayload: readonly object[];
  readonly listEntitiesNextPageToken: string;
}

/** Leaves a file as an export that was killed after its first page does. */
async function afterOnePage(name: string): Promise<string> {
  const file = path.join(folder, name);
  const { body } = await post(`${server.url}/list-entities`, {
    entity: 'Customer',
    fields: 'Id',
    listEntitiesPageSize: 200,
  });
  const { connectorOutputPayload: rows, listEntitiesNextPageToken: pageToken } = body as unknown as FirstPage;
  const text = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  writeFileSync(file, text);
  const url = `http://localhost:${new URL(server.url).port}`;
  const query = { url, entity: 'Customer', where: '', account: '', isoTimes: false, raw: false, columns: ['Id'] };
  writeCheckpoint(file, { query: { ...query, format: 'ndjson' }, bytes: text.length, rows: rows.length, pageToken });
  return file;
}

const STATES: readonly (readonly [sentence: string, change: (file: string) => void])[] = [
  ['a whole page that the checkpoint does not cover', (file) => appendFileSync(file, readFileSync(file))],
  ['half a row that the checkpoint does not cover', (file) => appendFileSync(file, '{"Id":"cus_')],
  ['a checkpoint that was not finished next to it', (file) => writeFileSync(`${file}.checkpoint.next`, '{"by')],
];
for (const [sentence, change] of STATES)
  test(`continues after ${sentence}`, async () => {
    const file = await afterOnePage(`${sentence}.ndjson`);
    change(file);
    const { status, stderr } = await run(`${sentence}.ndjson`, '--fields', 'Id');
    assert.equal(status, 0, stderr);
    assert.match(stderr, /continuing after 200 rows/);
    const ids = linesOf(`${sentence}.ndjson`).map((line) => (JSON.parse(line) as { Id: string }).Id);
    assert.equal(ids.length, ROWS);
    assert.equal(new Set(ids).size, ROWS);
  });

const BROKEN: readonly (readonly [sentence: string, change: (file: string) => void, more: string[], words: RegExp])[] =
  [
    ['a file that lost rows', (file) => truncateSync(file, 10), [], /shorter than its checkpoint says/],
    ['no file', (file) => rmSync(file), [], /ENOENT|shorter than/],
    ['another clause', () => undefined, ['--where', "Name = 'a'"], /is of another export \(where\)/],
    ['another format', () => undefined, ['--format', 'csv'], /is of another export \(format\)/],
    ['a checkpoint that is no JSON', (file) => writeFileSync(`${file}.checkpoint`, '{'), [], /is not a checkpoint/],
  ];
for (const [sentence, change, more, words] of BROKEN)
  test(`does not continue with ${sentence}, and starts again with --overwrite`, async () => {
    const name = `${sentence}.ndjson`;
    change(await afterOnePage(name));
    const { status, stderr } = await run(name, '--fields', 'Id', ...more);
    assert.equal(status, 1, stderr);
    assert.match(stderr, words);
    const again = await run(name, '--fields', 'Id', '--overwrite', ...more);
    assert.equal(again.status, 0, again.stderr);
    assert.ok(!existsSync(path.join(folder, `${name}.checkpoint`)));
  });

test('a file that exists is not overwritten without --overwrite', async () => {
  writeFileSync(path.join(folder, 'kept.ndjson'), 'mine\n');
  const { status, stderr } = await run('kept.ndjson');
  assert.equal(status, 1);
  assert.match(stderr, /already exists; choose a new file, or use --overwrite/);
  assert.equal(readFileSync(path.join(folder, 'kept.ndjson'), 'utf8'), 'mine\n');
  assert.equal((await run('kept.ndjson', '--overwrite', '--fields', 'Id')).status, 0);
  assert.equal(linesOf('kept.ndjson').length, ROWS);
});
