/** The typed client: made, compiled under strict rules, and used against the local server. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { after, before, test } from 'node:test';
import { build } from 'esbuild';
import { startSandbox, type Sandbox } from '../../shared/sandbox/server.ts';
import { sized } from '../support/sizes.ts';
import { startUnlimited, type Running } from './framework.ts';

let sandbox: Sandbox;
let server: Running;
let folder: string;

before(async () => {
  sandbox = await startSandbox({ port: 0, catalogFolder: 'shared/catalog' });
  server = await startUnlimited(sandbox);
  folder = mkdtempSync(path.resolve('test/.build/client-'));
  make('client.ts');
});
after(async () => {
  await server.stop();
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
});

function make(name: string, ...more: string[]): string {
  const out = path.join(folder, name);
  execFileSync(process.execPath, ['build/local/main.cjs', 'client', '--out', out, ...more]);
  return readFileSync(out, 'utf8');
}

/** What a payment automation does with it. */
const USE = `
import { ConnectorFailure, stripeConnector } from './client.ts';

export async function use(address: string): Promise<Record<string, unknown>> {
  const stripe = stripeConnector({ address });
  const { output: customer } = await stripe.entity('Customer').create({ Email: 'typed@example.com' }, { operationId: 'typed-1' });
  const again = await stripe.entity('Customer').create({ Email: 'typed@example.com' }, { operationId: 'typed-1' });
  await stripe.entity('Customer').update(customer.Id, { Name: 'Typed', Address: { city: 'Lyon' } });
  const row = await stripe.entity('Customer').get(customer.Id);
  const city: string | null | undefined = row.AddressCity;
  for (let i = 0; i < 3; i += 1) await stripe.entity('Product').create({ Name: 'typed ' + i });
  const names: string[] = [];
  for await (const one of stripe.entity('Product').rows({ filterClause: "Name LIKE 'typed%'", pageSize: 2 })) names.push(one.Name ?? '');
  const { output: intent } = await stripe.entity('PaymentIntent').create({ Amount: 1200, Currency: 'usd', PaymentMethod: 'pm_card_visa' });
  const confirmed = await stripe.action('ConfirmPaymentIntent', { PaymentIntentId: intent.Id, ReturnUrl: 'https://example.com/' });
  const { output: bad } = await stripe.entity('PaymentIntent').create({ Amount: 1200, Currency: 'usd', PaymentMethod: 'pm_card_visa_chargeDeclined' });
  const failure = await stripe.action('ConfirmPaymentIntent', { PaymentIntentId: bad.Id, ReturnUrl: 'https://example.com/' }).catch((error: unknown) => error);
  if (!(failure instanceof ConnectorFailure)) throw new Error('not declined');
  const invoice = await stripe.action('CreateInvoicePreview', { Customer: customer.Id, InvoiceItems: [{ amount: 100, currency: 'usd' }] }).catch((error: unknown) => error);
  const [through] = (await stripe.entity('Customer', 'customer-list').list({ filterClause: "Email = 'typed@example.com'" })).rows;
  const named = await stripe.entity('Customer', 'customer-get').get(customer.Id);
  const other = await stripe.action('CancelSubscription', { SubscriptionId: 'sub_none' }).catch((error: unknown) => error);
  const refund = await stripe.entity('Refund', 'create-small-refund').create({ PaymentIntent: intent.Id, Amount: 200, Reason: 'duplicate' });
  const gone = await stripe.entity('Customer').delete({ filterClause: "Email = 'typed@example.com'" });
  return {
    same: again.output.Id === customer.Id, city, names: names.sort(), status: confirmed.output.status, effect: confirmed.effect,
    reason: failure.reason, failed: failure.status, operation: typeof failure.operationId, request: typeof failure.stripeRequestId,
    preview: invoice instanceof ConnectorFailure ? invoice.message : 'made', gone: gone.effect,
    through: through?.Id === customer.Id && named.Id === customer.Id, refund: refund.effect, other: other instanceof ConnectorFailure ? other.reason : 'none',
  };
}
`;

/** Each is one mistake that the types must see. */
const MISTAKES = [
  `stripe.entity('Custmer');`,
  `stripe.entity('Balance').list();`,
  `stripe.entity('PaymentIntent').delete('pi_1');`,
  `stripe.entity('PaymentIntent').create({ Currency: 'usd' });`,
  `stripe.entity('PaymentIntent').create({ Amount: '12', Currency: 'usd' });`,
  `stripe.entity('Customer').create({ Emial: 'a' });`,
  `stripe.entity('Customer', 'customer-list').get('cus_1');`,
  `stripe.entity('Product', 'customer-list');`,
  `stripe.entity('Customer', 'customer-update').update('cus_1', { Emial: 'a' });`,
  `stripe.entity('Refund', 'create-small-refund').create({ PaymentIntent: 'pi_1' });`,
  `stripe.entity('Refund', 'create-small-refund').create({ PaymentIntent: 'pi_1', Amount: 1, Charge: 'ch_1' });`,
  `stripe.entity('Refund', 'customer-list');`,
  `stripe.entity('File').create({ Purpose: 'dispute_evidence' });`,
  `stripe.action('DownloadQuotePdf', {});`,
  `stripe.action('ConfirmPaymentIntent', {});`,
  `stripe.action('ConfirmPaymentIntnt', { PaymentIntentId: 'pi_1' });`,
];

/** What checks the types of the client. Version 6 takes four times as long as version 7. */
const COMPILERS: readonly string[] = sized(['typescript-7'], ['typescript', 'typescript-7']);

const STRICT = ['--strict', '--noUncheckedIndexedAccess', '--exactOptionalPropertyTypes'];
const MODULES = ['--module', 'esnext', '--moduleResolution', 'bundler', '--allowImportingTsExtensions'];
const FOR_BROWSERS = ['--target', 'es2022', '--lib', 'es2023,dom,dom.asynciterable', '--types', ''];

function problems(...files: readonly string[]): readonly string[] {
  return COMPILERS.flatMap((compiler) => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [
        path.resolve('test/node_modules', compiler, 'bin/tsc'),
        ...['--noEmit', '--pretty', 'false', '--ignoreConfig', ...STRICT, ...MODULES, ...FOR_BROWSERS],
        ...files,
      ],
      { cwd: folder, encoding: 'utf8' },
    );
    const found = stdout.split('\n').filter((line) => /^\S.*: error TS/.test(line));
    assert.equal(status === 0, found.length === 0, stdout + stderr);
    return found;
  });
}

let checked: readonly string[] | undefined;

/** The problems of the program and of the mistakes, by the name of their file: the whole client is compiled once for both. */
function problemsOfWhole(): readonly string[] {
  if (checked === undefined) {
    writeFileSync(path.join(folder, 'use.ts'), USE);
    const text = [
      "import { stripeConnector } from './client.ts';",
      "const stripe = stripeConnector({ address: '' });",
      ...MISTAKES.map((line) => `void ${line}`),
    ];
    writeFileSync(path.join(folder, 'wrong.ts'), text.join('\n'));
    checked = problems('use.ts', 'wrong.ts');
  }
  return checked;
}

const isOfMistakes = (problem: string): boolean => problem.startsWith('wrong.ts(');

test('has every entity and action, imports nothing and compiles under strict rules', () => {
  const text = readFileSync(path.join(folder, 'client.ts'), 'utf8');
  assert.doesNotMatch(text.replace(/^\s*\/(?:\/|\*\*).*$/gm, ''), /\bimport\b|\brequire\b/);
  for (const name of ['"Customer": {', '"V2.Core.Account": {', '  ConfirmPaymentIntent: {', '  PayInvoice: {'])
    assert.ok(text.includes(name), name);
  assert.deepEqual(
    problemsOfWhole().filter((one) => !isOfMistakes(one)),
    [],
  );
});

test('its types catch mistakes', () => {
  const found = problemsOfWhole().filter(isOfMistakes);
  assert.equal(found.length, MISTAKES.length * COMPILERS.length, found.join('\n'));
});

test('makes a payment, a list and a repeat, and reports what failed', async () => {
  const outfile = path.join(folder, 'use.mjs');
  await build({ entryPoints: [path.join(folder, 'use.ts')], bundle: true, format: 'esm', platform: 'node', outfile });
  const { use } = (await import(pathToFileURL(outfile).href)) as { use: (address: string) => Promise<object> };
  assert.deepEqual(await use(server.url), {
    same: true,
    city: 'Lyon',
    names: ['typed 0', 'typed 1', 'typed 2'],
    status: 'succeeded',
    effect: 'done',
    reason: 'GENERIC_DECLINE',
    failed: 'FAILED_PRECONDITION',
    operation: 'string',
    request: 'string',
    preview: 'made',
    gone: 'done',
    through: true,
    refund: 'done',
    other: 'RESOURCE_MISSING',
  });
});

test('a client of selected entities is small', () => {
  const text = make('small.ts', '--entities', 'Customer', '--actions', 'ConfirmPaymentIntent,PayInvoice');
  const entities = text.slice(text.indexOf('export interface Entities'));
  assert.deepEqual(
    [...entities.matchAll(/^ {2}"([\w.]+)": \{$/gm)].map(([, name]) => name),
    ['Customer'],
  );
  assert.match(text, /"ConfirmPaymentIntent": "confirm-payment-intent"/);
  assert.match(text, /"customer-list": \{\s+operation: "List";\s+inputs: \{\s+"Customer": never;/);
  assert.doesNotMatch(text, /payment-intent-create|cancel-subscription/);
  assert.ok(text.length < 150_000);
  // One line for each field, with its comment, and the license of the comments.
  assert.match(
    text,
    /^ {6}\/\*\* Mail address for receipts and invoices\. Example: "jane@example\.com" \*\/\n {6}Email\?: string \| null;$/m,
  );
  assert.match(text, /^ {2}\/\*\* Confirm that the customer pays now .* \*\/\n {2}ConfirmPaymentIntent: \{$/m);
  assert.match(text, /^\/\/ Copyright \(C\) 2013 Stripe, Inc\./m);
  assert.ok(Math.max(...text.split('\n').map((line) => line.length)) < 2000);
  // The second client has no restricted function.
  make('product.ts', '--entities', 'Product');
  assert.deepEqual(problems('small.ts', 'product.ts'), []);
});
