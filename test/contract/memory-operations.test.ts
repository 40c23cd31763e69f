import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryOperations } from '../../shared/adapters/memory/operations.ts';
import { systemClock } from '../../shared/adapters/system-clock.ts';
import { operationStoreContract, RECORD } from './operation-store.ts';

const store = memoryOperations(systemClock);
let ids = 0;
operationStoreContract(
  'memory',
  () => store,
  () => `id-${(ids += 1)}`,
);

test('memory: of ten thousand records the oldest is removed first', async () => {
  const small = memoryOperations(systemClock);
  for (let id = 0; id <= 10_000; id += 1) await small.update(String(id), () => ({ record: RECORD, result: 0 }));
  assert.equal(await small.update('0', (record) => ({ result: record })), undefined);
  assert.notEqual(await small.update('1', (record) => ({ result: record })), undefined);
});
