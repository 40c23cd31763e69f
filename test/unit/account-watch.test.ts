/** Connections that use one Stripe account without shares of its limit: https://docs.stripe.com/rate-limits */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AccountUser, AccountUsers } from '../../shared/ports/account-users.ts';
import { accountFingerprint, AccountWatch } from '../../shared/stripe/secrets/account-watch.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const HOUR_MS = 3_600_000;
const ACCOUNT = '1Nv0FGQ9RKHgCVdK';
const LIVE = `sk_live_5${ACCOUNT}${'a'.repeat(82)}`;
const TEST = `sk_test_5${ACCOUNT}${'a'.repeat(82)}`;
const LINE = 'connections share a Stripe account without account_ceiling';

/** A database, and connections that read their key. */
function database(): {
  readonly read: (
    connection: string,
    key: string,
    share?: { perSecond?: number; hasCeiling?: boolean },
  ) => Promise<object[]>;
  readonly clock: VirtualClock;
  readonly counts: { reads: number; writes: number; fails: boolean };
} {
  const clock = new VirtualClock();
  const stored = new Map<string, Map<string, AccountUser>>();
  const counts = { reads: 0, writes: 0, fails: false };
  const users: AccountUsers = {
    read: (account) => {
      counts.reads += 1;
      return counts.fails
        ? Promise.reject(new Error('away'))
        : Promise.resolve([...(stored.get(account)?.values() ?? [])]);
    },
    write: (account, user) => {
      counts.writes += 1;
      stored.set(account, (stored.get(account) ?? new Map<string, AccountUser>()).set(user.connection, user));
      return Promise.resolve();
    },
  };
  const watches = new Map<string, AccountWatch>();
  const lines: [string, object][] = [];
  const log = { write: (_: string, message: string, details: object) => void lines.push([message, details]) };
  return {
    clock,
    counts,
    async read(connection, key, { perSecond = 25, hasCeiling = false } = {}) {
      const watch =
        watches.get(connection) ?? new AccountWatch({ users, clock, log, own: { connection, perSecond, hasCeiling } });
      watches.set(connection, watch);
      lines.length = 0;
      watch.checkInBackground(key);
      await clock.advance(0);
      return lines.filter(([message]) => message === LINE).map(([, details]) => details);
    },
  };
}

void test('the second connection of an account reports both, with their sum and the limit', async () => {
  const { read } = database();
  assert.deepEqual(await read('shop', TEST), []);
  assert.deepEqual(await read('reports', TEST), [
    { connections: ['reports', 'shop'], without: ['reports', 'shop'], perSecond: 50, limit: 25 },
  ]);
});

for (const [what, first, second, reported] of [
  ['two with shares', { hasCeiling: true }, { hasCeiling: true }, false],
  ['one with a share', { hasCeiling: true }, {}, true],
  ['two that stay below the limit of a live account', {}, {}, false, LIVE],
  ['two that may exceed the limit of a live account', { perSecond: 60 }, { perSecond: 60 }, true, LIVE],
] as const)
  void test(`reports ${what}: ${reported}`, async () => {
    const { read } = database();
    const key = what.includes('live') ? LIVE : TEST;
    await read('shop', key, first);
    assert.equal((await read('reports', key, second)).length, reported ? 1 : 0);
  });

void test('connections of different accounts, or of the modes of one, are not compared', async () => {
  const { read } = database();
  await read('shop', TEST);
  assert.deepEqual(await read('live', LIVE, { perSecond: 90 }), []);
  assert.deepEqual(await read('other', TEST.replace(ACCOUNT, '1Nv0FGQ9RKHgCVdX')), []);
});

void test('a connection that has not used the account for two days does not count', async () => {
  const { read, clock } = database();
  await read('shop', TEST);
  await clock.advance(49 * HOUR_MS);
  assert.deepEqual(await read('reports', TEST), []);
});

void test('an instance looks every six hours, and a connection writes twice a day', async () => {
  const { read, clock, counts } = database();
  for (let minutes = 0; minutes < 24 * 60; minutes += 10) {
    await read('shop', TEST);
    await clock.advance(600_000);
  }
  assert.equal(counts.reads, 4);
  assert.ok(counts.writes <= 2, String(counts.writes));
});

void test('a failed look harms no call, and is repeated when the key is next used', async () => {
  const { read, counts } = database();
  counts.fails = true;
  assert.deepEqual(await read('shop', TEST), []);
  counts.fails = false;
  await read('shop', TEST);
  assert.deepEqual([counts.reads, counts.writes], [2, 1]);
});

void test('keys of one account and mode have one fingerprint, and it contains neither', () => {
  const restricted = `rk_test_5${ACCOUNT}${'b'.repeat(82)}`;
  assert.equal(accountFingerprint(TEST), accountFingerprint(restricted));
  assert.notEqual(accountFingerprint(TEST), accountFingerprint(LIVE));
  assert.match(accountFingerprint(TEST), /^[0-9a-f]{40}$/);
  // Keys of another form: only the same key.
  assert.notEqual(accountFingerprint('sk_test_4eC39HqLyjWDarjtT1zdp7dc'), accountFingerprint('sk_test_other'));
});
