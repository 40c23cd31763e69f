/** How an example of each language is run. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { parse as parseYaml } from 'yaml';
import manifest from '../../functions/manifest.json';
import { catalogFiles } from '../../shared/adapters/catalog-files.ts';
import type { FunctionRow } from '../../shared/catalog/function-rows.ts';
import { parseSettings } from '../../shared/config/settings.ts';
import { planClause } from '../../shared/operations/list/plan.ts';
import { assertCommandsKnown } from './known-commands.ts';
import { runN8n, type N8nWorkflow } from './n8n.ts';
import { differs, GUIDES, type Example } from './pages.ts';
import { lastJson, type Shell } from './shell.ts';
import type { Stage } from './stage.ts';
import { execute, httpCalls, type Workflow } from './workflow.ts';

/** What an example printed, and the JSON that it answered. */
export interface Result {
  readonly printed?: string;
  readonly json?: unknown;
}

type Runner = (example: Example, stage: Stage, shell: Shell) => Result | Promise<Result>;

const catalog = catalogFiles('shared/catalog');

/** Word of a fence that names the file which the reader writes: `file=pay.mjs`. */
const FILE = /^file=([\w.-]+)$/;

export const RUN: Readonly<Record<string, Runner>> = {
  sh: runShell,
  json: runJson,
  async ts({ text, page, about }, stage) {
    if (FILE.test(about)) return save(about, text, stage);
    if (page !== 'test/README.md') return runClient(text, page, stage);
    assert.ok(readFileSync('test/unit/test-app.test.ts', 'utf8').includes(text), 'the example is one of the tests');
    return {};
  },
  js: ({ text, about }, stage) => save(about, text, stage),
  python: ({ text, about }, stage) => save(about, text, stage),
  sql({ text, about }) {
    const [name = '', wrong] = about.split(' ');
    const entity = catalog.entity(name);
    for (const clause of text.trim().split('\n')) {
      const plan = (): unknown =>
        planClause(entity, entity.operations.List ?? assert.fail(), clause, { eventual: false });
      if (wrong === undefined) plan();
      else assert.throws(plan, clause);
    }
    return {};
  },
  hcl({ text }) {
    const [, source = ''] = /source += "\.\.\/\.\.\/([\w/-]+)"/.exec(text) ?? [];
    const moduleFolder = path.join('infra', source);
    const module = readdirSync(moduleFolder)
      .filter((name) => name.endsWith('.tf'))
      .map((name) => readFileSync(path.join(moduleFolder, name), 'utf8'))
      .join('\n');
    for (const [, name = ''] of text.matchAll(/^ {2}(\w+) +=/gm))
      assert.ok(name === 'source' || module.includes(`variable "${name}" {`), `${source} has no variable ${name}`);
    return {};
  },
  async yaml({ text }, { port }) {
    const environment = { STRIPE: `http://localhost:${port}`, GOOGLE_CLOUD_WORKFLOW_EXECUTION_ID: 'execution-1' };
    const order = { amount: 1500, currency: 'usd', paymentMethod: 'pm_card_visa' };
    const status = await execute(parseYaml(text) as Workflow, order, environment, httpCalls);
    assert.equal(status, 'succeeded');
    return {};
  },
  console({ page, text }) {
    // Those of the guides are checked where gcloud's commands are loaded already, which takes seconds.
    if (!page.startsWith(GUIDES)) assertCommandsKnown(text);
    return {};
  },
  mermaid({ page }) {
    assert.equal(page, 'README.md', 'one picture, on the front page');
    return {};
  },
};

async function runShell({ text, about }: Example, stage: Stage, shell: Shell): Promise<Result> {
  const [word, ...ready] = about.split(' ');
  if (word === 'background') return { printed: await shell.start(stage.here(text), ready.join(' ')) };
  assert.ok(['', 'refused', 'fails'].includes(about), `an example of a shell says how it ends: ${about}`);
  const printed = await shell.run(stage.here(text), { anyStatus: about === 'fails' });
  const json = lastJson(printed);
  if (about === '') assert.ok(!JSON.stringify(json ?? {}).startsWith('{"error"'), JSON.stringify(json));
  return { printed, json };
}

async function runJson({ text, about, line }: Example, stage: Stage): Promise<Result> {
  if (FILE.test(about)) return save(about, text, stage);
  if (about.startsWith('n8n')) return runImported(`page-${line}`, about, JSON.parse(text), stage);
  const [method, where] = about.split(' ');
  if (method === 'POST' && where !== undefined)
    return { json: await postExample(`http://localhost:${stage.port}${where}`, JSON.parse(text)) };
  if (about === 'function') assertEntry(JSON.parse(text) as FunctionRow);
  else assert.ok(about === 'settings' || about === 'error', `an example of JSON says what it is: ${about}`);
  if (about === 'settings') parseSettings(JSON.parse(text));
  return {};
}

/** The result of the workflow of n8n that the page imports: `n8n paymentMethod=pm_card_visa` changes fields of its order. */
async function runImported(executionId: string, about: string, shown: unknown, { port }: Stage): Promise<Result> {
  const workflow = JSON.parse(readFileSync(path.join(GUIDES, 'examples/n8n-take-payment.json'), 'utf8')) as N8nWorkflow;
  const fields = about
    .split(' ')
    .slice(1)
    .map((word) => word.split('='));
  const set = { base: `http://localhost:${port}`, ...(Object.fromEntries(fields) as Record<string, string>) };
  const result = await runN8n(workflow, executionId, set);
  assert.equal(differs(shown, result), undefined);
  return { json: result };
}

/** The page shows an entry as functions/manifest.json has it, so that the calls of the page reach that function. */
function assertEntry(shown: FunctionRow): void {
  const entries: readonly FunctionRow[] = manifest.functions;
  assert.deepEqual(
    shown,
    entries.find(({ name }) => name === shown.name),
  );
}

/** Writes the file that a reader writes: the shell runs it later. */
function save(about: string, text: string, stage: Stage): Result {
  const [, name] = FILE.exec(about) ?? [];
  assert.ok(name !== undefined, `a program names its file: ${about}`);
  writeFileSync(path.join(stage.folder, name), stage.here(text));
  return {};
}

async function postExample(url: string, body: unknown): Promise<unknown> {
  const type =
    typeof body === 'object' && body !== null && 'specversion' in body
      ? 'application/cloudevents+json'
      : 'application/json';
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': type }, body: JSON.stringify(body) });
  const text = await answer.text();
  assert.ok(answer.ok, `${url}: ${text}`);
  return text === '' ? undefined : (JSON.parse(text) as unknown);
}

/** The typed client of a page's own command, compiled with the page's code and run. */
async function runClient(text: string, page: string, stage: Stage): Promise<Result> {
  const [, names = ''] = /stripe-connector client --out \S+ (.*)/.exec(readFileSync(page, 'utf8')) ?? [];
  const out = path.join(stage.folder, 'stripe-connector.ts');
  execFileSync(process.execPath, ['build/local/main.cjs', 'client', '--out', out, ...names.split(' ')]);
  writeFileSync(path.join(stage.folder, 'page.ts'), stage.here(text));
  const outfile = path.join(stage.folder, 'page.mjs');
  await build({
    entryPoints: [path.join(stage.folder, 'page.ts')],
    bundle: true,
    format: 'esm',
    platform: 'node',
    outfile,
  });
  return { printed: execFileSync(process.execPath, [outfile], { encoding: 'utf8' }) };
}
