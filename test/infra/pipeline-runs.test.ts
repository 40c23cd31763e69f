/**
 * The commands of both pipelines, one after another, with Terraform on a stand-in of Google's provider. `npm` and `gcloud`
 * are recorded, and the state is in a file in place of a bucket.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { terraform } from '../outside-tools.mjs';
import { FULL_SIZES } from '../support/sizes.ts';
import {
  cloudBuild,
  shellCommands,
  withSubstitutions,
  withVariables,
  workflow,
  type WorkflowJob,
} from './pipelines.ts';
import { readExisting } from './stand-in-cloud.ts';
import { workplace, type Workplace } from './terraform.ts';

const RECORDED = `#!/usr/bin/env bash
printf '%s %s\\n' "$(basename "$0")" "$*" >>"$CALLS"
`;
const VARIABLES = { PROJECT: 'shop-prod', REGION: 'europe-west1', CALLER: 'user:you@example.com' };
const BUCKETS = { PACKAGES_BUCKET: 'releases', STATE_BUCKET: 'state' };

if (terraform() !== undefined)
  void describe('the pipelines', () => {
    let place: Workplace;
    let calls: string;
    before(async () => {
      place = await workplace();
      calls = path.join(place.folder, 'calls');
      mkdirSync(path.join(place.folder, 'bin'));
      for (const tool of ['npm', 'gcloud']) {
        writeFileSync(path.join(place.folder, 'bin', tool), RECORDED);
        chmodSync(path.join(place.folder, 'bin', tool), 0o755);
      }
    });
    after(() => place.remove());
    beforeEach(() => {
      for (const file of [place.cloud, calls, path.join(place.folder, 'github-env'), path.join(place.folder, 'state')])
        rmSync(file, { force: true });
    });

    /** Runs one command as the pipeline's shell does, and returns what it printed. */
    const sh = (shell: readonly [string, ...string[]], command: string, env: Record<string, string>): string => {
      const here = command
        .replaceAll('/workspace/', `${place.folder}/`)
        .replace('backend "gcs"', 'backend "local"')
        .replace('-backend-config=bucket=state', `-backend-config=path=${path.join(place.folder, 'state')}`);
      assert.doesNotMatch(here, /gcs|=bucket=/);
      const [program, ...options] = shell;
      const { status, stdout, stderr } = spawnSync(program, [...options, '-c', here], {
        cwd: place.folder,
        encoding: 'utf8',
        env: {
          ...place.environment,
          PATH: `${path.join(place.folder, 'bin')}:${process.env['PATH']}`,
          CALLS: calls,
          ...env,
        },
      });
      assert.equal(status, 0, `${here}\n${stdout}${stderr}`);
      return stripVTControlCharacters(stdout);
    };
    const recorded = (): string[] => (existsSync(calls) ? readFileSync(calls, 'utf8').trim().split('\n') : []);
    /** The packages of the functions that exist: their bucket and folder. */
    const deployed = (): Set<string> =>
      new Set(
        Object.entries(readExisting(place.cloud)).flatMap(([key, values]) =>
          key.startsWith('google_cloudfunctions2_function ')
            ? [...JSON.stringify(values).matchAll(/"bucket":"([^"]+)".*?"object":"([^"]+)\/[^"/]+\.zip"/g)].map(
                ([, bucket, folder]) => `gs://${bucket}/${folder}/`,
              )
            : [],
        ),
      );

    /** A job of GitHub: each command is a shell of its own, and GITHUB_ENV is read between them. */
    const github = (job: WorkflowJob): string => {
      const githubEnv = path.join(place.folder, 'github-env');
      const given = { ...VARIABLES, ...BUCKETS };
      const inputs = Object.entries(workflow.env).map(([name, value]) => [name, withVariables(value, given)] as const);
      return shellCommands(job)
        .map((command) => {
          const exported = existsSync(githubEnv) ? readFileSync(githubEnv, 'utf8').trim().split('\n') : [];
          // The shell of a step: https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax
          return sh(['bash', '-e'], withVariables(command, given), {
            ...Object.fromEntries(inputs),
            ...Object.fromEntries(exported.map((line) => line.split('=') as [string, string])),
            GITHUB_ENV: githubEnv,
          });
        })
        .join('\n');
    };

    /** A build of Cloud Build: its steps share the folder /workspace. */
    const build = (apply: string): string => {
      const values = {
        ...cloudBuild.substitutions,
        PROJECT_ID: VARIABLES.PROJECT,
        _REGION: VARIABLES.REGION,
        _CALLER: VARIABLES.CALLER,
        _STATE_BUCKET: BUCKETS.STATE_BUCKET,
        _PACKAGES_BUCKET: BUCKETS.PACKAGES_BUCKET,
        _APPLY: apply,
      };
      const env = cloudBuild.options.env.map((entry) => withSubstitutions(entry, values).split('='));
      return cloudBuild.steps
        .map(({ entrypoint, args: [, command = ''] }) =>
          sh([entrypoint], withSubstitutions(command, values), Object.fromEntries(env) as Record<string, string>),
        )
        .join('\n');
    };

    const PLANNED = /Plan: \d+ to add, 0 to change, 0 to destroy\./;

    void test("the commands of GitHub's pull request plan the example and change nothing", () => {
      assert.match(github(workflow.jobs.plan), PLANNED);
      assert.deepEqual(readExisting(place.cloud), {});
      assert.deepEqual(recorded(), ['npm ci', 'npm run package']);
    });

    if (!FULL_SIZES) return;

    void test("the commands of GitHub's push deploy the packages that they uploaded", () => {
      assert.match(github(workflow.jobs.apply), /Apply complete!/);
      const [folder = '', ...others] = deployed();
      assert.match(folder, /^gs:\/\/releases\/[0-9a-f]{16}\/$/);
      assert.deepEqual(others, []);
      const upload = recorded().find((call) => call.startsWith('gcloud storage cp --no-clobber build/packages/'));
      assert.ok(upload?.endsWith(` ${folder}`), upload);
      assert.match(upload ?? '', / build\/packages\/SHA256SUMS .* build\/packages\/get-entity\.zip /);
      // The same packages are the same release, so a plan after it changes no function.
      assert.match(github(workflow.jobs.plan), /No changes\./);
    });

    void test('the steps of Cloud Build plan, and with _APPLY = true they deploy what they uploaded', () => {
      assert.match(build(cloudBuild.substitutions['_APPLY'] ?? ''), PLANNED);
      assert.deepEqual(readExisting(place.cloud), {});
      assert.deepEqual(recorded(), ['npm ci', 'npm run package']);
      assert.match(build('true'), /Apply complete!/);
      const [folder = '', ...others] = deployed();
      assert.deepEqual(others, []);
      assert.match(folder, /^gs:\/\/releases\/[0-9a-f]{16}\/$/);
      assert.ok(recorded().some((call) => call.startsWith('gcloud storage cp ') && call.endsWith(` ${folder}`)));
      assert.match(build('false'), /No changes\./);
    });
  });
