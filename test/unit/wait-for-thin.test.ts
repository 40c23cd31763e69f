/** A wait that thin events end: their object is read, and the reads of an awaited object do not pause. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseEvent } from '../../shared/webhooks/event.ts';
import { publishEvent } from '../../shared/webhooks/publish.ts';
import { thinEvent } from '../fixtures/event-families.ts';
import { inVirtualTime } from '../support/virtual-time.ts';
import { confirm, rowOf, waited, world, type World } from './wait-for-world.ts';

const WAIT = { status: ['succeeded'], seconds: 20 };
let events = 1000;
const arriveThin = (at: World, type: string, status: string): Promise<string> => {
  at.status = status;
  const object = { id: 'pi_1', object: 'payment_intent' };
  const createdS = at.clock.epochMs() / 1000;
  return publishEvent(at.receiver, parseEvent(thinEvent({ n: (events += 1), type, object, createdS })));
};

for (const payload of [{ event_payload: 'thin' }, { events_refetch: true }])
  for (const [where, same, withinMs] of [
    ['this instance receives', true, 300],
    ['another instance receives', false, 1200],
  ] as const)
    test(`the call is answered within ${withinMs} ms of a thin event that ${where}, of a burst: ${JSON.stringify(payload)}`, async () => {
      for (const gapMs of [40, 400, 900, 1900]) {
        const at = world(payload, same);
        await at.clock.advance(100_000);
        let arrivedMs = 0;
        let answeredMs = 0;
        const result = confirm(at, { waitFor: WAIT }).finally(() => (answeredMs = at.clock.monotonicMs()));
        const burst = (async () => {
          await at.clock.sleep(1500);
          const others = [arriveThin(at, 'payment_intent.created', 'processing')];
          await at.clock.sleep(gapMs);
          others.push(arriveThin(at, 'payment_intent.processing', 'processing'));
          await at.clock.sleep(gapMs);
          arrivedMs = at.clock.monotonicMs();
          await Promise.all([...others, arriveThin(at, 'payment_intent.succeeded', 'succeeded')]);
        })();
        const [answer] = await inVirtualTime(at.clock, Promise.all([result, burst]));
        assert.deepEqual(
          [(waited(answer) as { reached: boolean }).reached, rowOf(answer)['status']],
          [true, 'succeeded'],
        );
        assert.ok(answeredMs - arrivedMs <= withinMs, `gap ${gapMs}: ${answeredMs - arrivedMs} ms after the event`);
      }
    });

test('an event that pauses since before the wait ends it in time too', async () => {
  const at = world({ event_payload: 'thin' });
  await at.clock.advance(100_000);
  // Two reads, so that the next one pauses for two seconds.
  for (const type of ['payment_intent.created', 'payment_intent.processing'])
    await inVirtualTime(at.clock, arriveThin(at, type, 'processing'));
  let answeredMs = 0;
  const startMs = at.clock.monotonicMs();
  const result = confirm(at, { waitFor: WAIT }).finally(() => (answeredMs = at.clock.monotonicMs()));
  const event = arriveThin(at, 'payment_intent.succeeded', 'succeeded');
  at.status = 'processing';
  await at.clock.advance(50);
  at.status = 'succeeded';
  const [answer] = await inVirtualTime(at.clock, Promise.all([result, event]));
  assert.equal((waited(answer) as { reached: boolean }).reached, true);
  assert.ok(answeredMs - startMs <= 1200, `${answeredMs - startMs} ms`);
});

test('an event that pauses since before the write was answered ends the wait in time too', async () => {
  for (const writeMs of [350, 700, 1100]) {
    const at = world({ event_payload: 'thin' });
    await at.clock.advance(100_000);
    // Two reads, so that the next one pauses for two seconds.
    for (const type of ['payment_intent.created', 'payment_intent.processing'])
      await inVirtualTime(at.clock, arriveThin(at, type, 'processing'));
    const send = at.stripe.send.bind(at.stripe);
    Object.assign(at.stripe, {
      send: async (...sent: Parameters<typeof send>) => {
        const result = await send(...sent);
        if (sent[0].method === 'POST') await at.clock.sleep(writeMs);
        return result;
      },
    });
    const startMs = at.clock.monotonicMs();
    let answeredMs = 0;
    const result = confirm(at, { waitFor: WAIT }).finally(() => (answeredMs = at.clock.monotonicMs()));
    await at.clock.advance(20);
    const event = arriveThin(at, 'payment_intent.succeeded', 'succeeded');
    const [answer] = await inVirtualTime(at.clock, Promise.all([result, event]));
    assert.equal((waited(answer) as { reached: boolean }).reached, true);
    assert.ok(
      answeredMs - startMs - writeMs <= 1200,
      `${writeMs}: ${answeredMs - startMs - writeMs} ms after the write`,
    );
  }
});
