import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FIRST_RING, NEW_LAYOUT, type AllocationStore } from '../../shared/rate-limiter/endpoints/ring.ts';

/** What every store of the endpoints' lanes promises. `fresh` returns an unused connection. */
export function allocationStoreContract(name: string, store: () => AllocationStore, fresh: () => string): void {
  test(`${name}: a new connection has the first ring and no position`, async () => {
    const { atUs, ...state } = await store().read(fresh());
    assert.deepEqual(state, {
      ring: { before: FIRST_RING, after: FIRST_RING, changedUs: undefined },
      positions: {},
      positionsChangedUs: undefined,
      layout: NEW_LAYOUT,
    });
    assert.ok(Number.isSafeInteger(atUs) && atUs > 0);
  });

  test(`${name}: a change of the ring has the time of its commit, which is not after a later read`, async () => {
    const connection = fresh();
    const { atUs: before } = await store().read(connection);
    await store().changeRing(connection, { before: FIRST_RING, after: 48, changedUs: undefined });
    const { ring, atUs } = await store().read(connection);
    assert.deepEqual([ring.before, ring.after], [FIRST_RING, 48]);
    assert.ok((ring.changedUs ?? 0) >= before && (ring.changedUs ?? Infinity) <= atUs, JSON.stringify(ring));
    await store().changeRing(connection, { before: 48, after: 100, changedUs: ring.changedUs });
    assert.equal((await store().read(connection)).ring.after, 100);
  });

  test(`${name}: of concurrent changes one happens, and a change of what was replaced does not`, async () => {
    const connection = fresh();
    const change = (after: number) =>
      store().changeRing(connection, { before: FIRST_RING, after, changedUs: undefined });
    await Promise.all([change(30), change(36), change(42)]);
    const { ring } = await store().read(connection);
    assert.ok([30, 36, 42].includes(ring.after), String(ring.after));
    await change(60);
    assert.deepEqual((await store().read(connection)).ring, ring);
  });

  test(`${name}: positions and the ring are kept apart, and of concurrent writers one succeeds`, async () => {
    const connection = fresh();
    const first = { 'GET.v1.customers': 0, 'POST.v1.payment_intents.:id.confirm': 1 };
    await store().replacePositions(connection, { positions: first, positionsChangedUs: undefined, layout: 1 });
    const { positions, positionsChangedUs, layout, ring } = await store().read(connection);
    assert.deepEqual([positions, layout, ring.changedUs], [first, 1, undefined]);
    const add = (key: string) =>
      store().replacePositions(connection, { positions: { ...first, [key]: 2 }, positionsChangedUs, layout });
    await Promise.all([add('search'), add('files.read')]);
    const read = await store().read(connection);
    const later = Object.keys(read.positions);
    assert.deepEqual([later.length, read.layout], [3, 1]);
    await add('files.write');
    assert.deepEqual(Object.keys((await store().read(connection)).positions), later);
  });
}
