/** infra/ci: pull requests plan and never apply, no pipeline has a key, and each command is one that the project has. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { cloudBuild, pipelineText, shellCommands, substitutionsIn, workflow } from './pipelines.ts';

const { plan, apply } = workflow.jobs;
const jobs = Object.entries(workflow.jobs);
const scripts = (JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> }).scripts;
const script = (id: string): string =>
  cloudBuild.steps.find((step) => step.id === id)?.args[1] ?? assert.fail(`there is no step ${id}`);
const readme = readFileSync('infra/ci/README.md', 'utf8');

void test('GitHub: a pull request plans, a push to main applies, and no other event runs anything', () => {
  assert.deepEqual(workflow.on, { pull_request: null, push: { branches: ['main'] } });
  assert.deepEqual(Object.keys(workflow.jobs), ['plan', 'apply']);
  assert.match(plan.if, /event_name == 'pull_request' && .*head\.repo\.full_name == github\.repository$/, 'no fork');
  assert.equal(apply.if, "github.event_name == 'push' && github.ref == 'refs/heads/main'");
  assert.deepEqual([apply.environment, apply.concurrency], ['production', 'deploy']);
  assert.match(shellCommands(plan).join('\n'), /^terraform .* plan /m);
  assert.doesNotMatch(shellCommands(plan).join('\n'), /apply|destroy|gcloud/);
  assert.match(shellCommands(apply).join('\n'), /^terraform .* apply -input=false -auto-approve$/m);
});

void test('GitHub: each job gets a token by Workload Identity Federation, the plan as the account that reads', () => {
  assert.deepEqual(workflow.permissions, { contents: 'read', 'id-token': 'write' });
  for (const [name, account] of [
    ['plan', 'PLAN_ACCOUNT'],
    ['apply', 'DEPLOY_ACCOUNT'],
  ] as const) {
    const steps = workflow.jobs[name].steps;
    const at = steps.findIndex(({ uses = '' }) => uses.startsWith('google-github-actions/auth@'));
    assert.deepEqual(steps[at]?.with, {
      workload_identity_provider: '${{ vars.WORKLOAD_IDENTITY_PROVIDER }}',
      service_account: `\${{ vars.${account} }}`,
    });
    // Before it nothing reaches Google, and after it nothing is installed.
    for (const [index, { run = '' }] of steps.entries()) {
      if (/gcloud|terraform .* (init|plan|apply)/.test(run)) assert.ok(index > at, run);
      if (/npm ci/.test(run)) assert.ok(index < at, run);
    }
  }
});

void test('GitHub: the tools of both jobs are the same, of a fixed version, and fit the modules', () => {
  const tools = (name: 'plan' | 'apply'): string[] =>
    workflow.jobs[name].steps.flatMap(({ uses, with: inputs }) =>
      uses === undefined || uses.includes('/auth@') ? [] : [`${uses} ${JSON.stringify(inputs ?? {})}`],
    );
  const [gcloud, ...others] = tools('apply').toReversed();
  assert.match(gcloud ?? '', /^google-github-actions\/setup-gcloud@v\d+ /, 'the upload needs gcloud');
  assert.deepEqual(others.toReversed(), tools('plan'));
  for (const tool of tools('apply'))
    assert.match(tool, /^(actions\/(checkout|setup-node)|(hashicorp|google-github-actions)\/[\w-]+)@v\d+ /);
  assert.match(tools('plan')[0] ?? '', /^actions\/checkout@/);
  // The plan of a pull request and the apply are of one Terraform, that of Cloud Build.
  const [, version = ''] = /"terraform_version":"(\d+\.\d+)\.x"/.exec(tools('plan').join('\n')) ?? assert.fail();
  assert.deepEqual(
    cloudBuild.steps.filter(({ name }) => name.includes('terraform')).map(({ name }) => name),
    [`hashicorp/terraform:${version}`, `hashicorp/terraform:${version}`],
  );
  const [, least = ''] = /required_version = ">= 1\.(\d+)"/.exec(readFileSync('infra/ci/versions.tf', 'utf8')) ?? [];
  assert.ok(Number(version.split('.')[1]) >= Number(least), version);
  // Node of the functions' runtime builds their packages.
  const [, node = ''] = /runtime += "nodejs(\d+)"/.exec(readFileSync('infra/connection/functions.tf', 'utf8')) ?? [];
  assert.ok(tools('plan').includes(`actions/setup-node@v4 {"node-version":${node}}`), tools('plan').join('\n'));
  assert.equal(cloudBuild.steps[0]?.name, `node:${node}`);
});

void test('Cloud Build: its steps, in their order, with their images', () => {
  assert.deepEqual(
    cloudBuild.steps.map(({ id, name, entrypoint }) => `${id} ${name.split(':')[0]} ${entrypoint}`),
    [
      'packages node bash',
      'plan hashicorp/terraform sh',
      'upload gcr.io/google.com/cloudsdktool/google-cloud-cli bash',
      'apply hashicorp/terraform sh',
    ],
  );
  assert.deepEqual(Object.keys(cloudBuild), ['substitutions', 'options', 'steps', 'timeout']);
  assert.match(cloudBuild.timeout, /^\d+s$/);
  // https://docs.cloud.google.com/build/docs/securing-builds/configure-user-specified-service-accounts
  assert.equal(cloudBuild.options.logging, 'CLOUD_LOGGING_ONLY', 'a build as an account of its own needs it');
  for (const { id, entrypoint, args } of cloudBuild.steps) {
    assert.deepEqual([args.length, args[0]], [2, '-c'], id);
    const { status, stderr } = spawnSync(entrypoint === 'sh' ? 'sh' : 'bash', ['-n', '-c', args[1] ?? ''], {
      encoding: 'utf8',
    });
    assert.equal(status, 0, `${id}: ${stderr}`);
    // A pipe or a list that fails in its middle ends the step.
    if ((args[1] ?? '').includes('\n')) assert.match(args[1] ?? '', /^set -e/, id);
  }
});

// A build with a substitution that no step takes, or with an undeclared one, is rejected.
// https://docs.cloud.google.com/build/docs/configuring-builds/substitute-variable-values
void test('Cloud Build: each substitution is declared and taken, and applies are off', () => {
  const taken = substitutionsIn([...cloudBuild.steps.flatMap(({ args }) => args), ...cloudBuild.options.env]);
  assert.deepEqual(
    [...taken].filter((name) => name !== 'PROJECT_ID').sort(),
    Object.keys(cloudBuild.substitutions).sort(),
  );
  assert.equal(cloudBuild.substitutions['_APPLY'], 'false');
  for (const id of ['upload', 'apply']) assert.match(script(id), /^\[{1,2} "?\$_APPLY"? != true \]{1,2} \|\| \S/, id);
});

void test('no pipeline has a key', () => {
  for (const file of ['deploy.yml', 'cloudbuild.yaml'])
    assert.doesNotMatch(pipelineText(file), /credentials_json|secrets\.|private_key|sk_(live|test)_|secretEnv/, file);
});

void test('each npm command, folder and variable exists', () => {
  const example = workflow.env['EXAMPLE'] ?? assert.fail();
  assert.equal(cloudBuild.substitutions['_EXAMPLE'], example);
  assert.ok(existsSync(path.join(example, 'main.tf')));
  const declared = readFileSync(path.join(example, 'main.tf'), 'utf8');
  for (const file of ['deploy.yml', 'cloudbuild.yaml']) {
    for (const [, name = ''] of pipelineText(file).matchAll(/npm run (\w+)/g)) assert.ok(name in scripts, name);
    for (const [, first, second] of pipelineText(file).matchAll(/TF_VAR_(\w+)|-var=(\w+)=/g))
      assert.match(declared, new RegExp(`^variable "${first ?? second}"`, 'm'), first ?? second);
  }
  assert.match(readFileSync('infra/package.mjs', 'utf8') + readFileSync('infra/pack.mjs', 'utf8'), /build\/packages/);
});

void test('the page names the variables of the repository, and the module gives their values', () => {
  const named = /repository's\s+variables ([^.]*)\./.exec(readme)?.[1]?.match(/[A-Z_]+/g) ?? [];
  const read = [...pipelineText('deploy.yml').matchAll(/vars\.(\w+)/g)].map(([, name = '']) => name);
  assert.deepEqual([...new Set(named)].sort(), [...new Set(read)].sort());
  const outputs = readFileSync('infra/ci/outputs.tf', 'utf8');
  for (const name of ['WORKLOAD_IDENTITY_PROVIDER', 'PLAN_ACCOUNT', 'DEPLOY_ACCOUNT'])
    assert.ok(outputs.includes(name), name);
});

void test('a plan names the packages that the apply deploys, by their content', () => {
  for (const [name, job] of jobs)
    assert.match(
      shellCommands(job).join('\n'),
      /sha256sum SHA256SUMS .*>>"\$GITHUB_ENV"[^]*terraform "-chdir=\$EXAMPLE" (plan|apply)/,
      name,
    );
  assert.match(
    shellCommands(apply).join('\n'),
    /gcloud storage cp --no-clobber build\/packages\/\* "\$TF_VAR_packages\/"/,
  );
  const release = 'gs://$_PACKAGES_BUCKET/$$(cat /workspace/release)';
  for (const id of ['plan', 'upload', 'apply']) assert.ok(script(id).replaceAll(/\s+/g, ' ').includes(release), id);
});
