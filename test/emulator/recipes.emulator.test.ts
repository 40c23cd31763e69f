/**
 * The recipes of infra/recipes with events that the built stripe-events published: the handler takes pushes of the
 * emulator, the workflow runs its steps, and the table and the integration fit the message.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { after, before, test } from 'node:test';
import { parse as parseYaml } from 'yaml';
import { execute, type Workflow } from '../docs/workflow.ts';
import { eventOf, signed } from '../fixtures/stripe-webhooks.ts';
import { post, running, startFunction, type Running } from '../functions/framework.ts';
import { emulatorIsHere, startFirestore, type Emulator } from './firestore.ts';
import { freePort } from './ports.ts';
import { pubsubIsHere, startPubsub, type Got, type Pubsub } from './pubsub.ts';

const RECIPES = 'infra/recipes';
const SECRET = 'whsec_recipesrecipes';
const TOPIC = 'recipe-events';
/** The filters that the recipes make of `invoice.paid` and `invoice.*`; their own tests compare them. */
const FILTER = 'attributes.ce-type = "com.stripe.invoice.paid"';
const PREFIX_FILTER = 'hasPrefix(attributes.ce-type, "com.stripe.invoice.")';

/**
 * Whether a message passes a filter, as far as the recipes use the language: the emulator ignores filters.
 * https://docs.cloud.google.com/pubsub/docs/subscription-message-filter#filtering_syntax
 */
function passes(filter: string, attributes: Got['attributes']): boolean {
  const [, key = '', value] = /^attributes\.([\w-]+) = "([^"]*)"$/.exec(filter) ?? [];
  if (value !== undefined) return attributes[key] === value;
  const [, name = '', prefix] = /^hasPrefix\(attributes\.([\w-]+), "([^"]*)"\)$/.exec(filter) ?? [];
  assert.ok(prefix !== undefined, filter);
  return attributes[name]?.startsWith(prefix) === true;
}

const textOf = (file: string): string => readFileSync(`${RECIPES}/${file}`, 'utf8');

test('the recipes with a subscription have these filters', () => {
  for (const recipe of ['cloud-run', 'bigquery'])
    assert.ok(textOf(`${recipe}/tests/${recipe}.tftest.hcl`).includes(JSON.stringify(FILTER)), recipe);
  assert.ok(textOf('cloud-run/tests/cloud-run.tftest.hcl').includes(JSON.stringify(PREFIX_FILTER)));
});

if (emulatorIsHere() && pubsubIsHere()) {
  let firestore: Emulator;
  let pubsub: Pubsub;
  let events: Running;
  const handlers: Running[] = [];
  before(async () => {
    [firestore, pubsub] = await Promise.all([startFirestore(), startPubsub()]);
    await pubsub.topic(TOPIC);
    events = await startFunction({
      name: 'stripe-events',
      env: {
        STRIPE_API_KEY: 'sk_test_recipes',
        FIRESTORE_EMULATOR_HOST: firestore.host,
        PUBSUB_EMULATOR_HOST: pubsub.host,
        STRIPE_WEBHOOK_SECRET: SECRET,
        CONNECTION_SETTINGS: JSON.stringify({
          name: 'recipes',
          events_topic: `projects/stripe-local/topics/${TOPIC}`,
          events_refetch: false,
        }),
      },
    });
  });
  after(async () => {
    await Promise.all([events, ...handlers].map((one) => one.stop()));
    await Promise.all([firestore.stop(), pubsub.stop()]);
  });

  async function handler(types: string): Promise<Running> {
    const port = await freePort();
    const env = { PATH: process.env['PATH'], PORT: String(port), TYPES: types };
    const child = spawn(process.execPath, [`${RECIPES}/cloud-run/service/index.mjs`], { env });
    const started = await running(child, port, 'listening');
    handlers.push(started);
    return started;
  }
  async function deliver(type: string, id: string, more: object = {}): Promise<string> {
    const event = eventOf(type, { id, object: type.split('.')[0], status: 'paid' }, more);
    const text = JSON.stringify(event);
    const answer = await post(events.url, text, { 'stripe-signature': signed(SECRET, text) });
    assert.equal(answer.status, 200, answer.text);
    return event.id;
  }
  const applied = (handling: Running): string[] =>
    [...handling.output().matchAll(/"message":"applied".*?"object":"(\w+)"/g)].map(([, id = '']) => id);
  async function until(holds: () => boolean): Promise<void> {
    for (let tries = 0; !holds() && tries < 500; tries += 1) await pause(20);
    assert.ok(holds());
  }
  /** What Eventarc and Pub/Sub post. https://docs.cloud.google.com/pubsub/docs/push#receive_push */
  const pushOf = ({ data, attributes }: Got): { message: { data: string; attributes: Got['attributes'] } } => ({
    message: { data: Buffer.from(data).toString('base64'), attributes },
  });
  async function published(type = 'invoice.paid'): Promise<Got> {
    await pubsub.pull(TOPIC, 0);
    const id = await deliver(type, 'in_table');
    for (const got of await pubsub.pull(TOPIC)) if (got.attributes['ce-id'] === id) return got;
    return assert.fail('not published');
  }

  test('cloud-run: the handler applies what a push subscription delivers', async () => {
    const paid = await handler('invoice.paid');
    await pubsub.push(TOPIC, 'pushed', paid.url, { enableMessageOrdering: true });
    await deliver('customer.updated', 'cus_1');
    await deliver('invoice.paid', 'in_1');
    await deliver('invoice.paid', 'in_2');
    await until(() => applied(paid).length >= 2);
    assert.deepEqual(applied(paid).sort(), ['in_1', 'in_2']);
  });

  test('cloud-run and bigquery: the filter passes the type, and no other', async () => {
    const sent: Got['attributes'][] = [];
    for (const type of ['invoice.paid', 'invoice.updated', 'invoiceitem.created', 'customer.updated'])
      sent.push((await published(type)).attributes);
    assert.deepEqual(
      [FILTER, PREFIX_FILTER].map((filter) => sent.filter((one) => passes(filter, one)).map((one) => one['type'])),
      [['invoice.paid'], ['invoice.paid', 'invoice.updated']],
    );
    for (const { 'ce-type': type } of sent) assert.match(type ?? '', /^com\.stripe\./);
  });

  test('eventarc: the handler acknowledges other types, and drops an older state', async () => {
    const paid = await handler('invoice.paid');
    const message = await published();
    const at = (stateTime: string): object => {
      const { message: pushed } = pushOf(message);
      return { message: { ...pushed, attributes: { ...pushed.attributes, stateTime } } };
    };
    const texts: string[] = [];
    for (const body of [
      pushOf(await published('customer.updated')),
      at('2026-11-27T12:00:01.000Z'),
      at('2026-11-27T12:00:00.000Z'),
      at('2026-11-27T12:00:02.000Z'),
    ]) {
      const answer = await fetch(paid.url, { method: 'POST', body: JSON.stringify(body) });
      texts.push(`${answer.status} ${await answer.text()}`);
    }
    assert.deepEqual(texts, ['200 skipped', '200 applied', '200 older', '200 applied']);
  });

  test('the handler takes what events -- replay --to sends, and a broken body is delivered again', async () => {
    const paid = await handler('invoice.*');
    const { data, attributes } = await published();
    const headers = {
      'x-type': 'invoice.paid',
      'x-objectid': 'in_table',
      'x-statetime': attributes['stateTime'] ?? '',
    };
    const replayed = await fetch(paid.url, { method: 'POST', headers, body: data });
    assert.deepEqual([replayed.status, await replayed.text()], [200, 'applied']);
    const broken = await fetch(paid.url, {
      method: 'POST',
      body: '{"message": {"attributes": {"type": "invoice.paid"}}}',
    });
    assert.equal(broken.status, 500);
    await until(() => /"severity":"ERROR","message":"not applied","stack_trace":"TypeError/.test(paid.output()));
  });

  const workflow = parseYaml(textOf('workflows/workflow.yaml')) as Workflow;
  const ENVIRONMENT = {
    GOOGLE_CLOUD_WORKFLOW_EXECUTION_ID: 'execution-1',
    TYPE: 'com.stripe.invoice.paid',
    GET_ENTITY: 'https://get-entity.example.run.app',
    ENTITY: 'Invoice',
    FAILED: 'projects/p/topics/failed',
  };
  /** Runs the workflow with a message, and returns its outcome and its calls. */
  async function ran(message: Got, answer: () => unknown): Promise<{ outcome: unknown; calls: [string, unknown][] }> {
    const calls: [string, unknown][] = [];
    const outcome = await execute(workflow, { data: pushOf(message) }, ENVIRONMENT, (name, args) => {
      calls.push([name, args]);
      return name === 'http.post' ? answer() : undefined;
    }).catch((error: unknown) => error);
    return { outcome, calls };
  }

  test('workflows: reads the object of the event, and logs its status', async () => {
    const message = await published();
    const { outcome, calls } = await ran(message, () => ({ body: { connectorOutputPayload: { Status: 'paid' } } }));
    assert.equal(outcome, 'paid');
    assert.deepEqual(calls, [
      [
        'http.post',
        { url: ENVIRONMENT.GET_ENTITY, auth: { type: 'OIDC' }, body: { entity: 'Invoice', entityId: 'in_table' } },
      ],
      [
        'sys.log',
        { severity: 'INFO', json: { event: message.attributes['ce-id'], object: 'in_table', status: 'paid' } },
      ],
    ]);
  });

  test('workflows: skips other types, and keeps the message of a failure', async () => {
    const other = await ran(await published('customer.updated'), () => assert.fail());
    assert.deepEqual(other, { outcome: 'skipped', calls: [] });
    const message = await published();
    const problem = { code: 404 };
    const { outcome, calls } = await ran(message, () => {
      throw problem as unknown as Error;
    });
    assert.equal(outcome, problem);
    assert.deepEqual(calls[1], [
      'googleapis.pubsub.v1.projects.topics.publish',
      {
        topic: ENVIRONMENT.FAILED,
        body: { messages: [{ data: pushOf(message).message.data, attributes: message.attributes }] },
      },
    ]);
  });

  test('bigquery: the columns are those of write_metadata, and the message fits them', async () => {
    const columns = JSON.parse(textOf('bigquery/schema.json')) as { name: string; type: string; mode: string }[];
    // https://docs.cloud.google.com/pubsub/docs/bigquery#write_metadata
    assert.deepEqual(
      columns.map(({ name, type, mode }) => `${name} ${type} ${mode}`),
      [
        'subscription_name STRING NULLABLE',
        'message_id STRING NULLABLE',
        'publish_time TIMESTAMP NULLABLE',
        'data JSON NULLABLE',
        'attributes JSON NULLABLE',
      ],
    );
    const { data, attributes } = await published();
    const { data: inner } = JSON.parse(data) as { data: { object: { id: string } } };
    assert.equal(inner.object.id, 'in_table');
    const read = [...textOf('bigquery/objects.sql').matchAll(/attributes, '\$\.(\w+)'/g)].map(([, name = '']) => name);
    // The own account has no attribute.
    for (const name of read.filter((one) => one !== 'account')) assert.ok(attributes[name] !== undefined, name);
    assert.ok(!Number.isNaN(Date.parse(attributes['stateTime'] ?? '')));
  });

  test('application-integration: the condition and the task read attributes that the message has', async () => {
    const integration = textOf('application-integration/integration.json');
    const read = [...integration.matchAll(/\$CloudPubSubMessage\.attributes\.(\w+)\$/g)].map(([, name = '']) => name);
    assert.deepEqual(read, ['type', 'objectId']);
    const { attributes } = await published();
    assert.deepEqual([attributes['type'], attributes['objectId']], ['invoice.paid', 'in_table']);
  });
}
