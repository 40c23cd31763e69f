/** A backlog of events: what a run costs, in which order it publishes, and what one bad event or account holds up. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { snapshotEvent, thinEvent, type EventBody } from '../fixtures/event-families.ts';
import { EventLists } from '../support/event-lists.ts';
import { FakeStripeError } from '../support/fake-stripe.ts';

const ROWS = [100, 100] as const;
const HOUR_MS = 3_600_000;

/** Events of so many objects, one a second, the last some minutes ago. */
function backlog(at: EventLists, count: number, objects = count): EventBody[] {
  return Array.from({ length: count }, (_, n) =>
    snapshotEvent(
      at.change(n, {
        object: { id: `cus_${n % objects}`, object: 'customer' },
        createdS: at.nowS() - 100 - count + n,
      }),
    ),
  );
}

test('what is known costs some requests to the store, not one for each event', async () => {
  const at = new EventLists({ rows: ROWS });
  const changes = Array.from({ length: 450 }, (_, n) => at.change(n, { createdS: at.nowS() - 550 + n }));
  at.list(undefined, ...changes.map(snapshotEvent), ...changes.map(thinEvent));
  await at.run();
  assert.equal(at.connector.published.length, 450);
  at.inboxRequests = {};
  const { accounts } = await at.run();
  assert.deepEqual(
    accounts.map((summary) => 'counts' in summary && summary.counts),
    [{ duplicate: 450 }, { duplicate: 450 }],
  );
  const { publishing, readAll = 0, ofChanges = 0, ...others } = at.inboxRequests;
  // A query looks for events that were held while publishing was paused.
  assert.deepEqual([publishing, others], [1, { query: 1 }]);
  assert.ok(readAll + ofChanges <= 8, `${readAll} and ${ofChanges} requests`);
});

test('objects are published in parallel, the events of one object in their order', async () => {
  const at = new EventLists({ rows: ROWS, settings: { events_refetch: true }, requestMs: 200 });
  const bodies = backlog(at, 240, 80);
  at.list(undefined, ...bodies);
  const startMs = at.clock.epochMs();
  await at.run();
  assert.equal(at.connector.published.length, 240);
  for (let n = 0; n < 80; n += 1) {
    const published = at.connector.published.filter(({ orderingKey }) => orderingKey === `cus_${n}`);
    const times = published.map(({ attributes }) => attributes['ce-time'] ?? '');
    assert.deepEqual(times, [...times].sort());
  }
  // One read an object at 200 ms each takes 16 s one after another.
  assert.ok(at.clock.epochMs() - startMs < 6000, `${at.clock.epochMs() - startMs} ms`);
});

test('an hour with more events than memory should hold is read in shorter windows', async () => {
  const at = new EventLists({ rows: [3000, 3000], settings: { event_types: ['invoice.paid'] } });
  // Two seconds of dense traffic, then one event.
  const dense = Array.from({ length: 6000 }, (_, n) =>
    snapshotEvent(at.change(n, { createdS: at.nowS() - 2000 + (n % 2) })),
  );
  const wanted = snapshotEvent(at.change(9000, { type: 'invoice.paid', createdS: at.nowS() - 300 }));
  at.list(undefined, ...dense, wanted);
  const [v1] = (await at.run()).accounts;
  assert.ok(v1 !== undefined && 'counts' in v1 && v1.complete);
  assert.deepEqual(v1.counts, { ignored_type: 6000, published: 1 });
});

test('an event that fails holds up neither other events nor the other list, and is published later', async () => {
  const at = new EventLists({ rows: ROWS, settings: { events_refetch: true } });
  const bodies = backlog(at, 30);
  const v2 = thinEvent(at.change(99, { type: 'v2.core.account.updated' }));
  at.list(undefined, ...bodies, v2);
  const isBroken = (path: string): boolean => path.endsWith('/cus_7');
  at.rejected = ({ path }) =>
    isBroken(path) ? new FakeStripeError(500, { type: 'api_error', message: 'internal' }) : undefined;
  await assert.rejects(at.run(), /Stripe failed to answer/);
  const expected = [...bodies, v2].map(({ id }) => id);
  assert.deepEqual(at.ids().sort(), expected.filter((id) => id !== bodies[7]?.id).sort());
  // Longer than a run reads again in any case.
  await at.clock.advance(HOUR_MS);
  await assert.rejects(at.run());
  await at.clock.advance(HOUR_MS);
  at.rejected = () => undefined;
  await at.run();
  assert.deepEqual(at.ids().sort(), expected.sort());
});

test('a run ends after some failures: then the topic is the fault, not an event', async () => {
  const at = new EventLists({ rows: ROWS });
  at.list(undefined, ...backlog(at, 400));
  let attempts = 0;
  Object.assign(at.connector.publisher, {
    publish: () => {
      attempts += 1;
      return Promise.reject(new Error('Pub/Sub is away'));
    },
  });
  await assert.rejects(at.run(), /away/);
  assert.ok(attempts < 40, `${attempts} attempts`);
});

test('runs that are too short for all accounts reach each of them', async () => {
  const accounts = Array.from({ length: 12 }, (_, n) => `acct_${n}`);
  const [account_id, ...allowed_accounts] = accounts;
  // Each account takes a list of 30 s; a run has time for four of them.
  const at = new EventLists({ rows: ROWS, settings: { account_id, allowed_accounts }, requestMs: 15_000 });
  for (const [n, account] of accounts.entries())
    at.list(account, snapshotEvent(at.change(n, { createdS: at.nowS() - 200 })));
  const reached = (): number => new Set(at.connector.published.map(({ attributes }) => attributes['account'])).size;
  await at.run(40_000);
  assert.ok(reached() < 12);
  for (let runs = 0; runs < 6; runs += 1) await at.run(40_000);
  assert.equal(reached(), 12);
});

test('a run that ends within a window is continued by the next one', async () => {
  const at = new EventLists({ rows: ROWS, settings: { events_refetch: true }, requestMs: 1000 });
  const bodies = backlog(at, 100);
  at.list(undefined, ...bodies);
  let runs = 0;
  for (let complete = false; !complete; runs += 1) {
    const { accounts } = await at.run(8000);
    complete = accounts.every((summary) => 'complete' in summary && summary.complete);
    assert.ok(runs < 10, 'it does not end');
  }
  assert.ok(runs > 1);
  assert.equal(at.ids().length, 100);
  assert.equal(new Set(at.ids()).size, 100);
});

test('a run that works longer than its lease keeps the cursor', async () => {
  const at = new EventLists({ rows: ROWS, settings: { events_refetch: true }, requestMs: 5000 });
  at.list(undefined, ...backlog(at, 200));
  const startMs = at.clock.epochMs();
  await at.run(HOUR_MS);
  assert.ok(at.clock.epochMs() - startMs > 120_000);
  assert.equal(new Set(at.ids()).size, at.ids().length);
  const second = await at.run();
  assert.ok(second.accounts.every((summary) => 'complete' in summary && summary.complete));
});

test('a thin event that names an impossible snapshot is published', async () => {
  const at = new EventLists();
  const odd = ['../_publishing', '', 'evt_1/../evt_2', 'x'.repeat(2000)].map((snapshot_event, n) => ({
    ...thinEvent(at.change(n)),
    snapshot_event,
  }));
  at.list(undefined, ...odd);
  await at.run();
  assert.deepEqual(
    at.ids(),
    odd.map(({ id }) => id),
  );
});
