import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TokenStore } from '../../shared/ports/token-store.ts';

const T = 175_000_000n;

/** What every token store promises. `fresh` gives a bucket that nobody used. */
export function tokenStoreContract(name: string, store: () => TokenStore, fresh: () => string): void {
  test(`${name}: the store's time goes forward`, async () => {
    const bucket = fresh();
    const first = await store().nowNs(bucket);
    const second = await store().nowNs(bucket);
    assert.ok(second >= first && first > 0n);
  });

  test(`${name}: an idle bucket's first slot is where the caller asks it to begin`, async () => {
    const bucket = fresh();
    const notBeforeNs = (await store().nowNs(bucket)) + 1_000_000_000n;
    const reserved = await store().reserve({ bucket, count: 3, intervalNs: T, notBeforeNs });
    assert.equal(reserved.firstNs, notBeforeNs);
  });

  test(`${name}: a busy bucket goes on where it was, to the nanosecond`, async () => {
    const bucket = fresh();
    const notBeforeNs = (await store().nowNs(bucket)) + 1_000_000_000n;
    await store().reserve({ bucket, count: 3, intervalNs: T, notBeforeNs });
    const next = await store().reserve({ bucket, count: 1, intervalNs: T, notBeforeNs });
    assert.equal(next.firstNs, notBeforeNs + 3n * T);
  });

  test(`${name}: what accumulated while idle is gone`, async () => {
    const bucket = fresh();
    const now = await store().nowNs(bucket);
    await store().reserve({ bucket, count: 1, intervalNs: T, notBeforeNs: now });
    const later = now + 60_000_000_000n;
    assert.equal((await store().reserve({ bucket, count: 1, intervalNs: T, notBeforeNs: later })).firstNs, later);
  });

  test(`${name}: buckets do not touch each other`, async () => {
    const [one, other] = [fresh(), fresh()];
    const notBeforeNs = (await store().nowNs(one)) + 5_000_000_000n;
    await store().reserve({ bucket: one, count: 6, intervalNs: T, notBeforeNs });
    assert.equal((await store().reserve({ bucket: other, count: 1, intervalNs: T, notBeforeNs })).firstNs, notBeforeNs);
  });

  test(`${name}: forty at once get forty times their slots, none twice, none closer than the interval`, async () => {
    const bucket = fresh();
    const notBeforeNs = await store().nowNs(bucket);
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        store()
          .reserve({ bucket, count: 1 + (i % 3), intervalNs: T, notBeforeNs })
          .then(({ firstNs }) => ({ firstNs, count: 1 + (i % 3) })),
      ),
    );
    const slots = answers
      .flatMap(({ firstNs, count }) => Array.from({ length: count }, (_, i) => firstNs + BigInt(i) * T))
      .sort((a, b) => (a < b ? -1 : 1));
    slots.slice(1).forEach((slot, index) => assert.ok(slot - slots[index]! >= T));
    assert.equal(
      slots.length,
      answers.reduce((sum, { count }) => sum + count, 0),
    );
  });
}
