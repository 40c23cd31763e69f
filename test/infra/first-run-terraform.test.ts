/**
 * infra/first-run.sh with Terraform itself, the stand-in of Google's provider and its cloud, the built functions with the
 * environment that Terraform gave them, the emulator of Firestore and the sandbox. gcloud, npm and npx are recorded, and
 * curl reaches the functions at their addresses on Cloud Run.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { parseSettings } from '../../shared/config/settings.ts';
import { SANDBOX_KEY, startSandbox, type Sandbox } from '../../shared/sandbox/server.ts';
import { emulatorIsHere, startFirestore, type Emulator } from '../emulator/firestore.ts';
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
  # The check comes after the deployment: the functions start now.
  'npx stripe-connector check '*) touch "$FAKE/deployed"; until [[ -f "$FAKE/started" ]]; do sleep 0.1; done ;;
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

/**
 * What Terraform deployed as the environment of a function, without the folder of the platform's image, and without
 * `NODE_ENV`: in production the framework does not print that it is ready.
 */
function deployedEnvironment(cloud: Existing, name: string): Record<string, string> {
  const [, values] = Object.entries(cloud).find(([key]) => key.endsWith(`/functions/first-run-${name}`)) ?? [];
  const [config] = (values?.['service_config'] ?? []) as { environment_variables: Record<string, string> }[];
  const {
    NODE_COMPILE_CACHE: _cache,
    NODE_ENV: _production,
    ...environment
  } = config?.environment_variables ?? assert.fail(name);
  return environment;
}

if (FULL_SIZES && terraform() !== undefined && emulatorIsHere())
  void describe('infra/first-run.sh with Terraform', () => {
    let place: Workplace;
    let sandbox: Sandbox;
    let emulator: Emulator;
    let functions: Awaited<ReturnType<typeof startFunction>>[] = [];

    before(async () => {
      place = await workplace();
      sandbox = await startSandbox({ seed: 28 });
      emulator = await startFirestore();
      for (const folder of ['bin', 'fake']) mkdirSync(path.join(place.folder, folder));
      for (const [name, script] of [
        ...['gcloud', 'npm', 'npx'].map((tool) => [tool, RECORDED] as const),
        ['curl', CURL] as const,
      ]) {
        writeFileSync(path.join(place.folder, 'bin', name), script);
        chmodSync(path.join(place.folder, 'bin', name), 0o755);
      }
    });
    after(async () => {
      await Promise.all(functions.map((running) => running.stop()));
      await emulator.stop();
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
    /** Waits for the deployment, or for the end of the run, and starts the functions with what it gave them. */
    const startDeployed = async (ended: AbortSignal): Promise<void> => {
      const fake = (name: string): string => path.join(place.folder, 'fake', name);
      while (!existsSync(fake('deployed'))) {
        if (ended.aborted) return;
        await pause(100);
      }
      const local = {
        STRIPE_API_KEY: SANDBOX_KEY,
        STRIPE_API_BASE: sandbox.url,
        FIRESTORE_EMULATOR_HOST: emulator.host,
      };
      functions = await Promise.all(
        FUNCTIONS.map((name) => startFunction({ name, env: { ...deployedEnvironment(cloud(), name), ...local } })),
      );
      for (const [index, name] of FUNCTIONS.entries()) writeFileSync(fake(name), functions[index]?.url ?? '');
    };
    /** https://firebase.google.com/docs/firestore/reference/rest/v1/projects.databases.documents/list */
    const stored = async (collection: string): Promise<number> => {
      const database = 'projects/shop-trial/databases/stripe-connector';
      const address = `http://${emulator.host}/v1/${database}/documents/connections/first-run/${collection}`;
      const response = await fetch(address, { headers: { authorization: 'Bearer owner' } });
      return ((await response.json()) as { documents?: unknown[] }).documents?.length ?? 0;
    };
    const label = (): string => path.join(place.folder, 'fake/label');
    const bucketKey = (): string =>
      Object.keys(cloud()).find((key) => key.startsWith('google_storage_bucket ')) ?? assert.fail();

    void test('deploys the example, pays and measures', async () => {
      const ended = new AbortController();
      const ran = firstRun('shop-trial').finally(() => ended.abort());
      await startDeployed(ended.signal).finally(() => writeFileSync(path.join(place.folder, 'fake/started'), ''));
      const { status, text } = await ran;
      assert.equal(status, 0, text);
      assert.match(text, /pi_\w+ is succeeded; the same operationId returns it again/);
      assert.match(readFileSync(path.join(place.folder, 'first-run-shop-trial.md'), 'utf8'), /^\| warm \| 2 \| /m);
      const made = Object.keys(cloud());
      assert.equal(made.filter((key) => key.startsWith('google_cloudfunctions2_function ')).length, 15);
    });

    void test('the settings that Terraform wrote are those of a connection, and its records are in Firestore', async () => {
      const file = path.join(place.folder, 'build/first-run/shop-trial/settings.json');
      const settings = parseSettings(JSON.parse(readFileSync(file, 'utf8')));
      assert.deepEqual([settings.name, settings.maxNodes], ['first-run', 10]);
      // The creation, which was repeated, and the confirmation.
      assert.equal(await stored('operations'), 2);
      assert.ok((await stored('shards')) > 0, 'the calls took turns of the rate limit');
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
