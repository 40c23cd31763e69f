/** The sample requests that fill a function's compile cache: the function accepts them and sends them to Stripe. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import manifest from '../../functions/manifest.json';
import { sampleRequests } from '../../infra/bundles/sample.mjs';
import { handleMessage } from '../../shared/automation/handle-message.ts';
import { callableOf, type FunctionRow } from '../../shared/catalog/function-rows.ts';
import { CATALOG } from '../support/connector-deps.ts';
import { testConnector } from '../support/connector.ts';
import { fakeStripe } from '../support/fake-stripe.ts';
import { sized } from '../support/sizes.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { arrived } from './automation-messages.ts';

const ROWS: readonly FunctionRow[] = manifest.functions;
const FUNCTION_OF = {
  List: 'list-entities',
  Get: 'get-entity',
  Create: 'create-entity',
  Update: 'update-entity',
  Delete: 'delete-entity',
};
/** `npm test` tries every seventh operation; `npm run test:full` tries all. */
const EVERY = sized(7, 1);
const readCatalog = (file: string): unknown => JSON.parse(readFileSync(`shared/catalog/${file}`, 'utf8'));

/** Returns the body of the second sample request, which the function must accept. */
function acceptedSample(row: FunctionRow): Readonly<Record<string, unknown>> {
  const { source = '' } = ROWS.find(({ name }) => name === row.restricts) ?? row;
  return sampleRequests(row, source, readCatalog)[1]?.body ?? assert.fail(row.name);
}

/** Returns the functions that reject their sample, each with the error. Dry runs check everything except Stripe. */
async function rejections(rows: readonly FunctionRow[]): Promise<string[]> {
  const settings = { automation_allowlist: ['*'], dead_letter_topic: 'projects/p-1/topics/dead-letters' };
  const connector = testConnector({ clock: new VirtualClock(), stripe: fakeStripe(() => ({})), open: false, settings });
  const found: string[] = [];
  for (const row of rows) {
    const data = { function: row.name, dryRun: true, ...acceptedSample(row) };
    const { results } = await handleMessage(connector, arrived(data, {}, { id: row.name }), [...ROWS, ...rows]);
    const [result] = JSON.parse(JSON.stringify(results)) as { error?: { message: string }; requests?: object[] }[];
    if (result?.requests?.length !== 1) found.push(`${row.name}: ${result?.error?.message ?? 'no request'}`);
  }
  return found;
}

test('each function of the manifest accepts its sample', async () => {
  const rows = ROWS.filter((row) => callableOf(row, ROWS) !== undefined);
  assert.ok(rows.some(({ name }) => name === 'create-small-refund'));
  assert.deepEqual(await rejections(rows), []);
});

test('a function restricted to one operation or one action accepts its sample', async () => {
  const operations = CATALOG.names().flatMap((entity) =>
    CATALOG.operationsOf(entity).map((operation) => ({
      name: `${entity}.${operation}`,
      restricts: FUNCTION_OF[operation],
      entities: [entity],
    })),
  );
  const actions = CATALOG.actionNames().map((action) => ({
    name: action,
    restricts: 'execute-action',
    actions: [action],
  }));
  assert.ok(operations.length > 400 && actions.length > 100);
  const rows = [...operations, ...actions].filter((_, index) => index % EVERY === 0);
  assert.deepEqual(await rejections(rows), []);
});

test('the sample has the required inputs of the function, at most their maximum, and no other inputs', async () => {
  const charge = { Charge: { required: true }, Amount: { required: true, maximum: 0 }, Reason: { required: true } };
  const rows = [
    { name: 'refund', restricts: 'create-entity', entities: ['Refund'], inputs: charge },
    {
      name: 'capture',
      restricts: 'execute-action',
      actions: ['CapturePaymentIntent'],
      inputs: { PaymentIntentId: {}, AmountToCapture: { required: true, maximum: 5000 } },
    },
    // The parent decides between two paths of Stripe.
    {
      name: 'customer-card',
      restricts: 'create-entity',
      entities: ['Card'],
      inputs: { Customer: { required: true }, Source: { required: true } },
    },
    { name: 'card-name', restricts: 'update-entity', entities: ['Card'], inputs: { Name: { required: true } } },
  ];
  assert.deepEqual(await rejections(rows), []);
  const payloads = rows.map((row) => acceptedSample(row)['connectorInputPayload']);
  assert.deepEqual(payloads, [
    { Amount: 0, Charge: 'sample_1', Reason: 'duplicate' },
    { PaymentIntentId: 'sample_1', AmountToCapture: 1 },
    { Customer: 'sample_1', Source: 'sample_1' },
    { Name: 'sample_1' },
  ]);
});
