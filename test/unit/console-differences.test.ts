/** How the console compares two calls and reads what an event changed, without a browser. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareJson } from '../../shared/console/format/differences.ts';
import { eventChanges } from '../../shared/console/format/event-changes.ts';
import { percentile } from '../../shared/console/format/percentile.ts';
import { shortTitle } from '../../shared/console/object/actions/action-states.ts';
import { isWrite, joinOperations } from '../../shared/console/object/object-operations-data.ts';
import { nextSort } from '../../shared/console/ui/table/columns.ts';

const COMPARED: readonly (readonly [before: unknown, after: unknown, differences: readonly string[]])[] = [
  [{ a: 1 }, { a: 1 }, ['equal a']],
  [{ a: 1, b: 2 }, { a: 2, c: 3 }, ['changed a', 'removed b', 'added c']],
  [{ a: { b: [1, 2] } }, { a: { b: [1, 3, 4] } }, ['equal a.b[0]', 'changed a.b[1]', 'added a.b[2]']],
  [{ a: null }, {}, ['removed a']],
  [{ a: {} }, { a: [] }, ['changed a']],
  [{ a: '1' }, { a: 1 }, ['changed a']],
  ['x', 'y', ['changed ']],
];

for (const [before, after, differences] of COMPARED)
  test(`${JSON.stringify(before)} and ${JSON.stringify(after)} are compared member by member`, () =>
    assert.deepEqual(
      compareJson(before, after).map(({ kind, path }) => `${kind} ${path}`),
      differences,
    ));

test('an event reports the old and new values of what changed', () => {
  // https://docs.stripe.com/api/events/object#event_object-data-previous_attributes
  const data = { object: { id: 'cus_1', email: 'b@b.co', name: 'N' }, previous_attributes: { email: 'a@b.co' } };
  assert.deepEqual(eventChanges({ Data: data }), [
    { path: 'email', before: 'a@b.co', after: 'b@b.co', kind: 'changed' },
  ]);
  assert.deepEqual(eventChanges({ Data: { object: { id: 'cus_1' } } }), []);
  assert.deepEqual(eventChanges({}), []);
});

test('a percentile is a value that occurred', () => {
  assert.equal(percentile([5, 1, 3], 0.5), 3);
  assert.equal(percentile([5, 1, 3], 0.95), 5);
  assert.equal(percentile([], 0.5), 0);
});

test('a header changes the order from descending to ascending to none', () => {
  const first = nextSort('Took', undefined);
  assert.deepEqual(first, { name: 'Took', descending: true });
  const second = nextSort('Took', first);
  assert.deepEqual(second, { name: 'Took', descending: false });
  assert.equal(nextSort('Took', second), undefined);
  assert.deepEqual(nextSort('When', second), { name: 'When', descending: true });
});

const TITLES: readonly (readonly [title: string, entity: string, short: string])[] = [
  ['Cancel Payment Intent', 'PaymentIntent', 'Cancel'],
  ['Apply Customer Balance To Payment Intent', 'PaymentIntent', 'Apply Customer Balance'],
  ['Attach Payment Method To Customer', 'PaymentMethod', 'Attach Payment Method To Customer'],
];

for (const [title, entity, short] of TITLES)
  test(`${title} is called ${short} on the page of a ${entity}`, () => assert.equal(shortTitle(title, entity), short));

test('the operations of an object are its requests with their records and events, and calls of the page', () => {
  const request = {
    atMs: 1000,
    call: 'Customer.Create',
    method: 'POST',
    path: '/v1/customers',
    outcome: 'ok',
    requestId: 'req_1',
    durationMs: 5,
    waitedMs: 0,
    priority: 'interactive',
    attempt: 1,
  } as const;
  const operation = {
    operationId: 'op-1',
    call: 'Customer.Create',
    object: null,
    state: 'succeeded',
    effect: 'done',
    reason: null,
    attempts: 1,
    keyVersion: 0,
    requestIds: ['req_1'],
    firstCalledAt: '1970-01-01T00:00:01.000Z',
    leaseEndsAt: null,
    keptUntil: '1970-02-01T00:00:00.000Z',
    resolution: null,
    whatToDo: 'nothing',
  } as const;
  const eventTypesByRequest = new Map([['req_1', ['customer.created']]]);
  const joined = joinOperations('cus_1', { requests: [request], operations: [operation], eventTypesByRequest }, []);
  assert.deepEqual(
    joined.map(({ call, outcome, events, operation: record }) => [call, outcome, events, record?.operationId]),
    [['Customer.Create', 'ok', ['customer.created'], 'op-1']],
  );
  assert.deepEqual(joined.map(isWrite), [true]);
  // The request has left the log: the record remains.
  const older = joinOperations('cus_1', { requests: [], operations: [operation], eventTypesByRequest }, []);
  assert.deepEqual(
    older.map(({ call, outcome }) => [call, outcome]),
    [['Customer.Create', 'succeeded']],
  );
});
