/** Every example of every page is run, in its page's order, against the built local server. */
import assert from 'node:assert/strict';
import { spawn, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { build } from 'esbuild';
import { parse as parseYaml } from 'yaml';
import { catalogFiles } from '../../shared/adapters/catalog-files.ts';
import { parseSettings } from '../../shared/config/settings.ts';
import { planClause } from '../../shared/operations/list/plan.ts';
import { freePort } from '../emulator/ports.ts';
import { running, type Running } from '../functions/framework.ts';
import { unknownToGcloud } from './gcloud.ts';
import { differs, examplesOf, linksOf, pages, type Example } from './pages.ts';
import { lastJson, Shell } from './shell.ts';
import { execute, type Workflow } from './workflow.ts';

const SETTINGS = {
  min_nodes: 100,
  max_nodes: 100,
  account_ceiling: 10_000,
  endpoint_ceiling: 10_000,
  events_topic: 'projects/p/topics/stripe-events',
};
const catalog = catalogFiles('shared/catalog');

let port: number;
let server: Running;
let folder: string;

/** A server of its own for each page: pages choose their operation ids. */
async function startServer(): Promise<void> {
  port = await freePort();
  const env = {
    PATH: process.env['PATH'],
    PORT: String(port),
    CONNECTION_SETTINGS: JSON.stringify(SETTINGS),
    STRIPE_WEBHOOK_SECRET: 'whsec_local0secret',
  };
  server = await running(spawn(process.execPath, ['build/local/start.cjs'], { env }), port, 'try it:');
}

before(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'docs-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

const here = (text: string): string => text.replaceAll('localhost:8080', `localhost:${port}`);

/** Runs what an example says; what it answered, for the `json answer` that may follow. */
const RUN: Readonly<Record<string, (example: Example, shell: Shell) => unknown>> = {
  async sh({ text, about }, shell) {
    const answer = lastJson(await shell.run(here(text)));
    if (about !== 'refused') assert.ok(!JSON.stringify(answer ?? {}).startsWith('{"error"'), JSON.stringify(answer));
    return answer;
  },
  async json({ text, about }) {
    const [method, where] = about.split(' ');
    if (method === 'POST' && where !== undefined) return post(`http://localhost:${port}${where}`, JSON.parse(text));
    assert.ok(about === 'settings' || about === 'error', `an example of JSON says what it is: ${about}`);
    return about === 'settings' ? parseSettings(JSON.parse(text)) : undefined;
  },
  sql({ text, about }) {
    const [name = '', wrong] = about.split(' ');
    const entity = catalog.entity(name);
    for (const clause of text.trim().split('\n')) {
      const plan = (): unknown =>
        planClause(entity, entity.operations.List ?? assert.fail(), clause, { eventual: false });
      if (wrong === undefined) plan();
      else assert.throws(plan, clause);
    }
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
  },
  yaml({ text }) {
    const environment = { STRIPE: `http://localhost:${port}`, GOOGLE_CLOUD_WORKFLOW_EXECUTION_ID: 'execution-1' };
    const order = { amount: 1500, currency: 'usd', paymentMethod: 'pm_card_visa' };
    const done = execute(parseYaml(text) as Workflow, order, environment, async (name, args) => {
      assert.equal(name, 'http.post');
      const { url, body } = args as { url: string; body: unknown };
      return { body: await post(url, body) };
    });
    return done.then((status) => assert.equal(status, 'succeeded'));
  },
  ts({ text, page }) {
    if (page !== 'test/README.md') return runClient(text, page);
    assert.ok(readFileSync('test/unit/test-app.test.ts', 'utf8').includes(text), 'the example is one of the tests');
    return undefined;
  },
  console({ text }) {
    for (const line of text.trim().split('\n')) known(line);
  },
  mermaid({ page }) {
    assert.equal(page, 'README.md', 'one picture, on the front page');
  },
};

async function post(url: string, body: unknown): Promise<unknown> {
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
async function runClient(text: string, page: string): Promise<void> {
  const [, names = ''] = /npm run client -- --out \S+ (.*)/.exec(readFileSync(page, 'utf8')) ?? [];
  const out = path.join(folder, 'stripe-connector.ts');
  execFileSync(process.execPath, [
    'esbuild.config.mjs',
    'run',
    'shared/cli/client.ts',
    '--out',
    out,
    ...names.split(' '),
  ]);
  writeFileSync(path.join(folder, 'page.ts'), here(text));
  const outfile = path.join(folder, 'page.mjs');
  await build({ entryPoints: [path.join(folder, 'page.ts')], bundle: true, format: 'esm', platform: 'node', outfile });
  assert.match(execFileSync(process.execPath, [outfile], { encoding: 'utf8' }), /^succeeded\npi_\w+ succeeded\n$/);
}

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };

/** A command that is not run here: what it names must be there. */
function known(line: string): void {
  for (const command of line.replace(/ +#.*/, '').split(/ && | \| |; /)) {
    const words = [...command.matchAll(/(?:[^\s"']|"[^"]*"|'[^']*')+/g)].map(([word]) => word);
    const at = words.findIndex((word) => !/^\w+=/.test(word));
    const [program = '', first = '', second = ''] = words.slice(at);
    if (program === 'npm') assert.ok(first === 'ci' || (first === 'run' ? second : first) in scripts, line);
    else if (program === 'gcloud') assert.equal(unknownToGcloud(words.slice(at)), undefined, line);
    else if (program.endsWith('.sh')) assert.ok(existsSync(program), line);
    else if (program === 'terraform') assert.ok(existsSync(first.replace('-chdir=', '')), line);
    else
      assert.ok(
        [
          'bq',
          'cd',
          'curl',
          'node',
          'read',
          'printf',
          'export',
          'unset',
          'rm',
          'sha256sum',
          'url()',
          '-d',
          '#',
          '}',
          '',
        ].includes(program),
        `${program}: ${line}`,
      );
  }
}

for (const page of pages()) {
  const examples = examplesOf(page);
  if (examples.length === 0) continue;
  test(`${page}: ${examples.length} examples`, async () => {
    await startServer();
    const shell = new Shell(folder);
    let answer: unknown;
    try {
      for (const example of examples) {
        const at = `${page}:${example.line}`;
        if (example.language === 'json' && example.about === 'answer') {
          assert.equal(differs(JSON.parse(example.text), answer), undefined, at);
          continue;
        }
        const shown = example.about === 'error' ? (JSON.parse(example.text) as unknown) : undefined;
        try {
          const run = RUN[example.language];
          assert.ok(run !== undefined, `no example is written in ${example.language}`);
          answer = await run(example, shell);
        } catch (cause) {
          throw new Error(`${at}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
        }
        if (shown !== undefined) errorShown = shown;
        else if (example.about === 'refused' && errorShown !== undefined)
          assert.equal(differs(errorShown, answer), undefined, at);
      }
    } finally {
      errorShown = undefined;
      shell.end();
      await server.stop();
    }
  });
}

/** An error that a page shows before it says how to get it. */
let errorShown: unknown;

// Found by a newcomer who followed the pages in order against one server: an id that two pages use is rejected on the second.
test('each operationId of the examples is used on one page only', () => {
  const found = new Map<string, string>();
  for (const page of pages())
    for (const { language, text } of examplesOf(page).filter(({ language: one }) => one !== 'json'))
      for (const [, id = ''] of text.matchAll(/"?operationId\\?"?: ?\\?["'`]([\w-]+)["'`\\]/g)) {
        assert.equal(found.get(id) ?? page, page, `${id} in ${language}`);
        found.set(id, page);
      }
  assert.ok(found.size > 5, [...found.keys()].join(' '));
});

test('every link of a page has a target', () => {
  const lost = pages().flatMap((page) =>
    linksOf(page)
      .filter((link) => !existsSync(path.join(path.dirname(page), link)))
      .map((link) => `${page} -> ${link}`),
  );
  assert.deepEqual(lost, []);
});

test('the README links every page, and the page of infra links its modules', () => {
  const linked = new Set(
    ['README.md', 'infra/README.md'].flatMap((page) =>
      linksOf(page)
        .map((link) => path.join(path.dirname(page), link))
        .filter((link) => page === 'README.md' || /^infra\/.*\/README\.md$/.test(link)),
    ),
  );
  assert.deepEqual(
    pages().filter((page) => page !== 'README.md' && !linked.has(page)),
    [],
  );
});
