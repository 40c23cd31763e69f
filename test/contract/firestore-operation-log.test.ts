/** The list of operations in Firestore, on an in-memory database: a damaged document hides no other one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firestoreOperationLog } from '../../shared/adapters/google/admin/firestore-operation-log.ts';
import { firestoreOperations } from '../../shared/adapters/google/firestore-operations.ts';
import { storedDocuments } from '../../shared/adapters/google/stored-documents.ts';
import { createStoreClock } from '../../shared/adapters/store-clock.ts';
import type { OperationLog } from '../../shared/idempotency/store.ts';
import { OPERATION_ADMIN_METHODS, type OperationListing } from '../../shared/management/admin/operation-methods.ts';
import { isLaterVersion } from '../../shared/ports/store-errors.ts';
import { testConnector } from '../support/connector.ts';
import { fakeFirestore } from '../support/fake-firestore.ts';
import { fakeStripe } from '../support/fake-stripe.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { writeRecord } from './operation-store.ts';

const OPTIONS = { projectId: 'p', databaseId: '(default)' };
const IDS = ['a', 'b', 'c', 'd', 'e'];

/** Stores an operation for each of `IDS`. Each of `damaged` changes the fields of the document at that position. */
async function logOf(damaged: Readonly<Record<number, Readonly<Record<string, unknown>>>>): Promise<{
  log: OperationLog;
  ids: readonly string[];
  names: readonly string[];
}> {
  const { client, documents } = fakeFirestore();
  const clock = createStoreClock(new VirtualClock());
  const store = firestoreOperations(OPTIONS, 'c', storedDocuments, clock, client);
  for (const id of IDS) await store.create(id, writeRecord());
  const stored = [...documents].sort(([name], [other]) => (name < other ? -1 : 1));
  const ids = stored.map(([, { fields }]) => (fields['id'] as { stringValue: string }).stringValue);
  for (const [at, fields] of Object.entries(damaged)) Object.assign(stored[Number(at)]?.[1].fields ?? {}, fields);
  const log = firestoreOperationLog(OPTIONS, 'c', storedDocuments, client);
  return { log, ids, names: stored.map(([name]) => name.split('/').at(-1) ?? '') };
}

for (const max of [1, 2, 3, 5, 6])
  test(`pages of ${max} list every operation, although two documents are damaged`, async () => {
    const { log, ids, names } = await logOf({ 1: { id: undefined }, 3: { state: { stringValue: 'odd' } } });
    const [listed, unreadable]: [string[], string[]] = [[], []];
    let next: string | undefined;
    let pages = 0;
    do {
      const page = await log.page(max, next);
      listed.push(...page.entries.map(({ id }) => id));
      unreadable.push(...page.unreadable);
      next = page.next;
      pages += 1;
    } while (next !== undefined && pages < 10);
    assert.deepEqual(listed, [ids[0], ids[2], ids[4]]);
    assert.deepEqual(unreadable, [names[1], ids[3]]);
  });

test('a document of a later version is an error, because this revision does not know what is in it', async () => {
  const { log } = await logOf({ 2: { v: { integerValue: '99' } } });
  await assert.rejects(log.page(5, undefined), isLaterVersion);
});

test('operations.list counts damaged records as read, and names them', async () => {
  const { log: operationLog, ids } = await logOf({
    0: { attempts: { stringValue: 'x' } },
    1: { outcome: { stringValue: '{' }, state: { stringValue: 'failed' }, resolution: { stringValue: '' } },
    2: { resolution: { stringValue: '' } },
  });
  const connector = testConnector({ clock: new VirtualClock(), stripe: fakeStripe(() => ({})) });
  const { run } = OPERATION_ADMIN_METHODS['operations.list'] ?? assert.fail();
  const input = { text: () => undefined, count: () => undefined, required: () => '', flag: () => false };
  const listing = (await run({ ...connector, operationLog }, input, [])) as OperationListing;
  assert.deepEqual(
    listing.operations.map(({ operationId }) => operationId),
    [ids[2]],
  );
  // The last two have a resolution without a time.
  assert.deepEqual(listing.unreadable, [ids[0], ids[1], ids[3], ids[4]]);
  assert.deepEqual([listing.scanned, listing.nextPageToken], [5, null]);
});
