import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryOperations } from '../../shared/adapters/memory/operations.ts';
import { createStoreClock } from '../../shared/adapters/store-clock.ts';
import { systemClock } from '../../shared/adapters/system-clock.ts';
import { operationStoreContract, readRecord, writeRecord } from './operation-store.ts';

const store = memoryOperations(createStoreClock(systemClock));
let ids = 0;
operationStoreContract(
  'memory',
  () => store,
  () => `id-${(ids += 1)}`,
);

test('memory: the oldest of ten thousand records is dropped first', async () => {
  const small = memoryOperations(createStoreClock(systemClock));
  for (let id = 0; id <= 10_000; id += 1) await small.create(String(id), writeRecord());
  assert.equal(await readRecord(small, '0'), undefined);
  assert.notEqual(await readRecord(small, '1'), undefined);
});
