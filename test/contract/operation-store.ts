import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OperationRecord, OperationStore, Transition } from '../../shared/idempotency/store.ts';

const LEASE_US = 30_000_000;

/** Returns a record with every field set, and times relative to `nowUs`. */
export function recordAt(nowUs: number, changes: Partial<OperationRecord> = {}): OperationRecord {
  return {
    state: 'calling',
    fingerprint: 'f'.repeat(64),
    keyVersion: 2,
    fence: 7,
    leaseEndsUs: nowUs + LEASE_US,
    firstCalledUs: nowUs - 1,
    expiresUs: nowUs + 2 * LEASE_US,
    attempts: 3,
    requestIds: ['req_1', 'req_2'],
    outcome: '{"id":"pi_1","text":"é ☃"}',
    expand: '["customer"]',
    resolution: '{"effect":"done"}',
    ...changes,
  };
}

/** Writes a record, and returns it as it was computed. */
export function writeRecord(changes: Partial<OperationRecord> = {}): Transition<OperationRecord> {
  return (_, nowUs) => {
    const record = recordAt(nowUs, changes);
    return { record, result: record };
  };
}

/** Counts the writes of a record in its attempts, and returns the count. */
export const countWrites: Transition<number> = (record, nowUs) => {
  const attempts = (record?.attempts ?? 0) + 1;
  return { record: recordAt(nowUs, { attempts }), result: attempts };
};

/** Returns the current record and writes nothing. */
export async function readRecord(store: OperationStore, id: string): Promise<OperationRecord | undefined> {
  return store.update(id, (record) => ({ result: record }));
}

const METHODS = ['create', 'update', 'replaceOwn'] as const;

/**
 * Tests what every store of operations promises.
 *
 * @param open returns the store as one of two instances sees it
 * @param newId returns an id that has no record
 */
export function operationStoreContract(
  name: string,
  open: (instance: 'first' | 'second') => OperationStore,
  newId: () => string,
): void {
  for (const method of METHODS) {
    test(`${name}: ${method} of an id without a record stores every field, in the store's time`, async () => {
      const id = newId();
      const written = await open('first')[method](id, (record, nowUs) => {
        assert.equal(record, undefined);
        assert.ok(Number.isSafeInteger(nowUs) && nowUs > 0);
        return { record: recordAt(nowUs), result: recordAt(nowUs) };
      });
      assert.deepEqual(await readRecord(open('second'), id), written);
    });

    test(`${name}: ${method} without a new record writes nothing`, async () => {
      const id = newId();
      assert.equal(await open('first')[method](id, () => ({ result: 1 })), 1);
      assert.equal(await readRecord(open('second'), id), undefined);
      await open('first').create(id, countWrites);
      assert.equal(await open('first')[method](id, (record) => ({ result: record?.attempts })), 1);
      assert.equal((await readRecord(open('second'), id))?.attempts, 1);
    });

    test(`${name}: ${method} sees the record that this instance wrote, and the one that another wrote since`, async () => {
      for (const first of METHODS) {
        const id = newId();
        assert.equal(await open('first')[first](id, countWrites), 1);
        assert.equal(await open('first')[method](id, countWrites), 2);
        assert.equal(await open('second').update(id, countWrites), 3);
        assert.equal(await open('first')[method](id, countWrites), 4);
        assert.equal(await open('second')[method](id, countWrites), 5);
      }
    });

    test(`${name}: ${method} throws the transition's error unchanged, and nothing is written`, async () => {
      const id = newId();
      await assert.rejects(
        open('first')[method](id, () => {
          throw new Error('mine');
        }),
        /mine/,
      );
      assert.equal(await readRecord(open('second'), id), undefined);
    });

    test(`${name}: of concurrent calls of ${method}, each sees the previous write`, async () => {
      const id = newId();
      const calls = Array.from({ length: 6 }, (_, index) =>
        open(index % 2 === 0 ? 'first' : 'second')[method](id, countWrites),
      );
      assert.deepEqual((await Promise.all(calls)).sort(), [1, 2, 3, 4, 5, 6]);
    });
  }

  test(`${name}: the store's time never goes backwards`, async () => {
    const id = newId();
    const now: Transition<number> = (_, nowUs) => ({ record: recordAt(nowUs), result: nowUs });
    const times = [
      await open('first').create(id, now),
      await open('first').update(id, now),
      await open('second').update(id, now),
      await open('second').replaceOwn(id, now),
    ];
    const sorted = [...times].sort((a, b) => a - b);
    assert.deepEqual(times, sorted);
  });

  test(`${name}: ids with special characters have records of their own`, async () => {
    const ids = [newId(), `${newId()}/x`, `${newId()}.`, `__${newId()}__`, '~'.repeat(255)];
    for (const [attempts, id] of ids.entries()) await open('first').create(id, writeRecord({ attempts }));
    for (const [attempts, id] of ids.entries())
      assert.equal((await readRecord(open('second'), id))?.attempts, attempts);
  });
}
