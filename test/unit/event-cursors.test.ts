/** Cursors of the lists of events at their borders: 30 days, a clock that is wrong, an account that cannot be read. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Clock } from '../../shared/ports/clock.ts';
import { StoreUnavailableError } from '../../shared/ports/store-errors.ts';
import { cursorPosition } from '../../shared/webhooks/reconcile/cursor-lease.ts';
import { reconcileAll } from '../../shared/webhooks/reconcile/reconcile-function.ts';
import { snapshotEvent, thinEvent } from '../fixtures/event-families.ts';
import { testConnector, type TestConnector } from '../support/connector.ts';
import { EventLists } from '../support/event-lists.ts';
import { FakeStripeError } from '../support/fake-stripe.ts';
import { inVirtualTime } from '../support/virtual-time.ts';

const DAY_S = 86_400;
const DAY_MS = DAY_S * 1000;
/** https://docs.stripe.com/api/events */
const LISTED_S = 30 * DAY_S;
const LISTS = ['v1', 'v2'] as const;

interface GapData {
  readonly account: string | null;
  readonly list: string;
  readonly reason: string;
  readonly fromS: number;
  readonly toS: number;
}

const gapsOf = ({ connector }: EventLists): readonly (GapData & { readonly id: string })[] =>
  connector.published
    .filter(({ attributes }) => attributes['type'] === 'stripe-connector.events.gap.v1')
    .map(({ attributes, data }) => ({ ...(JSON.parse(data) as GapData), id: attributes['ce-id'] ?? '' }));
const forbidden = new FakeStripeError(403, { type: 'invalid_request_error', message: 'no permission' });

for (const [name, ageS, gapS] of [
  ['exactly 30 days', LISTED_S, 0],
  ['30 days and a second', LISTED_S + 1, 1],
  ['40 days', LISTED_S + 10 * DAY_S, 10 * DAY_S],
] as const)
  test(`a cursor of ${name} leaves a gap of ${gapS} s, which is reported once for each list`, async () => {
    const at = new EventLists();
    await at.run();
    const cursorS = await cursorPosition(at.connector, 'v1', undefined);
    await at.clock.advance((cursorS + ageS - at.nowS()) * 1000);
    const oldest = snapshotEvent(at.change(1, { createdS: at.nowS() - LISTED_S }));
    at.list(undefined, oldest);
    for (let run = 0; run < 3; run += 1) {
      await at.run();
      await at.clock.advance(60_000);
    }
    assert.ok(at.ids().includes(oldest.id), 'the oldest event that Stripe lists is published');
    const expected = LISTS.map((list) => [list, 'retention', gapS]);
    assert.deepEqual(
      gapsOf(at).map(({ list, reason, fromS, toS }) => [list, reason, toS - fromS]),
      gapS === 0 ? [] : expected,
    );
    const logged = at.connector.logged.filter(({ message }) => message.startsWith('event gap'));
    assert.equal(logged.length, gapsOf(at).length);
  });

test('an account that cannot be read for months has its gap reported once it can be, and once', async () => {
  const at = new EventLists({ settings: { account_id: 'acct_a', allowed_accounts: ['acct_b'] } });
  await at.run();
  // https://docs.stripe.com/connect/authentication: the key has no access to an account that disconnected.
  at.rejected = ({ account }) => (account === 'acct_b' ? forbidden : undefined);
  for (let day = 0; day < 40; day += 10) {
    await at.clock.advance(10 * DAY_MS);
    await assert.rejects(at.run(), /no permission/);
  }
  assert.deepEqual(gapsOf(at), []);
  at.rejected = () => undefined;
  for (let day = 0; day < 3; day += 1) {
    await at.run();
    await at.clock.advance(DAY_MS);
  }
  assert.deepEqual(
    gapsOf(at).map(({ account, list }) => [account, list]),
    LISTS.map((list) => ['acct_b', list]),
  );
});

// A restricted key without the permission of events of API v2. https://docs.stripe.com/keys#limit-access
test('a key that may not read the list of API v2 has no gap of retention while it may not', async () => {
  for (const [event_types, reasons] of [
    [['customer.*'], []],
    [['*'], ['permission']],
  ] as const) {
    const at = new EventLists({ settings: { event_types } });
    at.rejected = ({ path }) => (path.startsWith('/v2/') ? forbidden : undefined);
    for (let day = 0; day < 40; day += 10) {
      await at.run();
      await at.clock.advance(10 * DAY_MS);
    }
    assert.deepEqual([...new Set(gapsOf(at).map(({ reason }) => reason))], reasons);
    assert.ok(new Set(gapsOf(at).map(({ id }) => id)).size <= 1, 'one id');
    at.rejected = () => undefined;
    const before = gapsOf(at).length;
    for (let run = 0; run < 3; run += 1) await at.run();
    assert.deepEqual(
      gapsOf(at)
        .slice(before)
        .map(({ list, reason }) => [list, reason]),
      reasons.length === 0 ? [] : [['v2', 'retention']],
    );
  }
});

test('a run that is killed between the report of a gap and its cursor reports it again under the same id', async () => {
  const at = new EventLists();
  await at.run();
  await at.clock.advance(40 * DAY_MS);
  const { publisher, deps } = at.connector;
  const publish = publisher.publish.bind(publisher);
  const update = deps.operations.update.bind(deps.operations);
  const die = (): Promise<never> => Promise.reject(new StoreUnavailableError('killed'));
  Object.assign(publisher, {
    publish: async (...message: Parameters<typeof publish>) => {
      await publish(...message);
      Object.assign(deps.operations, { update: die });
    },
  });
  await assert.rejects(at.run());
  Object.assign(publisher, { publish });
  Object.assign(deps.operations, { update });
  await at.clock.advance(300_000);
  for (let run = 0; run < 2; run += 1) await at.run();
  const v1 = gapsOf(at).filter(({ list }) => list === 'v1');
  assert.deepEqual([v1.length, new Set(v1.map(({ id }) => id)).size], [2, 1]);
});

test('an account that is new begins an hour ago, and its cursors move apart from those of the others', async () => {
  const at = new EventLists({ settings: { account_id: 'acct_a' } });
  await at.run();
  await at.clock.advance(20 * DAY_MS);
  const added = withClock(at, at.clock, { account_id: 'acct_a', allowed_accounts: ['acct_b'] });
  const [old, recent] = [7200, 600].map((ageS, n) => snapshotEvent(at.change(n, { createdS: at.nowS() - ageS })));
  const missed = thinEvent(at.change(5, { createdS: at.nowS() - 10 * DAY_S, type: 'v2.core.account.updated' }));
  at.list('acct_b', old as typeof missed, recent as typeof missed);
  at.list('acct_a', missed);
  at.rejected = ({ account, path }) =>
    account === 'acct_a' && path.startsWith('/v2/')
      ? new FakeStripeError(500, { type: 'api_error', message: 'outage' })
      : undefined;
  const before = await cursorPosition(added, 'v2', 'acct_a');
  await assert.rejects(inVirtualTime(at.clock, reconcileAll(added)));
  assert.deepEqual(idsOf(added), [recent?.id]);
  assert.equal(await cursorPosition(added, 'v2', 'acct_a'), before, 'the list that failed has its old cursor');
  for (const [list, account] of [
    ['v1', 'acct_a'],
    ['v1', 'acct_b'],
    ['v2', 'acct_b'],
  ] as const)
    assert.ok((await cursorPosition(added, list, account)) > before, `${list} ${account}`);
  at.rejected = () => undefined;
  await inVirtualTime(at.clock, reconcileAll(added));
  assert.deepEqual(idsOf(added), [recent?.id, missed.id]);
});

for (const [name, skewMs] of [
  ['two hours ahead', 7_200_000],
  ['two hours behind', -7_200_000],
] as const)
  test(`a run of a machine whose clock is ${name} loses no event`, async () => {
    const at = new EventLists();
    await at.run();
    const { clock } = at;
    const wrong: Clock = {
      monotonicMs: () => clock.monotonicMs(),
      epochMs: () => clock.epochMs() + skewMs,
      sleep: (ms) => clock.sleep(ms),
      setTimer: (ms, ring) => clock.setTimer(ms, ring),
    };
    const skewed = withClock(at, wrong);
    const ids: string[] = [];
    for (let minute = 0; minute < 300; minute += 30) {
      const body = snapshotEvent(at.change(minute, { createdS: at.nowS() }));
      ids.push(body.id);
      at.list(undefined, body);
      await at.clock.advance(30 * 60_000);
      // The scheduler's runs come to any instance.
      await inVirtualTime(clock, reconcileAll(minute % 60 === 0 ? skewed : at.connector));
    }
    await at.clock.advance(5 * 3_600_000);
    await at.run();
    assert.deepEqual([...at.ids(), ...idsOf(skewed)].sort(), ids.sort());
    assert.deepEqual(gapsOf(at), []);
  });

function idsOf({ published }: TestConnector): unknown[] {
  return published.map(({ attributes }) => attributes['ce-id']);
}

/** A connection with the same inbox and records, on a machine with another clock. */
function withClock({ stripe, connector }: EventLists, clock: Clock, settings: object = {}): TestConnector {
  return testConnector({
    clock,
    stripe,
    inbox: connector.inbox,
    operations: connector.deps.operations,
    settings: { min_nodes: 100, max_nodes: 100, account_ceiling: 10_000, endpoint_ceiling: 10_000, ...settings },
  });
}
