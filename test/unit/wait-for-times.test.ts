/** A wait takes no event that is older than its write, and the longest wait keeps the bars of time and reads. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { REQUEST_LIMITS } from '../../shared/operations/request/limits.ts';
import { inVirtualTime } from '../support/virtual-time.ts';
import { arrive, arriveCreated, confirm, waited, WAIT, world } from './wait-for-world.ts';

test('the longest wait keeps both bars: 1200 ms after the event (p95), and 50 reads', async () => {
  const seconds = REQUEST_LIMITS.waitSeconds.max;
  const delays: number[] = [];
  // A step that is no divisor of the pauses between the reads.
  for (let afterMs = 137; afterMs < seconds * 1000; afterMs += 389) {
    const at = world();
    let arrivedMs = 0;
    let answeredMs = 0;
    const result = confirm(at, { waitFor: { ...WAIT, seconds } }).finally(() => (answeredMs = at.clock.monotonicMs()));
    const event = at.clock.sleep(afterMs).then(() => {
      arrivedMs = at.clock.monotonicMs();
      return arrive(at, 'succeeded');
    });
    const [answer] = await inVirtualTime(at.clock, Promise.all([result, event]));
    assert.equal((waited(answer) as { reached: boolean }).reached, true, `${afterMs} ms`);
    assert.ok(at.reads <= 50, `${at.reads} reads`);
    delays.push(answeredMs - arrivedMs);
  }
  delays.sort((a, b) => a - b);
  const p95 = delays[Math.ceil(delays.length * 0.95) - 1] ?? Infinity;
  assert.ok(p95 <= 1200, `${p95} ms`);
});

// The first attempt began in the middle of a second; `created` of a snapshot event is in whole seconds.
const OLD: readonly (readonly [string, number, number])[] = [
  ['arrived before the write', -400, -300],
  ['was created in the second before, and arrives after the write', -1100, 200],
  ['was created a minute before, and arrives after the write', -60_000, 200],
];
for (const [name, createdMs, arrivedMs] of OLD)
  for (const repeated of [false, true])
    test(`an event that ${name} does not end the wait of ${repeated ? 'the repeated' : 'the first'} call`, async () => {
      const at = world();
      await at.clock.advance(100_500);
      const writeMs = at.clock.epochMs() + 1000;
      // An earlier call reached the status; this one leads away from it and waits until it comes back.
      const old = at.clock
        .sleep(1000 + arrivedMs)
        .then(() => arriveCreated(at, 'requires_action', writeMs + createdMs));
      const wait = { waitFor: { ...WAIT, status: ['requires_action'], seconds: 3 } };
      const first = at.clock.sleep(1000).then(() => ((at.status = 'processing'), confirm(at, wait)));
      const [answer] = await inVirtualTime(at.clock, Promise.all([first, old]));
      assert.deepEqual(waited(answer), { reached: false, status: 'processing', event: null });
      if (!repeated) return;
      await at.clock.advance(20_000);
      at.status = 'processing';
      const again = await inVirtualTime(at.clock, confirm(at, wait));
      assert.equal((waited(again) as { reached: boolean }).reached, false);
    });

// https://docs.stripe.com/api/events/object: `created` is in whole seconds, so such an event may be older than the write.
for (const [name, reachedAtStripe, ofWrite] of [
  ['whose object has another status', false, false],
  ['whose object has the status', true, false],
  ['that the write caused', true, true],
  ['that the write caused, whose object has another status by now', false, true],
] as const)
  for (const afterMs of [100, 1400])
    test(`an event of the second of the write ${name}, ${afterMs} ms after it: at most one read decides`, async () => {
      const at = world({}, true);
      await at.clock.advance(100_500);
      const createdMs = at.clock.epochMs() - 400;
      const result = confirm(at, { waitFor: { ...WAIT, status: ['requires_action'], seconds: 5 } });
      const event = at.clock.sleep(afterMs).then(() => {
        if (reachedAtStripe) at.status = 'requires_action';
        return arriveCreated(at, 'requires_action', createdMs, 'pi_1', ofWrite ? { request: { id: 'req_1' } } : {});
      });
      // After a read that did not confirm the older event, a later one ends the wait without another read.
      const later = at.clock.sleep(3000).then(() => arrive(at, 'requires_action'));
      const startMs = at.clock.monotonicMs();
      const answered = result.then(() => at.clock.monotonicMs() - startMs);
      const [answer, ms] = await inVirtualTime(at.clock, Promise.all([result, answered, event, later]));
      assert.equal((waited(answer) as { reached: boolean }).reached, true);
      assert.deepEqual(
        at.stripe.requests.map(({ method }) => method),
        ['POST', 'GET'],
      );
      if (!reachedAtStripe && !ofWrite) assert.ok(ms >= 3000, `answered after ${ms} ms`);
      else assert.ok(ms <= afterMs + 300, `answered after ${ms} ms`);
    });

test('an event that this instance receives ends the wait within 300 ms, whenever the second of the write ends', async () => {
  for (let phaseMs = 0; phaseMs < 1000; phaseMs += 130)
    for (let afterMs = 90; afterMs < 2600; afterMs += 170) {
      const at = world({}, true);
      await at.clock.advance(100_000 + phaseMs);
      let arrivedMs = 0;
      const result = confirm(at).then((answer) => ({ answer, answeredMs: at.clock.monotonicMs() }));
      const event = at.clock.sleep(afterMs).then(() => {
        arrivedMs = at.clock.monotonicMs();
        return arrive(at, 'succeeded');
      });
      const [{ answer, answeredMs }] = await inVirtualTime(at.clock, Promise.all([result, event]));
      assert.equal((waited(answer) as { reached: boolean }).reached, true);
      const ms = answeredMs - arrivedMs;
      assert.ok(ms <= 300, `answered ${ms} ms after the event, which came ${afterMs} ms after ${phaseMs} ms`);
      assert.equal(at.stripe.requests.length, 2, 'the write, and one read');
    }
});

test('an event that arrives while the call waits for its permit is older than the write', async () => {
  const at = world({ min_nodes: 1, max_nodes: 1, limit_scope: 'connection' });
  const others = Array.from({ length: 20 }, (_, n) => confirm(at, { waitFor: undefined }, `other-${n}`));
  const result = confirm(at, { waitFor: { ...WAIT, seconds: 3 } });
  const event = at.clock.sleep(200).then(() => arriveCreated(at, 'succeeded', at.clock.epochMs()));
  const [answer] = await inVirtualTime(at.clock, Promise.all([result, event, ...others]));
  assert.ok(at.writtenMs > 400, `written after ${at.writtenMs} ms`);
  assert.equal((waited(answer) as { reached: boolean }).reached, false);
});

test('a repeated call finds the event although its killed first attempt recorded no outcome', async () => {
  const at = world();
  at.killed = true;
  void confirm(at, { waitFor: { ...WAIT, seconds: 1 } });
  await at.clock.advance(2000);
  await arriveCreated(at, 'requires_action', at.clock.epochMs());
  await at.clock.advance(600_000);
  at.killed = false;
  const answer = await inVirtualTime(at.clock, confirm(at, { waitFor: { ...WAIT, seconds: 2 } }));
  assert.equal((waited(answer) as { reached: boolean }).reached, true);
  assert.equal(at.stripe.requests.filter(({ method }) => method === 'POST').length, 2, 'under one idempotency key');
});

for (const stripeAheadMs of [-90_000, -5000, 5000, 90_000])
  test(`with a clock that shows ${-stripeAheadMs} ms more than Stripe's, an event after the write ends the wait, an older one does not`, async () => {
    for (const [afterMs, reached] of [
      [300, true],
      [-3000, false],
    ] as const) {
      const at = world();
      at.stripeAheadMs = stripeAheadMs;
      await at.clock.advance(100_000);
      const writeMs = at.clock.epochMs() + stripeAheadMs;
      const result = confirm(at, { waitFor: { ...WAIT, seconds: 3 } });
      const event = at.clock.sleep(400).then(() => {
        if (reached) at.status = 'succeeded';
        return arriveCreated(at, 'succeeded', writeMs + afterMs);
      });
      const [answer] = await inVirtualTime(at.clock, Promise.all([result, event]));
      assert.equal((waited(answer) as { reached: boolean }).reached, reached, `${afterMs} ms`);
    }
  });
