import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OperationRecord, OperationStore } from '../../shared/idempotency/store.ts';

export const RECORD: OperationRecord = {
  state: 'calling',
  fingerprint: 'f'.repeat(64),
  keyVersion: 2,
  fence: 7,
  leaseEndsUs: 1_795_000_000_000_001,
  firstCalledUs: 1_795_000_000_000_002,
  expiresUs: 1_795_000_000_000_003,
  attempts: 3,
  requestIds: ['req_1', 'req_2'],
  outcome: '{"id":"pi_1","text":"é ☃"}',
  expand: '',
  resolution: '',
};

/** What every store of operations promises. `fresh` gives an id that nobody used. */
export function operationStoreContract(name: string, store: () => OperationStore, fresh: () => string): void {
  test(`${name}: a new id has no record, and one that is written is read back whole`, async () => {
    const id = fresh();
    const first = await store().update(id, (record, nowUs) => {
      assert.equal(record, undefined);
      assert.ok(Number.isSafeInteger(nowUs) && nowUs > 0);
      return { record: RECORD, result: 'written' };
    });
    assert.equal(first, 'written');
    const read = await store().update(id, (record) => ({ result: record }));
    assert.deepEqual(read, RECORD);
  });

  test(`${name}: a step without a record writes nothing`, async () => {
    const id = fresh();
    assert.equal(await store().update(id, () => ({ result: 1 })), 1);
    assert.equal(await store().update(id, (record) => ({ result: record })), undefined);
  });

  test(`${name}: the store's time goes forward`, async () => {
    const id = fresh();
    const times: number[] = [];
    for (let i = 0; i < 3; i += 1)
      await store().update(id, (_, nowUs) => ({ record: { ...RECORD, attempts: i }, result: times.push(nowUs) }));
    assert.ok(times[0]! <= times[1]! && times[1]! <= times[2]!);
  });

  test(`${name}: of many at once each sees what the one before it wrote`, async () => {
    const id = fresh();
    const count = 6;
    const results = await Promise.all(
      Array.from({ length: count }, () =>
        store().update(id, (record) => {
          const tries = (record?.attempts ?? 0) + 1;
          return { record: { ...RECORD, attempts: tries }, result: tries };
        }),
      ),
    );
    assert.deepEqual([...results].sort(), [1, 2, 3, 4, 5, 6]);
  });

  test(`${name}: ids do not touch each other, however they are written`, async () => {
    const ids = [fresh(), `${fresh()}/x`, `${fresh()}.`, `__${fresh()}__`, '~'.repeat(255)];
    for (const [tries, id] of ids.entries())
      await store().update(id, () => ({ record: { ...RECORD, attempts: tries }, result: 0 }));
    for (const [tries, id] of ids.entries())
      assert.equal(await store().update(id, (record) => ({ result: record?.attempts })), tries);
  });

  test(`${name}: an error in a step is the caller's, and nothing is written`, async () => {
    const id = fresh();
    await assert.rejects(
      store().update(id, () => {
        throw new Error('mine');
      }),
      /mine/,
    );
    assert.equal(await store().update(id, (record) => ({ result: record })), undefined);
  });
}
