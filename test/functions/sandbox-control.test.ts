/** The admin API of the sandbox on the port of the local server, and the commands that move its time. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startSandbox, type Sandbox } from '../../shared/sandbox/server.ts';
import { runCommand, startCommandHost, type CommandHost, type Ran } from './command.ts';
import { errorOf, post, startUnlimited, type Running } from './framework.ts';

const START = Date.UTC(2026, 0, 31) / 1000;
let sandbox: Sandbox;
let server: Running;
let host: CommandHost;
before(async () => {
  host = startCommandHost();
  sandbox = await startSandbox({ catalogFolder: 'shared/catalog', clock: START });
  server = await startUnlimited(sandbox);
});
after(async () => {
  await host.stop();
  await server.stop();
  await sandbox.close();
});

const command = (...args: string[]): Promise<Ran> => host.run(args, { PORT: new URL(server.url).port });

const LINES: readonly (readonly [args: readonly string[], status: number, printed: RegExp])[] = [
  [['sandbox', 'time'], 0, /^2026-01-31T00:00:00Z \(stopped\)$/m],
  [['sandbox', 'advance', '--by', '1 month'], 0, /^2026-02-28T00:00:00Z \(stopped\)$/m],
  [['sandbox', 'advance', '--by', '2 weeks 3 days'], 0, /^2026-03-17T00:00:00Z/m],
  [['sandbox', 'advance', '--by', '3600'], 0, /^2026-03-17T01:00:00Z/m],
  [['sandbox', 'advance', '--to', '2026-04-01'], 0, /^2026-04-01T00:00:00Z/m],
  [['sandbox', 'advance', '--to', 'soon'], 2, /^error: "soon" is not a time/m],
  [['sandbox', 'advance', '--by', 'a while'], 2, /^error: --by must be a duration such as "1 month"/m],
  [['sandbox', 'advance'], 2, /^error: name --by DURATION or --to TIME$/m],
  [['sandbox', 'advance', '--by', '1', '--to', '2'], 2, /^error: name --by DURATION or --to TIME$/m],
  [['sandbox', 'advance', '--test-clock', 'clock_missing', '--by', '1 day'], 3, /^error: No such test_clock/m],
  [['sandbox', 'advnce'], 2, /^error: too many arguments for 'sandbox'/m],
  [['status'], 0, /^sandbox: 2026-04-01T00:00:00Z \(stopped\), control http:\/\/localhost:\d+\/_sandbox\/$/m],
  [['sandbox', 'time', '--resume'], 0, /^2026-04-01T00:00:00Z$/m],
];
test('the commands move and show the time of the sandbox', async (t) => {
  for (const [args, status, printed] of LINES)
    await t.test(args.join(' '), async () => {
      const ran = await command(...args);
      assert.equal(ran.status, status, ran.stderr);
      assert.match(ran.stdout + ran.stderr, printed);
    });
});

// https://docs.stripe.com/billing/testing/test-clocks/api-advanced-usage
test('a test clock advances by a duration, and the command waits until it is ready', async () => {
  const { Id: clock } = (
    await post(`${server.url}/create-entity`, {
      entity: 'TestHelpers.TestClock',
      connectorInputPayload: { FrozenTime: START },
    })
  ).body['connectorOutputPayload'] as { Id: string };
  const ran = await command('sandbox', 'advance', '--test-clock', clock, '--by', '1 month');
  assert.equal(ran.status, 0, ran.stderr);
  assert.equal(ran.stdout, `${clock} is at 2026-02-28T00:00:00Z\n`);
});

test('the admin API of the sandbox is on the port of the server, with its errors as JSON', async () => {
  const get = async (path: string): Promise<Response> => fetch(`${server.url}/_sandbox/${path}`);
  assert.ok(((await (await get('')).json()) as string[]).includes('POST /_sandbox/time'));
  const faults = { kind: 'rate_limit', times: 1 };
  assert.equal((await post(`${server.url}/_sandbox/faults`, faults)).status, 200);
  assert.deepEqual(await (await get('faults')).json(), sandbox.faults.all());
  assert.equal((await fetch(`${server.url}/_sandbox/faults`, { method: 'DELETE' })).status, 200);
  assert.equal(sandbox.faults.all().length, 0);
  const wrong = await post(`${server.url}/_sandbox/time`, { advance: '1 moon' });
  assert.deepEqual([wrong.status, errorOf(wrong).details[0]?.reason], [400, 'SANDBOX_REJECTED']);
  assert.match(String(errorOf(wrong).message), /"1 moon" is not a duration such as "1 month"/);
  const foreign = await fetch(`${server.url}/_sandbox/time`, { headers: { origin: 'https://evil.example' } });
  assert.equal(foreign.status, 403);
});

test('a page of the sandbox is not forwarded: it would run with the origin of the server', async () => {
  const response = await fetch(`${server.url}/_sandbox/checkout/cs_test_missing`);
  assert.equal(response.status, 404);
  assert.match(String(response.headers.get('content-type')), /^application\/json/);
});

test('a server without a sandbox says so', async () => {
  const { stderr, status } = await runCommand(['sandbox', 'time', '--url', sandbox.url], {});
  assert.equal(status, 0, stderr);
  const away = await runCommand(['sandbox', 'time', '--url', 'http://127.0.0.1:9'], { XDG_CACHE_HOME: '/nowhere' });
  assert.match(away.stderr, /no server responds at .*; start one with stripe-connector dev/);
});

test('a wrong port names the port of a server that runs', async () => {
  const { stderr, status } = await runCommand(['status', '--url', 'http://127.0.0.1:9'], {
    HOME: process.env['HOME'] ?? '',
    ...(process.env['XDG_CACHE_HOME'] === undefined ? {} : { XDG_CACHE_HOME: process.env['XDG_CACHE_HOME'] }),
  });
  assert.equal(status, 1);
  assert.match(
    stderr,
    /; (?:one of yours runs on port \d+|yours run on port [\d, ]+): set PORT=\d+; start one with stripe-connector dev/,
  );
});
