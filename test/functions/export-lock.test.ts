/** Two exports to one file: the second ends with an error, and the lock of a killed process is replaced. */
import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { runCommand, type Ran } from './command.ts';

let folder: string;
let server: http.Server;
let port: string;
/** Pages that wait: their responses leave when the test calls these. */
let held: (() => void)[] = [];
let isHolding = false;
/** The first page that waits. */
let firstHeld = 1;
let onHeld: () => void = () => undefined;

const PAGES = 3;
const WHOLE = Array.from({ length: PAGES }, (_, page) => `{"Id":"cus_${page}"}\n`).join('');

before(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'export-lock-'));
  server = http.createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const { entity, listEntitiesPageToken: token = '0' } = JSON.parse(text) as Record<string, string>;
      const page = Number(token);
      const next = page + 1 < PAGES ? String(page + 1) : null;
      const rows = { connectorOutputPayload: [{ Id: `cus_${page}` }], listEntitiesNextPageToken: next };
      const error = { error: { code: 400, status: 'INVALID_ARGUMENT', message: 'no such entity', details: [] } };
      const isKnown = entity === 'Customer';
      const send = (): void => {
        response.writeHead(isKnown ? 200 : 400, { 'content-type': 'application/json' });
        response.end(JSON.stringify(isKnown ? rows : error));
      };
      if (!isHolding || page < firstHeld) return send();
      held.push(send);
      onHeld();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = String((server.address() as { port: number }).port);
});
after(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

const argsOf = (name: string, entity = 'Customer'): string[] => ['export', entity, '--out', path.join(folder, name)];
const run = (name: string, ...more: string[]): Promise<Ran> => runCommand([...argsOf(name), ...more], { PORT: port });
const textOf = (name: string): string => readFileSync(path.join(folder, name), 'utf8');
const leftOf = (name: string): string[] => readdirSync(folder).filter((file) => file.startsWith(`${name}.`));

/** Starts an export, and returns when it waits for a page; by default for the second, and has written the first. */
async function startHeld(
  name: string,
  page = 1,
): Promise<{ readonly child: ChildProcess; readonly ended: Promise<unknown> }> {
  isHolding = true;
  firstHeld = page;
  const waiting = new Promise<void>((resolve) => (onHeld = resolve));
  const child = spawn(process.execPath, ['build/local/main.cjs', ...argsOf(name)], {
    env: { PATH: process.env['PATH'], PORT: port },
    stdio: 'ignore',
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  await waiting;
  isHolding = false;
  return { child, ended };
}

function release(): void {
  for (const send of held) send();
  held = [];
}

for (const more of [[], ['--overwrite']])
  test(`a second export to the file is rejected ${more.join('')} and the first completes`, async () => {
    const name = `twice${more.length}.ndjson`;
    const { child, ended } = await startHeld(name);
    const second = await run(name, ...more);
    assert.equal(second.status, 1, second.stderr);
    assert.match(second.stderr, new RegExp(`another export writes .*${name}: process ${child.pid} on `));
    assert.equal(textOf(name), '{"Id":"cus_0"}\n');
    release();
    assert.equal(await ended, 0);
    assert.equal(textOf(name), WHOLE);
    assert.deepEqual(leftOf(name), []);
  });

test('after a kill the same command continues at once', async () => {
  const { child, ended } = await startHeld('killed.ndjson');
  child.kill('SIGKILL');
  await ended;
  release();
  assert.deepEqual(leftOf('killed.ndjson'), ['killed.ndjson.checkpoint', 'killed.ndjson.lock']);
  const again = await run('killed.ndjson');
  assert.equal(again.status, 0, again.stderr);
  assert.match(again.stderr, /continuing after 1 rows/);
  assert.equal(textOf('killed.ndjson'), WHOLE);
  assert.deepEqual(leftOf('killed.ndjson'), []);
});

test('after a kill before the first page the same command writes the file', async () => {
  const { child, ended } = await startHeld('early.ndjson', 0);
  child.kill('SIGKILL');
  await ended;
  release();
  const again = await run('early.ndjson');
  assert.equal(again.status, 0, again.stderr);
  assert.equal(textOf('early.ndjson'), WHOLE);
  assert.deepEqual(leftOf('early.ndjson'), []);
});

test('an export whose lock was taken over writes no more', async () => {
  const { ended } = await startHeld('lost.ndjson');
  writeFileSync(path.join(folder, 'lost.ndjson.lock'), 'of another');
  release();
  assert.equal(await ended, 1);
  assert.equal(textOf('lost.ndjson'), '{"Id":"cus_0"}\n');
  assert.equal(textOf('lost.ndjson.lock'), 'of another');
});

/** A process that has ended. */
const ENDED = spawnSync(process.execPath, ['-e', '']).pid;
const MINUTES_AGO = new Date(Date.now() - 120_000);
const LOCKS: readonly (readonly [sentence: string, text: string, renewed: Date, isTaken: boolean])[] = [
  ['of a process that ended', JSON.stringify({ pid: ENDED, host: hostname() }), new Date(), true],
  ['of a process that runs', JSON.stringify({ pid: process.pid, host: hostname() }), MINUTES_AGO, false],
  ['of another machine', JSON.stringify({ pid: ENDED, host: 'elsewhere' }), new Date(), false],
  ['of another machine, not renewed', JSON.stringify({ pid: process.pid, host: 'elsewhere' }), MINUTES_AGO, true],
  ['that is being written', '', new Date(), false],
  ['that was never written', '', MINUTES_AGO, true],
];
for (const [sentence, text, renewed, isTaken] of LOCKS)
  test(`a lock ${sentence} is ${isTaken ? 'replaced' : 'respected'}`, async () => {
    const name = `${sentence}.ndjson`;
    const lock = path.join(folder, `${name}.lock`);
    writeFileSync(lock, text);
    utimesSync(lock, renewed, renewed);
    const { status, stderr } = await run(name);
    assert.equal(status, isTaken ? 0 : 1, stderr);
    if (isTaken) assert.equal(textOf(name), WHOLE);
    else assert.match(stderr, /another export writes/);
    assert.equal(existsSync(lock), !isTaken);
  });

test('an export that fails before its first row leaves nothing, and one that exists stays as it was', async () => {
  const wrong = await runCommand(argsOf('new.ndjson', 'Custmer'), { PORT: port });
  assert.match(wrong.stderr, /no such entity/);
  assert.deepEqual(leftOf('new'), []);
  writeFileSync(path.join(folder, 'mine.ndjson'), 'mine\n');
  await runCommand([...argsOf('mine.ndjson', 'Custmer'), '--overwrite'], { PORT: port });
  assert.equal(textOf('mine.ndjson'), 'mine\n');
});
