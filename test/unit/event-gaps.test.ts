/** Events that cannot be read from Stripe are reported as a gap, and a pause loses none. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inboxPage, inboxRequest } from '../../shared/event-inbox/filter.ts';
import { setPublishing } from '../../shared/management/admin/event-methods.ts';
import { StoreUnavailableError } from '../../shared/ports/store-errors.ts';
import { reconcileAll } from '../../shared/webhooks/reconcile/reconcile-function.ts';
import { snapshotEvent, thinEvent } from '../fixtures/event-families.ts';
import { testConnector } from '../support/connector.ts';
import { EventLists } from '../support/event-lists.ts';
import { FakeStripeError } from '../support/fake-stripe.ts';
import { inVirtualTime } from '../support/virtual-time.ts';

const DAY_S = 86_400;

// https://docs.stripe.com/keys#limit-access, and an account to which API v2 is not open.
for (const status of [403, 404]) {
  const rejectV2: EventLists['rejected'] = ({ path }) =>
    path.startsWith('/v2/')
      ? new FakeStripeError(status, { type: 'invalid_request_error', message: 'no permission' })
      : undefined;

  test(`a key that may not read the list of API v2 (${status}) reconciles that of API v1, and the rest is a gap`, async () => {
    const at = new EventLists();
    at.rejected = rejectV2;
    at.list(undefined, snapshotEvent(at.change(1)));
    const beganS = at.nowS();
    for (let run = 0; run < 2; run += 1) {
      const { accounts } = await at.run();
      const [v1, v2] = accounts;
      assert.ok(v1 !== undefined && v2 !== undefined && !('error' in v1) && v1.complete);
      assert.deepEqual(v2.gap, { fromS: beganS - 3600, toS: at.nowS() });
      await at.clock.advance(DAY_S * 1000);
    }
    assert.ok(at.connector.logged.some(({ severity, message }) => severity === 'ERROR' && /^event gap/.test(message)));
    const [event, ...gaps] = at.connector.published;
    assert.equal(event?.attributes['ce-id'], snapshotEvent(at.change(1)).id);
    assert.equal(new Set(gaps.map(({ attributes }) => attributes['ce-id'])).size, 1, 'one gap, with one id');
    assert.match(gaps[0]?.data ?? '', /"list":"v2","reason":"permission"/);
  });

  test(`what was missed while the key might not read the list of API v2 (${status}) follows once it may`, async () => {
    const at = new EventLists();
    at.rejected = rejectV2;
    await at.run();
    const missed = thinEvent(at.change(1, { createdS: at.nowS() }));
    at.list(undefined, missed);
    await at.clock.advance(20 * DAY_S * 1000);
    await at.run();
    at.rejected = () => undefined;
    await at.run();
    assert.ok(at.ids().includes(missed.id));
  });

  test(`a connection that selects only snapshots has no gap in the list of API v2 (${status})`, async () => {
    const at = new EventLists({ settings: { event_types: ['customer.*'] } });
    at.rejected = rejectV2;
    const { accounts } = await at.run();
    assert.ok(accounts.every(({ gap }) => gap === undefined));
    assert.equal(at.connector.published.length, 0);
  });

  test(`a thin event that was held is published though the key may not read its list (${status})`, async () => {
    const at = new EventLists();
    at.rejected = rejectV2;
    await setPublishing(at.connector, true, 'drill');
    const bodies = [1, 2, 3].map((n) => thinEvent(at.change(n)));
    for (const body of bodies) assert.equal(await at.publish(body), 'held');
    const page = await inboxPage(at.connector.inbox, inboxRequest(new Map([['outcome', 'held']])));
    assert.ok(page.events.every((event) => !('body' in event)));
    await setPublishing(at.connector, false, '');
    const publish = at.connector.publisher.publish.bind(at.connector.publisher);
    let failures = 1;
    Object.assign(at.connector.publisher, {
      publish: (...message: Parameters<typeof publish>) =>
        failures-- > 0 ? Promise.reject(new Error('Pub/Sub is down')) : publish(...message),
    });
    for (let run = 0; run < 2; run += 1) await at.run().catch(() => undefined);
    const published = at.ids().filter((id) => String(id).startsWith('evt_'));
    assert.deepEqual(published.sort(), bodies.map(({ id }) => id).sort(), 'each once');
    for (const { id } of bodies) assert.equal((await at.connector.inbox.read(id)).entry?.body, undefined);
  });
}

test('a paused connection acknowledges no event that it cannot hold', async () => {
  const at = new EventLists();
  await setPublishing(at.connector, true, 'drill');
  Object.assign(at.connector.inbox, { write: () => Promise.reject(new StoreUnavailableError('down')) });
  for (const event of [thinEvent, snapshotEvent]) await assert.rejects(at.publish(event(at.change(1))));
});

test('an account that is added long after a pause has no gap and no events of before', async () => {
  const at = new EventLists();
  await setPublishing(at.connector, true, 'drill');
  await at.run();
  await setPublishing(at.connector, false, '');
  for (const days of [20, 20]) {
    await at.clock.advance(days * DAY_S * 1000);
    at.list(undefined, snapshotEvent(at.change(days, { createdS: at.nowS() - 7200 })));
    // The connection has the account since now: its cursors are new.
    const added = testConnector({
      clock: at.clock,
      stripe: at.stripe,
      inbox: at.connector.inbox,
      settings: { min_nodes: 100, max_nodes: 100 },
    });
    const { accounts } = await inVirtualTime(at.clock, reconcileAll(added));
    assert.ok(accounts.every(({ gap }) => gap === undefined));
    assert.deepEqual(added.published, []);
  }
});

test('what an account missed while publishing was paused is published, though it was never read before', async () => {
  const at = new EventLists();
  await setPublishing(at.connector, true, 'drill');
  await at.run();
  const missed = snapshotEvent(at.change(1, { createdS: at.nowS() + 3600 }));
  at.list(undefined, missed);
  await at.clock.advance(5 * DAY_S * 1000);
  await setPublishing(at.connector, false, '');
  await at.run();
  assert.deepEqual(at.ids(), [missed.id]);
});

test('a first run that fails loses nothing', async () => {
  const at = new EventLists();
  at.rejected = () => new FakeStripeError(500, { type: 'api_error', message: 'outage' });
  await assert.rejects(at.run());
  const missed = snapshotEvent(at.change(1, { createdS: at.nowS() }));
  at.list(undefined, missed);
  await at.clock.advance(DAY_S * 1000);
  at.rejected = () => undefined;
  await at.run();
  assert.deepEqual(at.ids(), [missed.id]);
});
