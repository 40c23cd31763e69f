/** Every file of the examples is run against the built local server. */
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { parse as parseYaml } from 'yaml';
import { NODES, post } from '../functions/framework.ts';
import { pythonIsHere } from '../outside-tools.mjs';
import { runN8n, type N8nWorkflow } from './n8n.ts';
import { GUIDES, examplesOf } from './pages.ts';
import { sharedServer, type SharedStage } from './stage.ts';
import { execute, httpCalls, type Workflow } from './workflow.ts';

const FOLDER = path.join(GUIDES, 'examples');
const DECLINED = 'pm_card_visa_chargeDeclined';
const textOf = (name: string): string => readFileSync(path.join(FOLDER, name), 'utf8');

let stage: SharedStage;
let base: string;
before(async () => {
  stage = await sharedServer();
  base = `http://localhost:${stage.port}`;
});
after(() => stage.end());

/** How many payment intents were created at Stripe. */
const payments = (): number =>
  stage.sandbox.effects.filter(({ method, path }) => method === 'POST' && path === '/v1/payment_intents').length;

interface Ended {
  readonly status: number;
  readonly output: string;
}

/** Runs a program with BASE set, and returns what it printed. */
async function run(
  program: string,
  args: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const env = { PATH: process.env['PATH'], BASE: base, ...more };
  try {
    const { stdout, stderr } = await promisify(execFile)(program, args, { env });
    return { status: 0, output: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { status: code, output: stdout + stderr };
  }
}

/** The programs that take a payment: [operation id] [amount] [test card]. */
const PROGRAMS = [
  {
    file: 'take-payment.sh',
    program: 'sh',
    paid: /^\{"connectorOutputPayload":\{"Id":"pi_\w+"\}.*"effect":"done"\}\n\n?$/,
  },
  { file: 'take-payment.mjs', program: process.execPath, paid: /^pi_\w+ succeeded\n$/ },
  ...(pythonIsHere() ? [{ file: 'take_payment.py', program: 'python3', paid: /^pi_\w+ done\n$/ }] : []),
];

for (const { file, program, paid } of PROGRAMS) {
  test(`${file} takes a payment, once for each operation id, and reports a decline`, async () => {
    const id = `file-${file.replace(/\W/g, '-')}`;
    const example = path.join(FOLDER, file);
    const first = await run(program, [example, id, '1500']);
    assert.equal(first.status, 0, first.output);
    assert.match(first.output, paid);
    assert.deepEqual(await run(program, [example, id, '1500']), first);
    const declined = await run(program, [example, `${id}-declined`, '1500', DECLINED]);
    assert.match(declined.output, /GENERIC_DECLINE/);
    const { body } = await post(`${base}/list-entities`, {
      entity: 'PaymentIntent',
      filterClause: "Status = 'succeeded'",
    });
    const [, paymentIntent] = /(pi_\w+)/.exec(first.output) ?? [];
    const ids = (body['connectorOutputPayload'] as { Id: string }[]).map(({ Id }) => Id);
    assert.equal(ids.filter((Id) => Id === paymentIntent).length, 1);
  });

  test(`${file} repeats after answers that say nothing, and takes one payment`, async () => {
    stage.sandbox.faults.add({ kind: 'error_500_after', times: 4, method: 'POST', path: '/v1/payment_intents' });
    const before = payments();
    const { status, output } = await run(program, [path.join(FOLDER, file), `file-lost-${file.replace(/\W/g, '-')}`]);
    assert.equal(status, 0, output);
    assert.equal(payments(), before + 1);
  });
}

test('take-payment.mjs calls a deployed function with its token', async () => {
  const { status, output } = await run(process.execPath, [path.join(FOLDER, 'take-payment.mjs'), 'file-token'], {
    TOKEN: 'an-id-token',
  });
  assert.equal(status, 0, output);
});

const [, newest] = NODES;
if (newest !== undefined)
  test('typed-client.mjs takes a payment with the client that its comment generates', async () => {
    const folder = path.join(stage.folder, 'typed');
    cpSync(FOLDER, folder, { recursive: true });
    const [, names = ''] = /stripe-connector client --out \S+ (.*)/.exec(textOf('typed-client.mjs')) ?? [];
    const out = path.join(folder, 'stripe-connector.ts');
    execFileSync(process.execPath, ['build/local/main.cjs', 'client', '--out', out, ...names.split(' ')]);
    const { status, output } = await run(newest.path, [path.join(folder, 'typed-client.mjs')]);
    assert.equal(status, 0, output);
    const lines = output.split('\n').filter((line) => /^pm_|^pi_/.test(line));
    assert.deepEqual(lines.slice(0, 2), [`${DECLINED} GENERIC_DECLINE`, 'pm_card_visa succeeded']);
    assert.deepEqual(
      lines
        .slice(2)
        .map((line) => line.replace(/^\w+/, ''))
        .sort(),
      [' 1500 requires_payment_method', ' 1500 succeeded'],
    );
  });

test('n8n-take-payment.json takes a payment, repeats what can succeed, and reports a decline', async () => {
  const workflow = JSON.parse(textOf('n8n-take-payment.json')) as N8nWorkflow;
  const paid = await runN8n(workflow, '7', { base });
  assert.match(String(paid['paymentIntent']), /^pi_/);
  assert.deepEqual({ ...paid, paymentIntent: '' }, { paid: true, paymentIntent: '', reason: '' });
  assert.deepEqual(await runN8n(workflow, '7', { base }), paid);

  const declined = await runN8n(workflow, '8', { base, paymentMethod: DECLINED });
  assert.deepEqual(declined, { paid: false, paymentIntent: '', reason: 'GENERIC_DECLINE' });

  stage.sandbox.faults.add({ kind: 'error_500_after', times: 4, method: 'POST', path: '/v1/payment_intents' });
  const before = payments();
  assert.equal((await runN8n(workflow, '9', { base }))['paid'], true);
  assert.equal(payments(), before + 1);
});

test('workflow.yaml takes a payment, and returns the reason of a decline', async () => {
  const workflow = parseYaml(textOf('workflow.yaml')) as Workflow;
  const environment = { STRIPE: base, GOOGLE_CLOUD_WORKFLOW_EXECUTION_ID: 'file-workflow' };
  const order = { amount: 1500, currency: 'usd', paymentMethod: 'pm_card_visa' };
  assert.match(String(await execute(workflow, order, environment, httpCalls)), /^pi_/);
  const declined = { ...order, paymentMethod: DECLINED };
  const other = { ...environment, GOOGLE_CLOUD_WORKFLOW_EXECUTION_ID: 'file-workflow-declined' };
  assert.equal(await execute(workflow, declined, other, httpCalls), 'GENERIC_DECLINE');
});

interface Integration {
  readonly integrationParameters: readonly { readonly key: string; readonly defaultValue?: Record<string, string> }[];
  readonly taskConfigs: readonly { readonly parameters: Record<string, { readonly value: Record<string, string> }> }[];
}

test('application-integration.json: the body of its task, with its variables, takes a payment', async () => {
  const { integrationParameters, taskConfigs } = JSON.parse(textOf('application-integration.json')) as Integration;
  const [task] = taskConfigs;
  const textIn = (name: string): string => task?.parameters[name]?.value['stringValue'] ?? '';
  const values = new Map(
    integrationParameters.map(({ key, defaultValue = {} }) => [key, Object.values(defaultValue)[0] ?? '']),
  );
  const body = textIn('requestBody').replaceAll(/\$(\w+)\$/g, (_, name: string) => {
    assert.ok(values.has(name), `no variable ${name}`);
    return values.get(name) ?? '';
  });
  const name = /https:\/\/(create-entity)-/.exec(textIn('url'))?.[1] ?? '';
  const { status, text } = await post(`${base}/${name}`, JSON.parse(body));
  assert.equal(status, 200, text);
  assert.match(textIn('responseBody'), /^\$payment\$$/);
});

test('compare.mjs finds no difference between two roots of one connection, and each difference of two accounts', async () => {
  const root = `${base}/v2/projects/p/locations/l/connections/stripe-local`;
  await post(`${base}/create-entity`, { entity: 'Customer', connectorInputPayload: { Email: 'file@compare.example' } });
  const question = "Customer:Email = 'file@compare.example'";
  const same = await run(process.execPath, [path.join(FOLDER, 'compare.mjs'), root, root, question]);
  assert.deepEqual(same, { status: 0, output: `${question}: 1 rows in A, 1 in B, 0 differences\n` });

  const other = await sharedServer();
  try {
    const otherRoot = `http://localhost:${other.port}/v2/projects/p/locations/l/connections/stripe-local`;
    const differs = await run(process.execPath, [path.join(FOLDER, 'compare.mjs'), root, otherRoot, question]);
    assert.equal(differs.status, 1);
    assert.match(differs.output, /1 rows in A, 0 in B, 1 differences\n {2}cus_\w+ is only in A\n$/);
  } finally {
    await other.end();
  }
});

test('the page of the examples names each file', () => {
  const page = path.join(FOLDER, 'index.md');
  const text = readFileSync(page, 'utf8');
  assert.ok(examplesOf(page).length > 0);
  for (const name of readdirSync(FOLDER)) assert.ok(name === 'index.md' || text.includes(`](${name})`), name);
});
