/**
 * infra/first-run.sh with Terraform itself, the stand-in of Google's provider and its cloud, the built functions and the
 * sandbox. gcloud, npm and npx are recorded, and curl reaches the functions at their addresses on Cloud Run.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { SANDBOX_KEY, startSandbox, type Sandbox } from '../../shared/sandbox/server.ts';
import { startFunction } from '../functions/framework.ts';
import { FULL_SIZES } from '../support/sizes.ts';
import { terraform } from '../outside-tools.mjs';
import { readExisting, type Existing } from './stand-in-cloud.ts';
import { workplace, type Ran, type Workplace } from './terraform.ts';

const RECORDED = `#!/usr/bin/env bash
case "$(basename "$0") $*" in
  'gcloud config get-value account'*) echo you@example.com ;;
  'gcloud auth print-identity-token'*) echo token ;;
  'gcloud secrets describe'*) [[ -f "$FAKE/label" ]] && cat "$FAKE/label" ;;
  'gcloud secrets create'*) cat >/dev/null; echo stripe-connector-first-run >"$FAKE/label" ;;
  'gcloud secrets delete'*) rm "$FAKE/label" ;;
esac
`;
/** https://first-run-get-entity-hash.a.run.app is the file get-entity of the addresses. */
const CURL = `#!/usr/bin/env bash
arguments=()
for argument; do
  if [[ $argument =~ ^https://first-run-(.*)-hash[.]a[.]run[.]app ]]; then argument="$(cat "$FAKE/\${BASH_REMATCH[1]}")"; fi
  arguments+=("$argument")
done
exec "$REAL_CURL" "\${arguments[@]}"
`;
const FUNCTIONS = ['create-entity', 'confirm-payment-intent', 'get-entity'];
const LABEL = 'stripe-connector-first-run';

if (FULL_SIZES && terraform() !== undefined)
  void describe('infra/first-run.sh with Terraform', () => {
    let place: Workplace;
    let sandbox: Sandbox;
    let functions: Awaited<ReturnType<typeof startFunction>>[];

    before(async () => {
      place = await workplace();
      sandbox = await startSandbox({ seed: 28 });
      const env = { STRIPE_API_KEY: SANDBOX_KEY, STRIPE_API_BASE: sandbox.url };
      functions = await Promise.all(FUNCTIONS.map((name) => startFunction({ name, env })));
      for (const folder of ['bin', 'fake']) mkdirSync(path.join(place.folder, folder));
      for (const [name, script] of [
        ...['gcloud', 'npm', 'npx'].map((tool) => [tool, RECORDED] as const),
        ['curl', CURL] as const,
      ]) {
        writeFileSync(path.join(place.folder, 'bin', name), script);
        chmodSync(path.join(place.folder, 'bin', name), 0o755);
      }
      for (const [index, name] of FUNCTIONS.entries())
        writeFileSync(path.join(place.folder, 'fake', name), functions[index]?.url ?? '');
    });
    after(async () => {
      await Promise.all(functions.map((running) => running.stop()));
      await sandbox.close();
      await place.remove();
    });

    const curl = execFileSync('bash', ['-c', 'command -v curl'], { encoding: 'utf8' }).trim();
    // Not spawnSync: the sandbox answers in this process.
    const firstRun = (...args: string[]): Promise<Ran> =>
      new Promise((resolve) => {
        const child = spawn('bash', ['infra/first-run.sh', ...args], {
          cwd: place.folder,
          env: {
            ...place.environment,
            PATH: `${path.join(place.folder, 'bin')}:${process.env['PATH']}`,
            FAKE: path.join(place.folder, 'fake'),
            REAL_CURL: curl,
            FIRST_RUN_CALLS: '2',
          },
        });
        let text = '';
        for (const stream of [child.stdout, child.stderr])
          stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
        child.on('close', (status) => resolve({ status, text }));
        // A script that ends before it reads the key closes the pipe.
        child.stdin.on('error', () => undefined);
        child.stdin.end('sk_test_firstrun0000');
      });
    const cloud = (): Existing => readExisting(place.cloud);
    const label = (): string => path.join(place.folder, 'fake/label');
    const bucketKey = (): string =>
      Object.keys(cloud()).find((key) => key.startsWith('google_storage_bucket ')) ?? assert.fail();

    void test('deploys the example, pays and measures', async () => {
      const { status, text } = await firstRun('shop-trial');
      assert.equal(status, 0, text);
      assert.match(text, /pi_\w+ is succeeded; the same operationId returns it again/);
      assert.match(readFileSync(path.join(place.folder, 'first-run-shop-trial.md'), 'utf8'), /^\| warm \| 2 \| /m);
      const made = Object.keys(cloud());
      assert.equal(made.filter((key) => key.startsWith('google_cloudfunctions2_function ')).length, 15);
    });

    void test('everything that can have a label has that of the first run', () => {
      const able = Object.entries(cloud()).filter(([, values]) => 'labels' in values || 'user_labels' in values);
      assert.ok(able.length >= 20, String(able.length));
      for (const [key, { labels, user_labels: own }] of able)
        assert.equal(((own ?? labels) as Record<string, string> | null)?.['created-by'], LABEL, key);
    });

    void test('takes nothing down if something has lost the label', async () => {
      const existing = cloud();
      const key = bucketKey();
      writeFileSync(
        place.cloud,
        JSON.stringify({ ...existing, [key]: { ...existing[key], labels: { team: 'theirs' } } }),
      );
      const { status, text } = await firstRun('--down', 'shop-trial');
      assert.equal(status, 1, text);
      assert.match(text, /nothing is deleted, because these have no label .*google_storage_bucket\.packages\[0\]/);
      assert.deepEqual(Object.keys(cloud()), Object.keys(existing));
      assert.ok(existsSync(label()));
      writeFileSync(place.cloud, JSON.stringify(existing));
    });

    void test('takes everything down but the APIs', async () => {
      const { status, text } = await firstRun('--down', 'shop-trial');
      assert.equal(status, 0, text);
      assert.deepEqual(
        Object.keys(cloud()).filter((key) => !key.startsWith('google_project_service ')),
        [],
      );
      assert.ok(!existsSync(label()));
      assert.ok(!existsSync(path.join(place.folder, 'build/first-run/shop-trial')));
    });
  });
