/** Events that are held while publishing is paused: none is lost, none stays held, and each is published once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InboxEntry } from '../../shared/event-inbox/store.ts';
import { ConnectorError } from '../../shared/errors.ts';
import { setPublishing } from '../../shared/management/admin/event-methods.ts';
import { StoreUnavailableError } from '../../shared/ports/store-errors.ts';
import { reconcileAll } from '../../shared/webhooks/reconcile/reconcile-function.ts';
import { snapshotEvent, thinEvent, type EventBody } from '../fixtures/event-families.ts';
import { testConnector, type TestConnector } from '../support/connector.ts';
import { EventLists } from '../support/event-lists.ts';
import { FakeStripeError } from '../support/fake-stripe.ts';
import { inVirtualTime } from '../support/virtual-time.ts';

const HOUR_MS = 3_600_000;
const DAY_S = 86_400;

const pause = (at: EventLists): Promise<object> => setPublishing(at.connector, true, 'drill');
const resume = (at: EventLists): Promise<object> => setPublishing(at.connector, false, '');
const entryOf = async (at: EventLists, { id }: EventBody): Promise<InboxEntry | undefined> =>
  (await at.connector.inbox.read(id)).entry;
const held = (at: EventLists): Promise<readonly InboxEntry[]> => at.connector.inbox.query({ outcome: 'held' }, 500);
const errors = (at: EventLists): string[] =>
  at.connector.logged.filter(({ severity }) => severity === 'ERROR').map(({ message }) => message);

/** A connection with the same inbox and records, and other settings. */
function withSettings(at: EventLists, settings: object): TestConnector {
  const { clock, stripe, connector } = at;
  return testConnector({
    clock,
    stripe,
    inbox: connector.inbox,
    operations: connector.deps.operations,
    settings: { min_nodes: 100, max_nodes: 100, ...settings },
  });
}

test('a change that was held as a thin event is published in that family alone', async () => {
  const at = new EventLists({ settings: { event_types: ['v1.customer.*'] } });
  await at.run();
  await pause(at);
  const changes = Array.from({ length: 6 }, (_, n) => at.change(n, { createdS: at.nowS() }));
  at.list(undefined, ...changes.flatMap((one) => [snapshotEvent(one), thinEvent(one)]));
  for (const one of changes) assert.equal(await at.publish(thinEvent(one)), 'held');
  await at.clock.advance(HOUR_MS);
  await resume(at);
  for (let run = 0; run < 3; run += 1) {
    await at.run();
    await at.clock.advance(HOUR_MS);
  }
  assert.deepEqual(at.ids().sort(), changes.map((one) => thinEvent(one).id).sort());
  assert.deepEqual(await held(at), []);
});

// Stripe delivers again for up to three days. https://docs.stripe.com/webhooks#automatic-retries
test('an event that Stripe delivered late, before the cursor of its account, does not stay held', async () => {
  for (const make of [snapshotEvent, thinEvent]) {
    const at = new EventLists();
    const late = make(at.change(1, { createdS: at.nowS() - 2 * DAY_S }));
    at.list(undefined, late);
    await at.run();
    await pause(at);
    assert.equal(await at.publish(late), 'held');
    await resume(at);
    for (let run = 0; run < 3; run += 1) await at.run();
    assert.deepEqual(at.ids(), [late.id]);
    assert.equal((await entryOf(at, late))?.outcome, 'published');
  }
});

test('a held event that Stripe does not have any more is failed, and reported once', async () => {
  const at = new EventLists();
  await pause(at);
  const body = snapshotEvent(at.change(1));
  await at.publish(body);
  await at.clock.advance(HOUR_MS);
  await resume(at);
  for (let run = 0; run < 3; run += 1) {
    await at.run();
    await at.clock.advance(HOUR_MS);
  }
  const entry = await entryOf(at, body);
  assert.deepEqual([entry?.outcome, entry?.reason], ['failed', 'EVENT_NOT_FOUND']);
  assert.deepEqual(
    errors(at).filter((message) => message.startsWith('held')),
    ['held event not published'],
  );
});

test('a held event that the settings do not select any more is ignored', async () => {
  const at = new EventLists({ settings: { allowed_accounts: ['acct_a'] } });
  await pause(at);
  const [invoice, other] = [
    thinEvent(at.change(1, { type: 'invoice.updated', object: { id: 'in_1', object: 'invoice' } })),
    snapshotEvent(at.change(2, { account: 'acct_a' })),
  ];
  for (const body of [invoice, other]) assert.equal(await at.publish(body), 'held');
  await resume(at);
  const changed = withSettings(at, { event_types: ['customer.*'] });
  await inVirtualTime(at.clock, reconcileAll(changed));
  assert.deepEqual(changed.published, []);
  assert.equal((await entryOf(at, invoice))?.outcome, 'ignored_type');
  assert.equal((await entryOf(at, invoice))?.body, undefined);
  assert.equal((await entryOf(at, other))?.outcome, 'ignored_account');
});

test('a held event that Pub/Sub rejects is failed, and is not tried for ever', async () => {
  const at = new EventLists();
  await pause(at);
  const body = thinEvent(at.change(1));
  await at.publish(body);
  await resume(at);
  let attempts = 0;
  Object.assign(at.connector.publisher, {
    publish: () => {
      attempts += 1;
      return Promise.reject(new ConnectorError('INVALID_ARGUMENT', 'rejected', { reason: 'MESSAGE_REFUSED' }));
    },
  });
  for (let run = 0; run < 3; run += 1) await at.run();
  const entry = await entryOf(at, body);
  assert.deepEqual([entry?.outcome, entry?.reason, entry?.body, attempts], ['failed', 'MESSAGE_REFUSED', undefined, 1]);
});

test('a held event whose publication fails for now stays held, and is published later', async () => {
  for (const make of [snapshotEvent, thinEvent]) {
    const at = new EventLists();
    const late = make(at.change(1, { createdS: at.nowS() - 2 * DAY_S }));
    at.list(undefined, late);
    await at.run();
    await pause(at);
    await at.publish(late);
    await resume(at);
    const publish = at.connector.publisher.publish.bind(at.connector.publisher);
    Object.assign(at.connector.publisher, { publish: () => Promise.reject(new Error('Pub/Sub is down')) });
    await at.run();
    assert.equal((await entryOf(at, late))?.outcome, 'held');
    Object.assign(at.connector.publisher, { publish });
    await at.run();
    assert.deepEqual(at.ids(), [late.id]);
  }
});

test('an event that is published after a pause, but not recorded, is published again and does not stay held', async () => {
  for (const make of [snapshotEvent, thinEvent]) {
    const at = new EventLists();
    await at.run();
    await pause(at);
    const body = make(at.change(1, { createdS: at.nowS() }));
    at.list(undefined, body);
    await at.publish(body);
    await at.clock.advance(HOUR_MS);
    await resume(at);
    const { inbox } = at.connector;
    const write = inbox.write.bind(inbox);
    let failures = 1;
    Object.assign(inbox, {
      write: (entry: InboxEntry) => (failures-- > 0 ? Promise.reject(new StoreUnavailableError('down')) : write(entry)),
    });
    for (let run = 0; run < 4; run += 1) {
      await at.run();
      await at.clock.advance(HOUR_MS);
    }
    assert.deepEqual(at.ids(), [body.id, body.id]);
    assert.equal((await entryOf(at, body))?.outcome, 'published');
  }
});

test('two runs after a resume publish each held event once', async () => {
  const at = new EventLists({ requestMs: 100 });
  await pause(at);
  const bodies = Array.from({ length: 50 }, (_, n) => thinEvent(at.change(n)));
  for (const body of bodies) await at.publish(body);
  await Promise.all([resume(at), resume(at)]);
  const other = withSettings(at, {});
  await inVirtualTime(at.clock, Promise.allSettled([reconcileAll(at.connector), reconcileAll(other)]));
  const ids = [...at.connector.published, ...other.published].map(({ attributes }) => attributes['ce-id']);
  assert.deepEqual(ids.sort(), bodies.map(({ id }) => id).sort());
});

test('a pause while held events are published stops that, and the rest follows', async () => {
  const at = new EventLists();
  await pause(at);
  const bodies = Array.from({ length: 40 }, (_, n) => thinEvent(at.change(n)));
  for (const body of bodies) await at.publish(body);
  await resume(at);
  const publish = at.connector.publisher.publish.bind(at.connector.publisher);
  Object.assign(at.connector.publisher, {
    publish: async (...message: Parameters<typeof publish>) => {
      await publish(...message);
      await pause(at);
    },
  });
  await at.run();
  assert.ok(at.ids().length <= 8, `${at.ids().length} that were under way`);
  assert.equal((await held(at)).length, 40 - at.ids().length);
  for (const { attempts } of await held(at)) assert.equal(attempts, 1, 'a run that finds the pause writes nothing');
  Object.assign(at.connector.publisher, { publish });
  await resume(at);
  await at.run();
  assert.deepEqual(at.ids().sort(), bodies.map(({ id }) => id).sort());
});

// https://docs.stripe.com/connect/webhooks: Stripe lists no events of an account that has disconnected.
test('that an account disconnected during a pause is published after it', async () => {
  const at = new EventLists({ settings: { allowed_accounts: ['acct_a'] } });
  await pause(at);
  const gone = snapshotEvent(
    at.change(1, {
      type: 'account.application.deauthorized',
      object: { id: 'ca_1', object: 'application' },
      account: 'acct_a',
    }),
  );
  assert.equal(await at.publish(gone), 'held');
  at.rejected = ({ account }) =>
    account === 'acct_a'
      ? new FakeStripeError(403, { type: 'invalid_request_error', code: 'account_invalid', message: 'no access' })
      : undefined;
  await resume(at);
  await assert.rejects(at.run(), /no access/);
  assert.deepEqual(at.ids(), [gone.id]);
});
