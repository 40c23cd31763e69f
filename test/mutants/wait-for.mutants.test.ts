/** `waitFor`, and the account of an event, with a bug in them. */
import { seesEach, type Mutant } from './planted.ts';

const REACHABLE = 'shared/http/waiting/reachable.ts';
const STATUSES = 'test/unit/wait-for-statuses.test.ts';
const TIMES = 'test/unit/wait-for-times.test.ts';
const OWN = 'shared/webhooks/own-account.ts';
const ACCOUNTS = 'test/unit/own-account.test.ts';

const MUTANTS: Readonly<Record<string, Mutant>> = {
  'a thin event without an object brings a status': {
    file: REACHABLE,
    right: 'connector.settings.eventsRefetch !== false',
    wrong: 'asThin.length > 0',
    test: STATUSES,
    named: 'thin',
  },
  'a type that is not subscribed brings a status': {
    file: REACHABLE,
    right: '(allSnapshots || snapshot.has(type))',
    wrong: '(allSnapshots || snapshot.size > 0)',
    test: STATUSES,
    named: 'type of another status',
  },
  'a type of the object brings each of its statuses': {
    file: 'shared/catalog/events/status-events.ts',
    right: "statuses.split(' ').includes(status)",
    wrong: 'statuses.length > 0',
    test: STATUSES,
    named: 'subscription that ends',
  },
  'the types of Issuing are named like their objects': {
    file: 'shared/catalog/events/status-events.ts',
    right: "replace(/^issuing\\./, 'issuing_')",
    wrong: "replace(/^issuing_/, 'issuing.')",
    test: STATUSES,
    named: 'one of Stripe',
  },
  'an event that arrived before the write ends the wait': {
    file: 'shared/http/waiting/write-time.ts',
    right: '    receivedMs,',
    wrong: '    receivedMs: 0,',
    test: TIMES,
    named: 'arrived before the write',
  },
  'an event that was created before the write ends the wait': {
    file: 'shared/event-inbox/await-status.ts',
    right: 'entry.createdMs >= createdMs &&',
    wrong: 'entry.createdMs >= 0 &&',
    test: TIMES,
    named: 'created',
  },
  'a repeated call takes any event': {
    file: 'shared/http/waiting/write-time.ts',
    right: 'written?.repeatedMs ?? written?.sentMs ?? startedMs',
    wrong: '(written?.repeatedMs === undefined ? (written?.sentMs ?? startedMs) : 0)',
    test: TIMES,
    named: 'repeated call',
  },
  'a repeated call takes no event of the time before it': {
    file: 'shared/http/waiting/write-time.ts',
    right: 'written?.repeatedMs ?? written?.sentMs ?? startedMs',
    wrong: '(written?.sentMs ?? startedMs)',
    test: TIMES,
    named: 'recorded no outcome',
  },
  'an event of the second of the write is not confirmed': {
    file: 'shared/http/waiting/wait-for.ts',
    right: 'now === undefined || wait.status.includes(now)',
    wrong: 'now === undefined || now !== undefined',
    test: TIMES,
    named: 'whose object has another status',
  },
  'an event of the second of the write never ends the wait': {
    file: 'shared/event-inbox/await-status.ts',
    right: 'return this.isConfirmed === true ? this.uncertain : this.newer;',
    wrong: 'return this.newer;',
    test: TIMES,
    named: 'whenever the second of the write ends',
  },
  'an event that the write caused is confirmed too': {
    file: 'shared/http/waiting/wait-for.ts',
    right: 'event.createdMs >= certainMs || isOfWrite(event)',
    wrong: 'event.createdMs >= certainMs',
    test: TIMES,
    named: 'another status by now',
  },
  'the reads of an awaited object pause': {
    file: 'shared/event-inbox/object-read.ts',
    right: "if (isAwaitedAt(known, nowUs)) return { result: { kind: 'alone' } };",
    wrong: '',
    test: 'test/unit/wait-for-thin.test.ts',
    named: 'receives',
  },
  'a read that pauses does not see that a call waits': {
    file: 'shared/webhooks/coalescing/shared-reads.ts',
    right: 'if (await this.store.update(key, isAwaited)) return true;',
    wrong: 'await this.store.update(key, isAwaited);',
    test: 'test/unit/wait-for-thin.test.ts',
    named: 'before the wait',
  },
  'a long wait reads less often': {
    file: 'shared/event-inbox/await-status.ts',
    right: 'Math.min(pauseMs * GROWTH, LONGEST_PAUSE_MS)',
    wrong: 'Math.min(pauseMs * GROWTH, waitMs / 10)',
    test: TIMES,
    named: 'both bars',
  },
  'a wait may be longer than its reads': {
    file: 'shared/operations/request/limits.ts',
    right: 'waitSeconds: { min: 1, max: 45 }',
    wrong: 'waitSeconds: { min: 1, max: 60 }',
    test: TIMES,
    named: 'both bars',
  },
  'every account that an event names is the own one': {
    file: OWN,
    right: '(await ownAccountId(connector)) === account',
    wrong: '(await ownAccountId(connector)) !== undefined',
    test: ACCOUNTS,
    named: 'foreign account, id not known',
  },
  'the own account is not looked up': {
    file: OWN,
    right: '(await ownAccountId(connector)) === account',
    wrong: "(await Promise.resolve(connector)) === undefined && account === ''",
    test: ACCOUNTS,
    named: 'own account, id not known',
  },
  'an event that names the own account is recorded under its id': {
    file: 'shared/webhooks/arrival.ts',
    right: "account: account === null ? (event.context ?? '') : (account ?? settings.accountId ?? '')",
    wrong: "account: account ?? event.context ?? settings.accountId ?? ''",
    test: ACCOUNTS,
    named: 'own account, id not known',
  },
};

seesEach(MUTANTS);
