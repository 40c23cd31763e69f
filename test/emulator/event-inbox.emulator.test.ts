/** The event inbox in the Firestore emulator keeps what the one in memory keeps. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { firestoreEvents } from '../../shared/adapters/google/firestore-events.ts';
import { storedDocuments } from '../../shared/adapters/google/stored-documents.ts';
import { memoryEvents } from '../../shared/adapters/memory/events.ts';
import {
  EVENT_OUTCOMES,
  DEFAULT_PUBLISHING_STATE,
  type EventInbox,
  type InboxEntry,
  type InboxFilter,
} from '../../shared/event-inbox/store.ts';
import { emulatorIsHere, startFirestore, type Emulator } from './firestore.ts';

const NOW_MS = 1_795_478_400_000;

function entryOf(n: number): InboxEntry {
  const outcome = EVENT_OUTCOMES[n % EVENT_OUTCOMES.length] ?? 'published';
  return {
    id: `evt_${n}`,
    type: n % 2 === 0 ? 'customer.updated' : 'invoice.paid',
    originalType: 'customer.updated',
    family: n % 2 === 0 ? 'snapshot' : 'thin',
    account: n % 3 === 0 ? 'acct_a' : '',
    objectType: 'customer',
    objectId: `cus_${n % 4}`,
    status: '',
    changekey: `key-${n % 6}`,
    createdMs: NOW_MS + n,
    // Some are received in the same millisecond.
    receivedMs: NOW_MS + Math.floor(n / 3) * 1000,
    publishedMs: outcome === 'published' ? NOW_MS : 0,
    outcome,
    reason: '',
    attempts: 1,
    via: 'webhook',
  };
}

const FILTERS: readonly InboxFilter[] = [
  {},
  { type: 'invoice.paid' },
  { objectId: 'cus_1' },
  { account: 'acct_a' },
  { account: '' },
  { outcome: 'held' },
  { sinceMs: NOW_MS + 5000 },
  { type: 'customer.updated', account: 'acct_a', outcome: 'published', objectId: 'cus_0', sinceMs: NOW_MS },
];

const idsOf = (entries: readonly InboxEntry[]): string[] => entries.map(({ id }) => id).sort();

if (emulatorIsHere()) {
  let emulator: Emulator;
  let inboxes: readonly [EventInbox, EventInbox];
  before(async () => {
    emulator = await startFirestore();
    const options = { projectId: 'inbox', databaseId: '(default)', emulatorHost: emulator.host };
    inboxes = [firestoreEvents(options, 'shop', storedDocuments), memoryEvents({ epochMs: () => NOW_MS })];
    for (const inbox of inboxes) for (let n = 0; n < 30; n += 1) await inbox.write(entryOf(n));
  });
  after(() => emulator.stop());

  for (const filter of FILTERS)
    test(`the same entries, page by page: ${JSON.stringify(filter)}`, async () => {
      const [stored, kept] = inboxes;
      let position: InboxEntry | undefined;
      for (let pages = 0; pages < 20; pages += 1) {
        const page = await stored.query(filter, 4, position);
        assert.deepEqual(page, await kept.query(filter, 4, position));
        position = page.at(-1);
        if (position === undefined) return;
      }
      assert.fail('the pages do not end');
    });

  test('an entry, its change, and whether events are published', async () => {
    for (const inbox of inboxes) {
      assert.deepEqual(await inbox.read('evt_none'), { entry: undefined, state: DEFAULT_PUBLISHING_STATE });
      assert.deepEqual((await inbox.read('evt_5')).entry, entryOf(5));
      // More than one request of either kind, with ids and keys that no entry has.
      const many = Array.from({ length: 450 }, (_, n) => n);
      const read = await inbox.readAll(many.map((n) => `evt_${n}`));
      assert.deepEqual(idsOf(read), idsOf(many.slice(0, 30).map(entryOf)));
      const changed = await inbox.ofChanges([...many.map((n) => `none-${n}`), 'key-0', 'key-9']);
      assert.deepEqual(
        idsOf(changed),
        idsOf(
          many
            .slice(0, 30)
            .map(entryOf)
            .filter(({ changekey }) => ['key-0', 'key-9'].includes(changekey)),
        ),
      );
      assert.deepEqual([await inbox.readAll([]), await inbox.ofChanges([])], [[], []]);
      const paused = { paused: true, pausedMs: NOW_MS, reason: 'drill' };
      await inbox.setPublishing(paused);
      assert.deepEqual((await inbox.read('evt_5')).state, paused);
      assert.deepEqual(await inbox.publishing(), paused);
      assert.equal((await inbox.query({}, 100)).length, 30, 'the state is no entry');
    }
  });
}
