/** The event stream with a bug in it. */
import { seesEach, type Mutant } from './planted.ts';

const MUTANTS: Readonly<Record<string, Mutant>> = {
  'the context of an event is ignored': {
    file: 'shared/webhooks/event.ts',
    right: 'if (!isNonEmptyText(context)) return undefined;',
    wrong: 'if (isNonEmptyText(context) || !isNonEmptyText(context)) return undefined;',
    test: 'test/unit/event-stream.test.ts',
    named: 'foreign event',
  },
  'reads are coalesced across accounts': {
    file: 'shared/webhooks/refetch.ts',
    right: 'JSON.stringify([account ?? null, kind, id])',
    wrong: 'JSON.stringify([kind, id])',
    test: 'test/unit/event-refetch.test.ts',
    named: 'two accounts',
  },
  'an event gets a read that began before it': {
    file: 'shared/webhooks/coalesced-reads.ts',
    right: 'read.readAtMs >= happenedMs + CLOCK_MARGIN_MS',
    wrong: 'read.readAtMs >= 0',
    test: 'test/unit/event-refetch.test.ts',
    named: 'later state',
  },
  'the cursor moves before the events are published': {
    file: 'shared/webhooks/reconcile.ts',
    right: 'if (!(await publishAll(events))) break;',
    wrong: 'await move(toS, LEASE_US); if (!(await publishAll(events))) break;',
    test: 'test/unit/event-reconcile.test.ts',
    named: 'middle of a run',
  },
  'a replay changes the id of the event': {
    file: 'shared/webhooks/replay.ts',
    right: 'return { ...parseEvent(body), ...own };',
    wrong: 'return { ...parseEvent(body), id: `${entry.id}r`, ...own };',
    test: 'test/unit/event-inbox.test.ts',
    named: 'its own id',
  },
  'a change that both lists have is published twice': {
    file: 'shared/webhooks/publish.ts',
    right: "if (family === 'v2') return false;",
    wrong: 'if (inbox) return false;',
    test: 'test/unit/event-reconcile.test.ts',
    named: 'both lists',
  },
  'deliveries that arrive together are published each': {
    file: 'shared/webhooks/publish.ts',
    right: 'if (other !== undefined) return other.then',
    wrong: 'if (other !== undefined && !other) return other.then',
    test: 'test/unit/event-duplicates.test.ts',
    named: 'one publication',
  },
  'what waited for its object is published whatever happened meanwhile': {
    file: 'shared/webhooks/publish.ts',
    right: 'clock.monotonicMs() - readMs > RECHECK_MS',
    wrong: 'clock.monotonicMs() - readMs > Infinity',
    test: 'test/unit/event-duplicates.test.ts',
    named: 'waited long',
  },
  'a failure hides that another instance published the event': {
    file: 'shared/webhooks/publish.ts',
    right: 'if (await isPublished(connector, event))',
    wrong: 'if (inbox === undefined)',
    test: 'test/unit/event-duplicates.test.ts',
    named: 'leaves the entry',
  },
  'an object of the other mode counts as deleted': {
    file: 'shared/stripe/paginate.ts',
    right: 'isMissing && !OTHER_MODE.test(error.message)',
    wrong: 'isMissing && error.message.length > 0',
    test: 'test/unit/event-oddities.test.ts',
    named: 'other mode',
  },
  'the change key leaves the account out': {
    file: 'shared/webhooks/family.ts',
    right: "accountOf(event) ?? ownAccount ?? ''",
    wrong: "ownAccount ?? ''",
    test: 'test/unit/event-stream.test.ts',
    named: 'change key differs',
  },
  'an endpoint of another connection is taken over': {
    file: 'shared/webhooks/sync/plan.ts',
    right: 'one.owner === undefined && one.url === wanted.url',
    wrong: 'one.url === wanted.url',
    test: 'test/regression/webhook-destinations.test.ts',
    named: 'what others have',
  },
  'an endpoint for connected accounts is treated as the own one': {
    file: 'shared/webhooks/sync/sync.ts',
    right: 'filter(({ from }) => slot.takes.includes(from))',
    wrong: 'filter(({ from }) => from.length > 0)',
    test: 'test/regression/webhook-connect.test.ts',
    named: 'second run',
  },
  'an endpoint that was made by hand is removed where none is wanted': {
    file: 'shared/webhooks/sync/plan.ts',
    right: 'surplus: found.filter(isMarked)',
    wrong: 'surplus: found',
    test: 'test/regression/webhook-connect.test.ts',
    named: 'made by hand',
  },
  'a type is subscribed in two families': {
    file: 'shared/webhooks/sync/subscriptions.ts',
    right: 'filter((type) => !isThin(type))',
    wrong: 'filter((type) => offered.snapshot.has(type))',
    test: 'test/regression/webhook-destinations.test.ts',
    named: 'two families',
  },
};

seesEach(MUTANTS);
