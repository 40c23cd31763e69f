/** `stripe-connector events`: what arrived, replay, pause and resume, from the command to the topic. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { runCommand, type Ran } from '../functions/command.ts';
import { post, startFunction, type Running } from '../functions/framework.ts';
import { SANDBOX_KEY, startSandbox, type Sandbox } from '../../shared/sandbox/server.ts';
import { signed } from '../fixtures/stripe-webhooks.ts';
import { emulatorIsHere, startFirestore, type Emulator } from './firestore.ts';
import { pubsubIsHere, startPubsub, type Pubsub } from './pubsub.ts';

const SECRET = 'whsec_newnewnewnew';

if (emulatorIsHere() && pubsubIsHere()) {
  let firestore: Emulator;
  let pubsub: Pubsub;
  let sandbox: Sandbox;
  let env: Record<string, string>;
  let running: Running;
  before(async () => {
    [firestore, pubsub] = await Promise.all([startFirestore(), startPubsub()]);
    sandbox = await startSandbox({ seed: 43 });
    await pubsub.topic('events');
    env = {
      STRIPE_API_KEY: SANDBOX_KEY,
      STRIPE_API_BASE: sandbox.url,
      FIRESTORE_EMULATOR_HOST: firestore.host,
      PUBSUB_EMULATOR_HOST: pubsub.host,
      STRIPE_WEBHOOK_SECRET: SECRET,
      CONNECTION_SETTINGS: JSON.stringify({ name: 'shop', events_topic: 'projects/stripe-local/topics/events' }),
    };
    running = await startFunction({ name: 'stripe-events', env });
  });
  after(async () => {
    await running.stop();
    await sandbox.close();
    await Promise.all([firestore.stop(), pubsub.stop()]);
  });

  const events = (...args: string[]): Promise<Ran> => runCommand(['events', ...args], env);
  /** Makes a change at Stripe and delivers its event. */
  async function changed(name: string): Promise<{ id: string; object: string; status: unknown }> {
    const headers = { authorization: `Bearer ${SANDBOX_KEY}`, 'content-type': 'application/x-www-form-urlencoded' };
    await fetch(`${sandbox.url}/v1/customers`, { method: 'POST', headers, body: `name=${name}` });
    const list = await fetch(`${sandbox.url}/v1/events?limit=1`, { headers });
    const [event] = ((await list.json()) as { data: { id: string; data: { object: { id: string } } }[] }).data;
    const body = JSON.stringify(event);
    const { body: answer } = await post(running.url, body, { 'stripe-signature': signed(SECRET, body) });
    return { id: event?.id ?? '', object: event?.data.object.id ?? '', status: answer['status'] };
  }

  test('list, show and replay by id, by object and by time; the id stays', async () => {
    const { id, object, status } = await changed('ada');
    assert.equal(status, 'published');
    const listed = await events('list', '--object', object);
    assert.match(listed.stdout, new RegExp(`${id} .*customer.created.*published`), listed.stderr);
    const shown = JSON.parse((await events('show', id, '--json')).stdout) as Record<string, unknown>;
    assert.deepEqual([shown['outcome'], shown['objectId'], shown['attempts']], ['published', object, 1]);
    assert.equal((await events('replay')).status, 2, 'not everything');
    for (const by of [[id], ['--object', object], ['--since', '0', '--type', 'customer.created']])
      assert.match((await events('replay', ...by)).stdout, new RegExp(`^${id} +published again`, 'm'));
    const got = await pubsub.pull('events', 4);
    assert.deepEqual([...new Set(got.map(({ attributes }) => attributes['ce-id']))], [id]);
    assert.match((await events('show', 'evt_none')).stderr, /no event evt_none/);
  });

  test('replay by a time range leaves out what was received at its end or later', async () => {
    const ids = [await changed('first'), await changed('second'), await changed('third')].map(({ id }) => id);
    const received = await Promise.all(
      ids.map(async (id) =>
        String((JSON.parse((await events('show', id, '--json')).stdout) as Record<string, unknown>)['received']),
      ),
    );
    const range = ['--since', received[1] ?? '', '--until', received[2] ?? ''];
    const listed = (JSON.parse((await events('list', ...range, '--json')).stdout) as { events: { id: string }[] })
      .events;
    assert.deepEqual(
      listed.map(({ id }) => id),
      [ids[1]],
    );
    await pubsub.pull('events', 3);
    const { stdout, stderr } = await events('replay', ...range);
    assert.equal(stdout.trim().replace(/ +/, ' '), `${ids[1]} published again`, stderr);
    const [message] = await pubsub.pull('events', 1);
    assert.deepEqual([message?.attributes['ce-id'], message?.attributes['replayed']], [ids[1], 'true']);
    assert.equal((await events('replay', '--since', '0', '--until', 'tomorrow')).status, 2);
  });

  test('paused events are acknowledged and held; after a resume they can be replayed', async () => {
    assert.match((await events('pause', '--reason', 'drill')).stdout, /^paused/);
    const { id, status } = await changed('held');
    assert.equal(status, 'held');
    assert.match((await events('replay', '--outcome', 'held')).stdout, /paused/);
    assert.match((await events('resume')).stdout, /^resumed/);
    assert.match((await events('replay', '--outcome', 'held')).stdout, new RegExp(`${id} +published again`));
    const [message] = await pubsub.pull('events', 1);
    assert.equal(message?.attributes['ce-id'], id);
  });
}
