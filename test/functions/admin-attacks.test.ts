/** Who may call the admin methods: attacks on the local server and on a deployed function. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { ADMIN_METHODS } from '../../shared/management/admin/methods.ts';
import { SANDBOX_KEY, startSandbox, type Sandbox } from '../../shared/sandbox/server.ts';
import { freePort } from '../emulator/ports.ts';
import { runCommand, startCommandHost, type CommandHost } from './command.ts';
import { running, startFunction, type Running } from './framework.ts';

let home: string;
let port: number;
let server: Running;
let token: string;
let host: CommandHost;
const tokenFile = (): string => path.join(home, 'stripe-connector', `${port}.token`);

function start(cache: string, at: number): Promise<Running> {
  const child = spawn(process.execPath, ['build/local/start.cjs'], {
    env: { PATH: process.env['PATH'], PORT: String(at), XDG_CACHE_HOME: cache },
  });
  return running(child, at, 'try it:');
}

before(async () => {
  host = startCommandHost();
  home = mkdtempSync(path.join(tmpdir(), 'admin-'));
  port = await freePort();
  server = await start(home, port);
  token = readFileSync(tokenFile(), 'utf8');
});
after(async () => {
  await host.stop();
  await server.stop();
  rmSync(home, { recursive: true });
});

interface Attack {
  readonly headers?: Record<string, string>;
  readonly path?: string;
  readonly method?: string;
  readonly body?: string;
}

/** Sends a request as written: `fetch` sets Host and Origin itself. */
function attack(at: number, { headers = {}, path: target, method = 'POST', body = '{}' }: Attack): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = http.request(
      {
        port: at,
        host: '127.0.0.1',
        path: target ?? '/admin/connection.suspend',
        method,
        headers: { 'content-type': 'application/json', ...headers },
      },
      (response) => {
        response.resume();
        response.once('end', () => resolve(response.statusCode ?? 0));
      },
    );
    request.on('error', reject);
    request.end(method === 'GET' ? undefined : body);
  });
}

const own = (): string => `localhost:${port}`;

const ATTACKS: readonly (readonly [sentence: string, attack: () => Attack])[] = [
  ['no token', () => ({})],
  ['an empty token', () => ({ headers: { 'x-admin-token': '' } })],
  ['another token', () => ({ headers: { 'x-admin-token': 'A'.repeat(43) } })],
  ['the token and one more character', () => ({ headers: { 'x-admin-token': `${token}A` } })],
  ['the token in the query', () => ({ path: `/admin/connection.suspend?token=${token}` })],
  ['the token as a bearer token', () => ({ headers: { authorization: `Bearer ${token}` } })],
  ['a name that resolves to loopback', () => ({ headers: { host: 'evil.example', 'x-admin-token': token } })],
  [
    'a host that begins like localhost',
    () => ({ headers: { host: 'localhost.evil.example', 'x-admin-token': token } }),
  ],
  ['a page of another origin', () => ({ headers: { origin: 'https://evil.example', 'x-admin-token': token } })],
  ['a page of another local server', () => ({ headers: { origin: 'http://localhost:3000', 'x-admin-token': token } })],
  ['a page without an origin', () => ({ headers: { origin: 'null', 'x-admin-token': token } })],
  ['the path below connection', () => ({ path: '/connection/admin/connection.suspend' })],
  ['the path below single', () => ({ path: '/single/admin/connection.suspend' })],
  ['an unknown method', () => ({ path: '/admin/nothing' })],
];

for (const [sentence, request] of ATTACKS)
  test(`the local server rejects ${sentence}`, async () => {
    const given = request();
    assert.equal(await attack(port, { ...given, headers: { host: own(), ...given.headers } }), 403);
    const status = await host.run(['status', '--json'], { PORT: String(port), XDG_CACHE_HOME: home });
    assert.equal((JSON.parse(status.stdout) as { state: string }).state, 'active');
  });

test('with the token, other methods, bodies and content types are rejected', async () => {
  const headers = { host: own(), 'x-admin-token': token };
  assert.equal(await attack(port, { headers, method: 'GET' }), 405);
  assert.equal(await attack(port, { headers, body: '[]' }), 400);
  assert.equal(await attack(port, { headers, body: '{"connection":"other"}' }), 400);
  assert.equal(await attack(port, { headers, path: '/admin/nothing' }), 404);
  assert.equal(await attack(port, { headers, path: '/admin/__proto__' }), 404);
  assert.equal(await attack(port, { headers: { ...headers, 'content-type': 'text/plain' } }), 415);
});

test('only this user can read the token, and it is new at each start and gone at the end', async () => {
  assert.equal(statSync(tokenFile()).mode & 0o777, 0o600);
  assert.equal(statSync(path.dirname(tokenFile())).mode & 0o777, 0o700);
  assert.match(token, /^[\w-]{43}$/);
  assert.ok(!server.output().includes(token));
  const at = await freePort();
  const other = await start(home, at);
  const file = path.join(home, 'stripe-connector', `${at}.token`);
  assert.notEqual(readFileSync(file, 'utf8'), token);
  process.kill(other.pid, 'SIGTERM');
  await other.ended;
  assert.ok(!existsSync(file));
});

test('a link in place of the token file is replaced, not followed', async () => {
  const at = await freePort();
  const victim = path.join(home, 'victim');
  writeFileSync(victim, 'kept');
  symlinkSync(victim, path.join(home, 'stripe-connector', `${at}.token`));
  const other = await start(home, at);
  await other.stop();
  assert.equal(readFileSync(victim, 'utf8'), 'kept');
});

test('a cache folder that others can write is not used: the token is printed', async () => {
  const shared = mkdtempSync(path.join(tmpdir(), 'shared-'));
  try {
    mkdirSync(path.join(shared, 'stripe-connector'));
    spawn('chmod', ['777', path.join(shared, 'stripe-connector')]);
    const at = await freePort();
    await new Promise((resolve) => setTimeout(resolve, 200));
    const other = await start(shared, at);
    const [, printed = ''] = /STRIPE_CONNECTOR_TOKEN=([\w-]{43})$/m.exec(other.output()) ?? [];
    const env = { PORT: String(at), XDG_CACHE_HOME: shared };
    assert.equal((await runCommand(['status'], env)).status, 1);
    const status = await runCommand(['status'], { ...env, STRIPE_CONNECTOR_TOKEN: printed });
    await other.stop();
    assert.equal(status.status, 0, status.stderr);
  } finally {
    rmSync(shared, { recursive: true });
  }
});

test('a deployed function rejects every admin method, with and without admin_callers', async () => {
  const sandbox: Sandbox = await startSandbox({ seed: 62, catalogFolder: 'shared/catalog' });
  const settings = [{}, { admin_callers: ['ops@p.iam.gserviceaccount.com'] }];
  for (const name of ['connection', 'single'])
    for (const more of settings) {
      const deployed = await startFunction({
        name,
        env: {
          STRIPE_API_KEY: SANDBOX_KEY,
          STRIPE_API_BASE: sandbox.url,
          CONNECTION_SETTINGS: JSON.stringify({ name: 'shop', region: 'europe-west1', ...more }),
        },
      });
      const at = Number(new URL(deployed.url).port);
      const unsigned = `${part({ alg: 'none' })}.${part({ email: 'ops@p.iam.gserviceaccount.com', email_verified: true })}.x`;
      const removed = unsigned.replace(/x$/, 'SIGNATURE_REMOVED_BY_GOOGLE');
      try {
        for (const method of Object.keys(ADMIN_METHODS))
          for (const headers of [
            {},
            { 'x-admin-token': token },
            { authorization: `Bearer ${unsigned}` },
            { 'x-serverless-authorization': `Bearer ${removed}` },
            { 'x-goog-authenticated-user-email': 'accounts.google.com:ops@p.iam.gserviceaccount.com' },
          ] as Record<string, string>[]) {
            if (Object.hasOwn(headers, 'authorization') && method !== 'connection.suspend') continue;
            const status = await attack(at, { path: `/admin/${method}`, headers });
            assert.ok([403, 503].includes(status), `${name} ${method} ${JSON.stringify(headers)}: ${status}`);
          }
      } finally {
        await deployed.stop();
      }
    }
  await sandbox.close();
});

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
