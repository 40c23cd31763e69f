/**
 * A burst of events over several processes of the built function `stripe-events`, with the emulators of Pub/Sub and
 * Firestore: how often objects are read for it, and how many documents are written.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { snapshotEvent, thinEvent, type EventBody } from '../fixtures/event-families.ts';
import { SANDBOX_KEY } from '../../shared/sandbox/server.ts';
import { assertEventMessage } from '../support/event-message.ts';
import { sized } from '../support/sizes.ts';
import { startCountingProxy, type CountingProxy } from './counting-proxy.ts';
import { deliverShuffled, EventReceivers } from './event-receivers.ts';
import { emulatorIsHere, startFirestore, type Emulator } from './firestore.ts';
import { pubsubIsHere, startPubsub, type Got, type Pubsub } from './pubsub.ts';
import { startStripeOverHttp, type StripeOverHttp } from './stripe-over-http.ts';

const [EVENTS, OBJECTS] = sized([100, 10], [1000, 100]);
const PROCESSES = sized([2], [1, 4, 8]);
/**
 * Events that are under way at a time: 20 at one instance, as Cloud Run sends them. The emulators on one machine do not
 * answer more of them in time; `test/unit/event-fleet-reads.test.ts` has 20 at each of 32 instances, in virtual time.
 * https://cloud.google.com/run/docs/about-concurrency
 */
const CONCURRENCY = 24;
const SECRET = 'whsec_burst00000';

if (emulatorIsHere() && pubsubIsHere()) {
  let firestore: Emulator;
  let counted: CountingProxy;
  let pubsub: Pubsub;
  let http: StripeOverHttp;
  let reads = 0;
  before(async () => {
    [firestore, pubsub, http] = await Promise.all([
      startFirestore(),
      startPubsub(),
      startStripeOverHttp(({ path }) => {
        reads += 1;
        return { id: path.split('/').at(-1), object: 'customer', read: reads };
      }),
    ]);
    counted = await startCountingProxy(firestore.host);
  });
  after(async () => {
    await Promise.all([http.close(), counted.close()]);
    await Promise.all([firestore.stop(), pubsub.stop()]);
  });

  for (const processes of PROCESSES)
    test(`a burst of ${EVENTS} events over ${OBJECTS} objects is read at most 0.3 times an event by ${processes} processes`, async () => {
      const topic = `burst${processes}`;
      await pubsub.topic(topic);
      const env = {
        STRIPE_API_KEY: SANDBOX_KEY,
        STRIPE_API_BASE: http.url,
        FIRESTORE_EMULATOR_HOST: counted.host,
        PUBSUB_EMULATOR_HOST: pubsub.host,
        STRIPE_WEBHOOK_SECRET: SECRET,
        CONNECTION_SETTINGS: JSON.stringify({
          name: topic,
          events_topic: `projects/stripe-local/topics/${topic}`,
          events_refetch: true,
          min_nodes: 100,
          max_nodes: 100,
          account_ceiling: 10_000,
          endpoint_ceiling: 10_000,
        }),
      };
      const receivers = new EventReceivers({ env, count: processes, random: Math.random });
      await receivers.start();
      const createdS = Math.floor(Date.now() / 1000);
      const bodies = Array.from({ length: EVENTS }, (_, n): EventBody => {
        const object = { id: `cus_${processes}_${n % OBJECTS}`, object: 'customer' };
        const made = { n: processes * EVENTS + n, type: 'customer.updated', object, createdS };
        return n % 3 === 0 ? snapshotEvent(made) : thinEvent(made);
      });
      const before = { reads, entries: counted.writes('stripeEvents'), records: counted.writes('operations') };
      const queue = bodies.map((body) => [{ body, secret: SECRET, attempts: 10 }]);
      try {
        await deliverShuffled(receivers, () => queue.shift(), {
          random: Math.random,
          atOnce: CONCURRENCY,
          shuffled: EVENTS,
        });
      } finally {
        await receivers.stop();
      }
      const messages: Got[] = await pubsub.pull(topic, EVENTS);
      // A delivery that failed after the publication publishes again.
      for (let more = messages; more.length > 0; messages.push(...more)) more = await pubsub.pull(topic, 0);
      const [readsPerEvent, writesPerEvent] = [
        (reads - before.reads) / EVENTS,
        (counted.writes('stripeEvents') - before.entries + counted.writes('operations') - before.records) / EVENTS,
      ];
      console.log(
        `${processes} processes: ${readsPerEvent.toFixed(3)} reads and ${writesPerEvent.toFixed(3)} documents written an event; ` +
          `answers ${JSON.stringify(Object.fromEntries(receivers.statuses))}`,
      );
      messages.forEach(assertEventMessage);
      assert.equal(new Set(messages.map(({ attributes }) => attributes['ce-id'])).size, EVENTS);
      for (const { attributes, data } of messages) {
        assert.equal(attributes['reread'], 'yes');
        const { object } = (JSON.parse(data) as { data: { object: { id: string } } }).data;
        assert.equal(object.id, attributes['objectId']);
      }
      // On a slow machine the emulators do not always answer in time: then the event is delivered again.
      const failed = [...receivers.statuses.values()].reduce((all, count) => all + count, 0) - EVENTS;
      const deliveries = (EVENTS + failed) / EVENTS;
      assert.ok(readsPerEvent <= 0.3 * deliveries, `${readsPerEvent} reads an event`);
      assert.ok(writesPerEvent <= 2 * deliveries, `${writesPerEvent} documents written an event`);
    });
}
