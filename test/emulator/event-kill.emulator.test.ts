/** Processes of `stripe-events` and `reconcile-events` that are killed at each step of a publication, and pauses. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { after, before, test } from 'node:test';
import { firestoreEvents } from '../../shared/adapters/google/firestore-events.ts';
import { storedDocuments } from '../../shared/adapters/google/stored-documents.ts';
import type { EventInbox } from '../../shared/event-inbox/store.ts';
import { DEFAULT_DATABASE } from '../../shared/config/environment-variables.ts';
import { setPublishing } from '../../shared/management/admin/event-methods.ts';
import { SANDBOX_KEY } from '../../shared/sandbox/server.ts';
import { snapshotEvent, thinEvent, type EventBody } from '../fixtures/event-families.ts';
import { signed } from '../fixtures/stripe-webhooks.ts';
import { post, startFunction, type Running } from '../functions/framework.ts';
import { testConnector, type TestConnector } from '../support/connector.ts';
import { eventPage, familyListed } from '../support/event-lists.ts';
import { fakeStripe } from '../support/fake-stripe.ts';
import { sized } from '../support/sizes.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { startCountingProxy, type CountingProxy } from './counting-proxy.ts';
import { emulatorIsHere, startFirestore, type Emulator } from './firestore.ts';
import { pubsubIsHere, startPubsub, type Pubsub } from './pubsub.ts';
import { startStripeOverHttp, type StripeOverHttp } from './stripe-over-http.ts';

const SECRET = 'whsec_kill000000';
/** The newest minute is left to the webhooks: a run on a machine whose clock is some minutes ahead reads all. */
const AHEAD_MS = 180_000;

type Step = 'publication' | 'answer of Pub/Sub' | 'record' | 'response';

/** Before which step the process is killed, what the next delivery is, and how often the event is then in the topic. */
const STEPS: readonly (readonly [Step, string, number])[] = [
  ['publication', 'published', 1],
  ['answer of Pub/Sub', 'published', 2],
  ['record', 'published', 2],
  ['response', 'duplicate', 1],
];

if (emulatorIsHere() && pubsubIsHere()) {
  let firestore: Emulator;
  let store: CountingProxy;
  let pubsub: Pubsub;
  let topics: CountingProxy;
  let stripe: StripeOverHttp;
  let folder: string;
  let inbox: EventInbox;
  let operator: TestConnector;
  let survivor: Running;
  const listed: EventBody[] = [];
  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'event-kill-'));
    writeFileSync(path.join(folder, 'ahead.cjs'), `const now = Date.now; Date.now = () => now() + ${AHEAD_MS};`);
    [firestore, pubsub, stripe] = await Promise.all([
      startFirestore(),
      startPubsub(),
      startStripeOverHttp((request) =>
        familyListed(request) === undefined
          ? { id: request.path.split('/').at(-1), object: 'customer' }
          : eventPage(listed, request, 100),
      ),
    ]);
    [store, topics] = await Promise.all([startCountingProxy(firestore.host), startCountingProxy(pubsub.host)]);
    await pubsub.topic('kills');
    const options = { projectId: 'stripe-local', databaseId: DEFAULT_DATABASE, emulatorHost: firestore.host };
    inbox = firestoreEvents(options, 'kills', storedDocuments);
    operator = testConnector({ clock: new VirtualClock(), stripe: fakeStripe({}), inbox });
    survivor = await start();
  });
  after(async () => {
    await survivor.stop();
    await Promise.all([stripe.close(), store.close(), topics.close()]);
    await Promise.all([firestore.stop(), pubsub.stop()]);
    rmSync(folder, { recursive: true, force: true });
  });

  const start = (name = 'stripe-events', flags: readonly string[] = []): Promise<Running> =>
    startFunction({
      name,
      flags,
      env: {
        STRIPE_API_KEY: SANDBOX_KEY,
        STRIPE_API_BASE: stripe.url,
        FIRESTORE_EMULATOR_HOST: store.host,
        PUBSUB_EMULATOR_HOST: topics.host,
        STRIPE_WEBHOOK_SECRET: SECRET,
        CONNECTION_SETTINGS: JSON.stringify({ name: 'kills', events_topic: 'projects/stripe-local/topics/kills' }),
      },
    });
  const startReconcile = (): Promise<Running> =>
    start('reconcile-events', ['--require', path.join(folder, 'ahead.cjs')]);
  const deliver = async (running: Running, body: EventBody): Promise<unknown> => {
    const text = JSON.stringify(body);
    return (await post(running.url, text, { 'stripe-signature': signed(SECRET, text) })).body['status'];
  };
  /** Waits until a proxy withholds a request, and kills the process that sent it. */
  const killAt = async (proxy: CountingProxy, victim: Running, began: number): Promise<void> => {
    for (let tries = 0; proxy.withheld === began && tries < 1000; tries += 1) await pause(20);
    assert.ok(proxy.withheld > began, 'the step was reached');
    await victim.stop();
    proxy.withhold(undefined);
  };
  const withhold = (step: Step): CountingProxy => {
    const [proxy, what] = step === 'record' || step === 'response' ? [store, 'stripeEvents'] : [topics, ':publish'];
    proxy.withhold(what, step === 'publication' || step === 'record' ? 'request' : 'answer');
    return proxy;
  };
  /** The ids of the events in the topic since the last time, when there are `count`. */
  const published = async (count: number): Promise<string[]> =>
    [...(await pubsub.pull('kills', count)), ...(await pubsub.pull('kills', 0))].map(
      ({ attributes }) => attributes['ce-id'] ?? '',
    );
  let changes = 0;
  const change = (event: typeof snapshotEvent): EventBody => {
    const n = (changes += 1);
    const createdS = Math.floor(Date.now() / 1000);
    const body = event({ n, type: 'customer.updated', object: { id: `cus_${n}`, object: 'customer' }, createdS });
    listed.push(body);
    return body;
  };

  for (const [n, [step, next, times]] of STEPS.entries())
    for (const event of sized([n % 2 === 0 ? snapshotEvent : thinEvent], [snapshotEvent, thinEvent]))
      test(`an event whose receiver is killed before the ${step} is published ${times} times: ${event.name}`, async () => {
        const body = change(event);
        const victim = await start();
        const proxy = withhold(step);
        const unanswered = deliver(victim, body).catch(() => 'killed');
        await killAt(proxy, victim, proxy.withheld);
        assert.equal(await unanswered, 'killed', 'Stripe got no response, and delivers again');
        assert.deepEqual([await deliver(survivor, body), await deliver(survivor, body)], [next, 'duplicate']);
        assert.deepEqual(await published(times), Array<string>(times).fill(body.id));
      });

  test('pauses and resumes at any step lose no event and leave none held', async () => {
    const began = listed.length;
    const set = (paused: boolean): Promise<object> => setPublishing(operator, paused, 'drill');
    // A pause after the publication and before its record: the next delivery is held.
    const victim = await start();
    const unrecorded = change(snapshotEvent);
    const proxy = withhold('record');
    const unanswered = deliver(victim, unrecorded).catch(() => 'killed');
    const killed = killAt(proxy, victim, proxy.withheld);
    await set(true);
    await killed;
    assert.equal(await unanswered, 'killed');
    assert.equal(await deliver(survivor, unrecorded), 'held');
    // Pauses and resumes, two at a time, while events arrive.
    const bodies = Array.from({ length: 24 }, (_, n) => change(n % 2 === 0 ? snapshotEvent : thinEvent));
    const statuses = await Promise.all([
      ...bodies.map(async (body, n) => (await pause(n * 10), deliver(survivor, body))),
      (async () => {
        for (let n = 0; n < 8; n += 1) await Promise.all([set(n % 2 === 0), pause(25), set(n % 2 === 0)]);
      })(),
    ]);
    await set(true);
    const late = [snapshotEvent, thinEvent].map(change);
    for (const body of late) assert.equal(await deliver(survivor, body), 'held');
    assert.ok(statuses.slice(0, 24).every((status) => status === 'published' || status === 'held'));
    // Two resumes at once; the first run after them is killed before a record.
    await Promise.all([set(false), set(false)]);
    const first = await startReconcile();
    const held = withhold('record');
    const run = post(first.url, {}).catch(() => 'killed');
    await killAt(held, first, held.withheld);
    assert.equal(await run, 'killed');
    const second = await startReconcile();
    try {
      for (let runs = 0, complete = false; !complete; runs += 1) {
        // The lease of the killed run lapses after two minutes.
        const { status, body } = await post(second.url, {});
        complete = status === 200 && (await inbox.query({ outcome: 'held' }, 1)).length === 0;
        if (complete) assert.ok(Array.isArray(body['accounts']));
        else await pause(2000);
        assert.ok(runs < 90, 'events stay held');
      }
    } finally {
      await second.stop();
    }
    const ids = listed.slice(began).map(({ id }) => id);
    const got = await published(ids.length);
    assert.deepEqual([...new Set(got)].sort(), ids.sort());
    console.log(`${ids.length} events over pauses and two kills: ${got.length} publications`);
    for (const body of listed.slice(began)) assert.equal((await inbox.read(body.id)).entry?.outcome, 'published');
  });
}
