/** The built command against the local server: what each line prints, and its exit status. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { COMMANDS, parseLine } from '../../shared/cli/program.ts';
import { startSandbox, type Sandbox } from '../../shared/sandbox/server.ts';
import { freePort } from '../emulator/ports.ts';
import { sized } from '../support/sizes.ts';
import { LINES } from './checked-lines.ts';
import { runCommand, startCommandHost, type CommandHost, type Ran } from './command.ts';
import { startUnlimited, type Running } from './framework.ts';

let sandbox: Sandbox;
let server: Running;
let folder: string;
let host: CommandHost;
before(async () => {
  host = startCommandHost();
  sandbox = await startSandbox({ seed: 61, catalogFolder: 'shared/catalog' });
  server = await startUnlimited(sandbox, {
    events_topic: 'projects/p/topics/stripe-events',
    event_types: ['customer.created'],
    webhook_url: 'http://localhost:9/stripe-events',
  });
  folder = mkdtempSync(path.join(tmpdir(), 'command-'));
});
after(async () => {
  await host.stop();
  await server.stop();
  await sandbox.close();
  rmSync(folder, { recursive: true });
});

const portOfServer = (): string => new URL(server.url).port;

const command = (args: readonly string[], env: Record<string, string> = {}, input?: string): Promise<Ran> =>
  runCommand(args, { PORT: portOfServer(), ...env }, input);
/** Every tenth line has a process of its own, the others share one. */
const OWN_PROCESS = sized(10, 1);
const STACK = /^\s+at .*:\d+:\d+/m;

test('each line prints what it should and ends with its status, without a stack', async (t) => {
  writeFileSync(path.join(folder, 'good.json'), '{"name":"shop","region":"europe-west1"}');
  writeFileSync(path.join(folder, 'bad.json'), '{"name":"Shop","region":"europe-west1","colour":"blue"}');
  writeFileSync(path.join(folder, 'names.json'), '{"name":"shop","region":"europe-west1","tools_allowlist":["Lst"]}');
  let id = '';
  for (const [index, [line, status, printed, soon]] of LINES.entries())
    await t.test(line, async () => {
      const words = line.split(/ (?=(?:[^']*'[^']*')*[^']*$)/);
      const args = words.map((word) => word.replace(/\bID\b/, id).replace('FOLDER', folder));
      const run = (): Promise<Ran> =>
        index % OWN_PROCESS === 0 ? command(args) : host.run(args, { PORT: portOfServer() });
      let ran = await run();
      for (let tries = 1; soon && !printed.test(ran.stdout) && tries < 40; tries += 1) {
        await pause(250);
        ran = await run();
      }
      const text = ran.stdout + ran.stderr;
      assert.equal(ran.status, status, text);
      assert.match(text, printed);
      assert.doesNotMatch(text, STACK);
      id ||= /cus_\w+/.exec(ran.stdout)?.[0] ?? '';
    });
});

test('the signing secret is in the file only, for this user only, and the server accepts it at once', () => {
  const file = path.join(folder, 'hook');
  assert.match(readFileSync(file, 'utf8'), /^whsec_/);
  assert.equal(statSync(file).mode & 0o777, 0o600);
});

/** Of how many commands the built one prints the help: what prints the others is its parser, in this process. */
const EVERY = sized(8, 1);

function parsed(words: readonly string[]): Ran {
  const printed = { out: '', err: '' };
  const status = parseLine(words, '0.0.0', {
    out: (text) => void (printed.out += text),
    err: (text) => void (printed.err += text),
  });
  return { status: status === 0 ? 0 : 1, stdout: printed.out, stderr: printed.err };
}

test('help of every command has its examples, needs no server, and ends with 0', async () => {
  for (const [place, { name, examples }] of COMMANDS.entries()) {
    const words = [...name.split(' '), '--help'];
    const { status, stdout, stderr } = place % EVERY === 0 ? await runCommand(words, {}) : parsed(words);
    assert.deepEqual([status, stderr], [0, ''], name);
    for (const line of examples) assert.ok(stdout.includes(`$ stripe-connector ${line}`), `${name}: ${line}`);
    assert.match(stdout, /--json/, name);
  }
  for (const group of [[], ['help'], ['--help'], ['help', 'call'], ['events', '--help']])
    assert.equal((await runCommand(group, {})).status, 0, group.join(' '));
  assert.equal((await runCommand(['events'], {})).status, 2);
});

test('inputs are read from standard input and from a file', async () => {
  const piped = await command(['call', 'Customer.Create', '--input', '-', '--json'], {}, '{"Name":"Piped"}');
  assert.equal(piped.status, 0, piped.stderr);
  const file = path.join(folder, 'input.json');
  writeFileSync(file, '{"Name":"Filed"}');
  assert.equal((await command(['call', 'Customer.Create', '--input', `@${file}`])).status, 0);
  const named = ['list', 'Customer', '--where', "Name IN ('Piped', 'Filed')", '--json'];
  const { connectorOutputPayload: rows } = JSON.parse((await command(named)).stdout) as {
    connectorOutputPayload: unknown[];
  };
  assert.equal(rows.length, 2);
});

test('an action takes the id of its object as a word', async () => {
  const words = ['Amount=1500', 'Currency=usd', 'PaymentMethod=pm_card_visa', '--json'];
  const created = await command(['call', 'PaymentIntent.Create', ...words]);
  const { connectorOutputPayload } = JSON.parse(created.stdout) as { connectorOutputPayload: { Id: string } };
  const confirm = ['call', 'ConfirmPaymentIntent', connectorOutputPayload.Id, 'ReturnUrl=https://example.com/'];
  assert.match((await command(confirm)).stdout, /^status +succeeded$/m);
});

test('preflight says once what gives it an access token', async () => {
  const { status, stderr } = await runCommand(['preflight', '--project', 'p'], { PATH: folder });
  assert.deepEqual([status, stderr.split('\n').length], [1, 2], stderr);
  assert.match(stderr, /^error: gcloud is not installed: .*GOOGLE_OAUTH_ACCESS_TOKEN$/m);
});

test('--json prints errors as JSON', async () => {
  const { stderr, status } = await command(['get', 'Customer', 'cus_missing', '--json']);
  assert.equal(status, 3);
  const { error } = JSON.parse(stderr) as { error: { message: string; reason: string } };
  assert.match(error.message, /No such customer/);
  const usage = await command(['list', '--json']);
  assert.deepEqual(
    [usage.status, JSON.parse(usage.stderr)],
    [2, { error: { message: "missing required argument 'entity'", reason: 'USAGE' } }],
  );
});

test('a port that is not a number is named as what it is', async () => {
  const { status, stderr } = await runCommand(['status'], { PORT: 'abc' });
  assert.deepEqual([status, stderr], [2, 'error: PORT must be a port number: abc\n']);
});

test('a server that is away, and one that is no connector, are named', async () => {
  const away = await runCommand(['status'], { PORT: String(await freePort()) });
  assert.equal(away.status, 1);
  assert.match(away.stderr, /no server responds at http:\/\/localhost:\d+ .*start one with stripe-connector dev/);
  const other = http.createServer((_request, response) => response.writeHead(404).end('<html>'));
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as { port: number };
  const { stderr, status } = await runCommand(['status'], { PORT: String(port) });
  other.close();
  assert.equal(status, 1);
  assert.match(stderr, /is not a Stripe connector: it responded 404/);
});
