/** infra/ci: pull requests plan and never apply, no pipeline has a key, and each command is one that the project has. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { terraform } from '../outside-tools.mjs';
import { workplace } from './terraform.ts';

interface Step {
  readonly id?: string;
  readonly run?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
}
interface Workflow {
  readonly env: Readonly<Record<string, string>>;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<
    Record<string, { readonly if: string; readonly environment?: string; readonly steps: readonly Step[] }>
  >;
}

const text = (file: string): string => readFileSync(`infra/ci/${file}`, 'utf8');
const workflow = parse(text('deploy.yml')) as Workflow;
const build = parse(text('cloudbuild.yaml')) as { substitutions: Record<string, string>; steps: readonly Step[] };
const commands = (steps: readonly Step[]): string =>
  steps.map(({ run, args }) => run ?? args?.join(' ') ?? '').join('\n');
const scripts = (JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> }).scripts;

void test('a pull request plans as the account that reads, and a fork gets no token', () => {
  const plan = workflow.jobs['plan'] ?? assert.fail();
  assert.match(plan.if, /head\.repo\.full_name == github\.repository/);
  assert.match(commands(plan.steps), /terraform .* plan /);
  assert.doesNotMatch(commands(plan.steps), /apply|destroy|gcloud storage cp/);
  assert.equal(
    plan.steps.find(({ uses = '' }) => uses.startsWith('google-github-actions/auth'))?.with?.['service_account'],
    '${{ vars.PLAN_ACCOUNT }}',
  );
});

void test('only a push to the branch applies, in an environment that reviewers can protect', () => {
  const apply = workflow.jobs['apply'] ?? assert.fail();
  assert.match(apply.if, /event_name == 'push' && github\.ref == 'refs\/heads\/main'/);
  assert.equal(apply.environment, 'production');
  assert.match(commands(apply.steps), /terraform .* apply /);
});

void test('Cloud Build applies only where its trigger says so', () => {
  assert.equal(build.substitutions['_APPLY'], 'false');
  for (const id of ['upload', 'apply'])
    assert.match(commands(build.steps.filter((step) => step.id === id)), /_APPLY"? != true \]{1,2} \|\| /, id);
});

void test('no pipeline has a key: GitHub exchanges its token', () => {
  assert.equal(workflow.permissions['id-token'], 'write');
  for (const file of ['deploy.yml', 'cloudbuild.yaml'])
    assert.doesNotMatch(text(file), /credentials_json|secrets\.|private_key|sk_(live|test)_/, file);
});

void test('each npm command is a script of the project, and each variable one of the example', () => {
  const example = readFileSync('infra/examples/minimal/main.tf', 'utf8');
  for (const file of ['deploy.yml', 'cloudbuild.yaml']) {
    for (const [, script = ''] of text(file).matchAll(/npm run (\w+)/g)) assert.ok(script in scripts, script);
    for (const [, name = ''] of text(file).matchAll(/TF_VAR_(\w+)/g))
      assert.match(example, new RegExp(`^variable "${name}"`, 'm'), name);
  }
});

void test('a plan names the packages that the apply deploys, by their content', () => {
  const [plan, apply] = ['plan', 'apply'].map((job) => commands(workflow.jobs[job]?.steps ?? []));
  for (const job of [plan, apply])
    assert.match(job ?? '', /sha256sum SHA256SUMS .*>>"\$GITHUB_ENV"[^]*terraform "-chdir=\$EXAMPLE" (plan|apply)/);
  assert.match(apply ?? '', /gcloud storage cp --no-clobber build\/packages\/\* "\$TF_VAR_packages\/"/);
  const release = 'gs://$_PACKAGES_BUCKET/$$(cat /workspace/release)';
  for (const id of ['plan', 'upload', 'apply'])
    assert.ok(commands(build.steps.filter((step) => step.id === id)).includes(release), id);
});

/** The steps of the GitHub job `plan` that run in a shell, with the variables of the repository. */
function shellSteps(): string[] {
  const variables: Readonly<Record<string, string>> = { PACKAGES_BUCKET: 'releases', STATE_BUCKET: 'state' };
  return (workflow.jobs['plan']?.steps ?? [])
    .flatMap(({ run }) => (run === undefined ? [] : [run]))
    .map((run) =>
      run.replaceAll(/\$\{\{ vars\.(\w+) \}\}/g, (_, name: string) => variables[name] ?? assert.fail(name)),
    );
}

if (terraform() !== undefined)
  void test('the commands of a pull request plan the example', async () => {
    const place = await workplace();
    const githubEnv = path.join(place.folder, 'github-env');
    const inputs = { project: 'shop-prod', region: 'europe-west1', caller: 'user:you@example.com' };
    assert.deepEqual(
      Object.keys(workflow.env)
        .filter((name) => name.startsWith('TF_VAR_'))
        .sort(),
      [
        ...Object.keys(inputs)
          .map((name) => `TF_VAR_${name}`)
          .sort(),
      ],
    );
    const sh = (command: string): void => {
      const exported = existsSync(githubEnv) ? readFileSync(githubEnv, 'utf8').trim().split('\n') : [];
      const { status, stdout, stderr } = spawnSync('bash', ['-e', '-c', command], {
        cwd: place.folder,
        encoding: 'utf8',
        env: {
          ...place.environment,
          ...Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`TF_VAR_${name}`, value])),
          ...Object.fromEntries(exported.map((line) => line.split('=') as [string, string])),
          EXAMPLE: workflow.env['EXAMPLE'] ?? '',
          GITHUB_ENV: githubEnv,
        },
      });
      assert.equal(status, 0, `${command}\n${stdout}${stderr}`);
    };
    const steps = shellSteps();
    try {
      assert.equal(steps.length, 5);
      for (const step of steps) {
        // The packages of the workplace are there, and its Terraform reaches no bucket.
        if (step.includes('npm ci')) continue;
        if (!step.includes(' init ')) sh(step);
        else {
          sh(step.replace(/"-backend-config=[^"]*"/, '-backend=false'));
          rmSync(path.join(place.folder, workflow.env['EXAMPLE'] ?? '', 'backend_override.tf'));
        }
      }
    } finally {
      await place.remove();
    }
  });
