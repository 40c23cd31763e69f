/** A write that waits for its outcome is answered by the event about its object. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConnectorError } from '../../shared/errors.ts';
import { actionHandler, entityHandler } from '../../shared/http/operation-handlers.ts';
import { inVirtualTime } from '../support/virtual-time.ts';
import { arrive, call, confirm, rowOf, waited, WAIT, world } from './wait-for-world.ts';

for (const [where, same, withinMs] of [
  ['this instance receives', true, 300],
  ['another instance receives', false, 1200],
] as const)
  test(`the call is answered within ${withinMs} ms of an event that ${where}, with one extra read`, async () => {
    for (const afterMs of [100, 1700, 9300, 31_000]) {
      const at = world({}, same);
      let arrivedMs = 0;
      let answeredMs = 0;
      const result = confirm(at).finally(() => (answeredMs = at.clock.monotonicMs()));
      const event = at.clock.sleep(afterMs).then(() => {
        arrivedMs = at.clock.monotonicMs();
        return arrive(at, 'succeeded');
      });
      const [answer] = await inVirtualTime(at.clock, Promise.all([result, event]));
      assert.deepEqual(
        [(waited(answer) as { reached: boolean }).reached, answer.effect, rowOf(answer)['status']],
        [true, 'done', 'succeeded'],
      );
      assert.ok(answeredMs - arrivedMs <= withinMs, `${answeredMs - arrivedMs} ms after the event`);
      assert.deepEqual(
        at.stripe.requests.map(({ method }) => method),
        ['POST', 'GET'],
      );
      assert.ok(at.reads <= 50, `${at.reads} reads`);
    }
  });

test('at the end the call is answered with what it knows, its effect as ever', async () => {
  const at = world();
  const answer = await inVirtualTime(at.clock, confirm(at));
  assert.deepEqual(waited(answer), { reached: false, status: 'processing', event: null });
  assert.equal(answer.effect, 'done');
  assert.equal(at.stripe.requests.length, 1);
  assert.ok(at.reads <= 50 && at.reads > 30, `${at.reads} reads`);
});

test('a call that a busy instance reads late is not rejected because of its waitFor, and ends by its deadline', async () => {
  const at = world();
  const startedMs = at.clock.monotonicMs();
  const body = { connectorInputPayload: { PaymentIntentId: 'pi_1' }, waitFor: WAIT };
  const late = { operationId: 'op-1', deadlineMs: 50_000, lateMs: 40_000, responseFlags: new Set<string>() };
  const prepared = actionHandler('ConfirmPaymentIntent').prepare(at.caller, body, late);
  const answer = await inVirtualTime(at.clock, prepared.run());
  assert.deepEqual(waited(answer), { reached: false, status: 'processing', event: null });
  assert.ok(at.clock.monotonicMs() - startedMs <= 10_000);
});

test('a write that is already in a wanted status waits for nothing', async () => {
  const at = world();
  at.status = 'succeeded';
  const answer = await inVirtualTime(at.clock, confirm(at));
  assert.deepEqual(waited(answer), { reached: true, status: 'succeeded', event: null });
  assert.deepEqual([at.reads, at.stripe.requests.length], [0, 1]);
});

test('events of other objects, accounts, statuses and times do not end the wait', async () => {
  const at = world({ allowed_accounts: ['acct_a'] });
  await arrive(at, 'succeeded');
  await at.clock.advance(60_000);
  at.status = 'processing';
  const result = confirm(at, { waitFor: { ...WAIT, seconds: 5 } });
  const others = at.clock.sleep(1000).then(async () => {
    await arrive(at, 'succeeded', 'pi_2');
    await arrive(at, 'succeeded', 'pi_1', { account: 'acct_a' });
    await arrive(at, 'canceled');
  });
  const [answer] = await inVirtualTime(at.clock, Promise.all([result, others]));
  assert.equal((waited(answer) as { reached: boolean }).reached, false);
});

test('an entity whose response already has a wanted status waits for nothing', async () => {
  const at = world();
  at.status = 'succeeded';
  const body = {
    entity: 'PaymentIntent',
    entityId: 'pi_1',
    connectorInputPayload: { Description: 'x' },
    waitFor: WAIT,
  };
  const answer = await inVirtualTime(at.clock, call(at, entityHandler('Update'), body, 'op-4'));
  assert.deepEqual(waited(answer), { reached: true, status: 'succeeded', event: null });
  assert.deepEqual([at.reads, at.stripe.requests.length], [0, 1]);
});

test('a repeated call finds the event that came while its first attempt was killed', async () => {
  const at = world();
  const first = confirm(at, { waitFor: { ...WAIT, seconds: 1 } });
  await inVirtualTime(at.clock, first);
  await arrive(at, 'requires_action');
  await at.clock.advance(600_000);
  const answer = await inVirtualTime(at.clock, confirm(at, { waitFor: { ...WAIT, seconds: 2 } }));
  assert.deepEqual(
    [(waited(answer) as { reached: boolean }).reached, rowOf(answer)['status']],
    [true, 'requires_action'],
  );
  assert.equal(
    at.stripe.requests.filter(({ method }) => method === 'POST').length,
    1,
    'waitFor is no part of the payload',
  );
});

test('an entity operation waits too, and keeps its payload', async () => {
  const at = world();
  const result = call(
    at,
    entityHandler('Update'),
    { entity: 'PaymentIntent', entityId: 'pi_1', connectorInputPayload: { Description: 'x' }, waitFor: WAIT },
    'op-2',
  );
  const [answer] = await inVirtualTime(
    at.clock,
    Promise.all([result, at.clock.sleep(2000).then(() => arrive(at, 'succeeded'))]),
  );
  assert.deepEqual(answer.body['connectorOutputPayload'], { Id: 'pi_1' });
  assert.equal((waited(answer) as { status: string }).status, 'succeeded');
});

const REJECTED: readonly (readonly [string, object, object, RegExp])[] = [
  [
    'more than 50 reads cover',
    {},
    { waitFor: { ...WAIT, seconds: 46 } },
    /waitFor.seconds: must be an integer from 1 to 45/,
  ],
  [
    'no status of the entity',
    {},
    { waitFor: { status: ['paid'], seconds: 1 } },
    /paid is not a status of PaymentIntent/,
  ],
  ['a status that no subscribed event reports', { event_types: ['invoice.*'] }, {}, /event_types reports succeeded/],
  [
    'events that carry no status',
    { event_payload: 'thin', events_refetch: false },
    {},
    /which have no status without events_refetch/,
  ],
  ['no topic for events', { events_topic: undefined }, {}, /events_topic/],
  ['no status', {}, { waitFor: { status: [], seconds: 1 } }, /waitFor/],
  ['no seconds', {}, { waitFor: { status: ['succeeded'] } }, /waitFor/],
  ['a further name', {}, { waitFor: { ...WAIT, until: 1 } }, /waitFor/],
];
for (const [name, settings, body, message] of REJECTED)
  test(`rejected before any call: ${name}`, () => {
    const at = world(settings);
    assert.throws(
      () => void confirm(at, body),
      (error) => error instanceof ConnectorError && error.status === 'INVALID_ARGUMENT' && message.test(error.message),
    );
    assert.equal(at.stripe.requests.length, 0);
  });

test('a read cannot wait', () => {
  const at = world();
  assert.throws(
    () => void call(at, entityHandler('Get'), { entity: 'PaymentIntent', entityId: 'pi_1', waitFor: WAIT }, 'op-3'),
    /waitFor/,
  );
});
