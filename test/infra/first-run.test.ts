/**
 * infra/first-run.sh with the built functions and the sandbox behind it, and recording stand-ins of gcloud, Terraform and
 * npm. No cloud is reached.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { startFunction } from '../functions/framework.ts';
import { SANDBOX_KEY, startSandbox, type Sandbox } from '../../shared/sandbox/server.ts';

const KEY = 'sk_test_firstrun0000';

/** Logs its call, keeps secrets in files, and shows the outputs of Terraform. */
const FAKE = `#!/usr/bin/env bash
printf '%s %s\\n' "$(basename "$0")" "$*" >>"$FAKE/calls"
case "$(basename "$0") $*" in
  'gcloud config get-value account'*) echo "\${FAKE_ACCOUNT-you@example.com}" ;;
  'gcloud auth print-identity-token'*) echo token ;;
  'gcloud secrets describe'*) [[ -f "$FAKE/label" ]] && cat "$FAKE/label" ;;
  'gcloud secrets create'*) cat >"$FAKE/key"; echo stripe-connector-first-run >"$FAKE/label" ;;
  'gcloud secrets versions add'*) cat >"$FAKE/key" ;;
  'gcloud secrets delete'*) rm "$FAKE/label" ;;
  'terraform '*' apply '*) for argument; do [[ $argument == -state=* ]] && echo {} >"\${argument#-state=}"; done; [[ ! -f "$FAKE/broken" ]] ;;
  'terraform '*' output '*) cat "$FAKE/outputs.json" ;;
  'terraform '*' show '*) echo '{"resource_changes": []}' ;;
  *preflight*) [[ ! -f "$FAKE/obstacle" ]] ;;
esac
`;

interface Ran {
  readonly status: number | null;
  readonly text: string;
}

void describe('infra/first-run.sh', () => {
  let folder: string;
  let fake: string;
  let sandbox: Sandbox;
  let functions: Awaited<ReturnType<typeof startFunction>>[];

  before(async () => {
    sandbox = await startSandbox({ seed: 27 });
    const env = { STRIPE_API_KEY: SANDBOX_KEY, STRIPE_API_BASE: sandbox.url };
    const names = ['create-entity', 'confirm-payment-intent', 'get-entity'];
    functions = await Promise.all(names.map((name) => startFunction({ name, env })));
    folder = mkdtempSync(path.join(tmpdir(), 'stripe-connector-first-run-'));
    mkdirSync(path.join(folder, 'infra'));
    cpSync('infra/first-run.sh', path.join(folder, 'infra/first-run.sh'));
    fake = path.join(folder, 'fake');
    for (const name of ['gcloud', 'terraform', 'npm', 'npx']) {
      mkdirSync(path.join(folder, 'bin'), { recursive: true });
      writeFileSync(path.join(folder, 'bin', name), FAKE);
      chmodSync(path.join(folder, 'bin', name), 0o755);
    }
  });
  after(async () => {
    await Promise.all(functions.map((running) => running.stop()));
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(() => {
    rmSync(fake, { recursive: true, force: true });
    rmSync(path.join(folder, 'build'), { recursive: true, force: true });
    mkdirSync(fake);
    const [create, confirm, get] = functions;
    const urls = { 'create-entity': create?.url, 'confirm-payment-intent': confirm?.url, 'get-entity': get?.url };
    const outputs = { urls: { value: urls }, settings: { value: '{"name":"first-run"}' } };
    writeFileSync(path.join(fake, 'outputs.json'), JSON.stringify(outputs));
  });

  const firstRun = (args: readonly string[], input = KEY, env: Record<string, string> = {}): Promise<Ran> =>
    new Promise((resolve) => {
      const child = spawn('bash', ['infra/first-run.sh', ...args], {
        cwd: folder,
        env: {
          ...process.env,
          PATH: `${path.join(folder, 'bin')}:${process.env['PATH']}`,
          FAKE: fake,
          FIRST_RUN_CALLS: '2',
          ...env,
        },
      });
      let text = '';
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
      child.on('close', (status) => resolve({ status, text }));
      // A script that ends before it reads the key closes the pipe.
      child.stdin.on('error', () => undefined);
      child.stdin.end(input);
    });
  const calls = (): string[] =>
    existsSync(path.join(fake, 'calls')) ? readFileSync(path.join(fake, 'calls'), 'utf8').trim().split('\n') : [];
  const changes = (): string[] =>
    calls().filter((call) => !/^gcloud (config get-value|secrets describe|auth print)|output/.test(call));

  void test('runs from a key to a confirmed payment and writes a report', async () => {
    const { status, text } = await firstRun(['shop-trial', 'europe-west1'], KEY, { FIRST_RUN_CALLS: '' });
    assert.equal(status, 0, text);
    assert.match(text, /pi_\w+ is succeeded; the same operationId returns it again/);
    const report = readFileSync(path.join(folder, 'first-run-shop-trial.md'), 'utf8');
    assert.match(report, /^# First run in shop-trial, europe-west1$/m);
    assert.match(report, /payment: pi_\w+, succeeded/);
    assert.match(report, /^\| cold \| 3 \| [\d.]+ \| [\d.]+ \|$/m);
    assert.match(report, /^\| warm \| 20 \| [\d.]+ \| [\d.]+ \|$/m);
    assert.equal(readFileSync(path.join(fake, 'key'), 'utf8'), KEY);
    const order = [
      'services enable',
      'secrets create',
      'npm ci',
      'run package',
      'preflight',
      ' init',
      ' apply',
      'check',
    ];
    const at = order.map((part) => calls().findIndex((call) => call.includes(part)));
    assert.ok(!at.includes(-1), calls().join('\n'));
    assert.deepEqual(
      [...at].sort((left, right) => left - right),
      at,
    );
  });

  void test('the key is in no argument, output or file of its own', async () => {
    const { text } = await firstRun(['shop-trial']);
    assert.ok(!text.includes(KEY));
    assert.ok(!calls().join('\n').includes(KEY));
  });

  for (const key of ['sk_live_51abc', 'rk_live_51abc', 'pk_test_51abc', 'whsec_51abc', '', 'sk_test_51 abc']) {
    void test(`rejects the key ${JSON.stringify(key)} before it changes anything`, async () => {
      const { status, text } = await firstRun(['shop-trial'], key);
      assert.equal(status, 1, text);
      assert.match(text, /this is no test key|no key on standard input/);
      assert.deepEqual(changes(), []);
    });
  }

  void test('does not touch an existing secret of the same name', async () => {
    writeFileSync(path.join(fake, 'label'), 'payroll\n');
    const { status, text } = await firstRun(['shop-trial']);
    assert.equal(status, 1);
    assert.match(text, /exists without the label created-by=stripe-connector-first-run/);
    assert.ok(!existsSync(path.join(fake, 'key')));
  });

  void test('stops before Terraform if the preflight fails', async () => {
    writeFileSync(path.join(fake, 'obstacle'), '');
    const { status } = await firstRun(['shop-trial']);
    assert.notEqual(status, 0);
    assert.ok(!calls().some((call) => call.startsWith('terraform')));
  });

  void test('an interrupted run continues with what it created', async () => {
    writeFileSync(path.join(fake, 'broken'), '');
    assert.notEqual((await firstRun(['shop-trial'])).status, 0);
    rmSync(path.join(fake, 'broken'));
    const { status, text } = await firstRun(['shop-trial']);
    assert.equal(status, 0, text);
    assert.match(text, /an earlier run began here/);
    assert.equal(calls().filter((call) => call.includes('secrets create')).length, 1);
    assert.equal(calls().filter((call) => call.includes('preflight')).length, 1);
  });

  void test('waits for the permission to call the functions', async () => {
    let rejections = 2;
    const target = functions[2]?.url ?? assert.fail();
    const proxy = http.createServer((request, response) => {
      if (rejections > 0) {
        rejections -= 1;
        response.writeHead(403).end('Forbidden');
        return;
      }
      const { 'content-type': type = '' } = request.headers;
      const forwarded = http.request(target, { method: 'POST', headers: { 'content-type': type } }, (answer) => {
        response.writeHead(answer.statusCode ?? 500);
        answer.pipe(response);
      });
      request.pipe(forwarded);
    });
    await new Promise<void>((ready) => proxy.listen(0, '127.0.0.1', ready));
    const file = path.join(fake, 'outputs.json');
    const { port } = proxy.address() as AddressInfo;
    writeFileSync(file, readFileSync(file, 'utf8').replace(target, `http://127.0.0.1:${port}`));
    const { status, text } = await firstRun(['shop-trial'], KEY, { FIRST_RUN_PAUSE: '0' });
    proxy.closeAllConnections();
    proxy.close();
    assert.equal(status, 0, text);
    assert.equal(rejections, 0);
  });

  void test('removes what it created: the state, and the secret by its label', async () => {
    await firstRun(['shop-trial']);
    const { status, text } = await firstRun(['--down', 'shop-trial']);
    assert.equal(status, 0, text);
    const destroy = calls().find((call) => call.includes(' destroy ')) ?? assert.fail(calls().join('\n'));
    assert.match(
      destroy,
      /-state=\S+\/build\/first-run\/shop-trial\/terraform\.tfstate .*-var=delete_protection=false/,
    );
    assert.ok(calls().some((call) => call.includes('secrets delete stripe-first-run')));
    assert.ok(!existsSync(path.join(folder, 'build/first-run/shop-trial')));
  });

  void test('does not remove a secret with another label', async () => {
    await firstRun(['shop-trial']);
    writeFileSync(path.join(fake, 'label'), 'payroll\n');
    const { status, text } = await firstRun(['--down', 'shop-trial']);
    assert.equal(status, 0, text);
    assert.match(text, /left alone: the secret stripe-first-run/);
    assert.ok(!calls().some((call) => call.includes('secrets delete')));
  });

  void test('removes the secret of a run that stopped before the deployment', async () => {
    writeFileSync(path.join(fake, 'obstacle'), '');
    assert.notEqual((await firstRun(['shop-trial'])).status, 0);
    const { status, text } = await firstRun(['--down', 'shop-trial']);
    assert.equal(status, 0, text);
    assert.ok(calls().some((call) => call.includes('secrets delete stripe-first-run')));
    assert.ok(!calls().some((call) => call.startsWith('terraform')));
  });

  void test('removes nothing if no first run was there', async () => {
    const { status, text } = await firstRun(['--down', 'other-trial']);
    assert.equal(status, 1);
    assert.match(text, /there is nothing to delete/);
    assert.deepEqual(changes(), []);
  });

  void test('a dry run prints the commands and runs none', async () => {
    const { status, text } = await firstRun(['--dry-run', 'shop-trial', 'us-central1'], '');
    assert.equal(status, 0, text);
    assert.deepEqual(calls(), []);
    for (const part of [
      'gcloud services enable',
      'npm run package',
      'preflight --project shop-trial --region us-central1',
      'apply -input=false',
    ])
      assert.ok(text.includes(part), part);
  });

  for (const args of [
    [],
    ['Shop'],
    ['shop-trial', 'europe'],
    ['shop-trial', 'europe-west1', 'more'],
    ['--destroy', 'shop-trial'],
  ])
    void test(`prints its usage for ${JSON.stringify(args)}`, async () => {
      const { status, text } = await firstRun(args);
      assert.equal(status, 2);
      assert.match(text, /infra\/first-run\.sh PROJECT \[REGION\]/);
    });

  for (const [account, message] of [
    ['', /gcloud has no account/],
    ['ci@shop-trial.iam.gserviceaccount.com', /log in as a person/],
  ] as const)
    void test(`needs a user account: ${JSON.stringify(account)}`, async () => {
      const { status, text } = await firstRun(['shop-trial'], KEY, { FAKE_ACCOUNT: account });
      assert.equal(status, 1);
      assert.match(text, message);
    });
});
