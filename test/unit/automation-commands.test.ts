/** What a message asks for: function, operation or action, by its data and attributes; the ids of its items. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import manifest from '../../functions/manifest.json';
import { isConnectorError } from '../../shared/errors.ts';
import { parsePushRequest } from '../../shared/automation/push-message.ts';
import { parseCommands } from '../../shared/automation/commands.ts';
import { testConnector } from '../support/connector.ts';
import { fakeStripe } from '../support/fake-stripe.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { arrived, BOUNDS } from './automation-messages.ts';

/** What is asked, in one line each: the kind of body, the id, the body. */
const asked = (data: unknown, attributes?: Record<string, string>): string[] =>
  parseCommands(arrived(data, attributes), BOUNDS, manifest.functions).map(({ operationId, prepared }) =>
    'handler' in prepared
      ? `${prepared.handler.kind} ${operationId} ${JSON.stringify(prepared.body)}`
      : `${prepared.details.reason} ${operationId}`,
  );

test('a message names a function, an operation or an action', () => {
  const cases: readonly (readonly [unknown, string])[] = [
    [{ function: 'list-entities', entity: 'Customer' }, 'List m-1 {"entity":"Customer"}'],
    [
      { function: 'delete-entity', entity: 'Customer', entityId: 'cus_1' },
      'Delete m-1 {"entity":"Customer","entityId":"cus_1"}',
    ],
    [{ operation: 'Get', entity: 'Balance' }, 'Get m-1 {"entity":"Balance"}'],
    [{ action: 'PayInvoice' }, 'ExecuteAction m-1 {"action":"PayInvoice"}'],
    [{ function: 'execute-action', action: 'PayInvoice' }, 'ExecuteAction m-1 {"action":"PayInvoice"}'],
    [{ function: 'finalize-quote' }, 'ExecuteAction m-1 {"action":"FinalizeQuote"}'],
    [{ operation: 'Create', operationId: 'own' }, 'Create own {"operationId":"own"}'],
    [{ function: 'constructor' }, 'ExecuteAction m-1 {"action":"Constructor"}'],
    [{ function: '__proto__' }, 'ExecuteAction m-1 {"action":"__proto__"}'],
    [{ operation: 'toString' }, 'INVALID_INPUT m-1'],
    [{}, 'INVALID_INPUT m-1'],
  ];
  for (const [data, wanted] of cases) assert.deepEqual(asked(data), [wanted]);
});

test('attributes have the same fields as the body, and both must agree', () => {
  assert.deepEqual(asked(undefined, { operation: 'Get', entity: 'Balance', other: 'ignored' }), [
    'Get m-1 {"entity":"Balance"}',
  ]);
  assert.deepEqual(asked({ entity: 'Balance' }, { operation: 'Get', entity: 'Balance' }), [
    'Get m-1 {"entity":"Balance"}',
  ]);
  assert.deepEqual(
    asked({ connectorInputPayload: { a: 1 } }, { operation: 'Create', connectorInputPayload: '{"a":1}' }),
    ['Create m-1 {"connectorInputPayload":{"a":1}}'],
  );
  assert.deepEqual(
    asked({ connectorInputPayload: { a: 2 } }, { operation: 'Create', connectorInputPayload: '{"a":1}' }),
    ['INVALID_INPUT m-1'],
  );
  assert.deepEqual(asked({ operation: 'Get', operationId: 'a' }, { operationId: 'b' }), ['INVALID_INPUT a']);
  assert.deepEqual(asked({ operation: 'Get' }, { operationId: 'b' }), ['Get b {"operationId":"b"}']);
});

function refusedForId(prepared: ReturnType<typeof parseCommands>[number]['prepared']): boolean {
  if (!('handler' in prepared)) return prepared.details.violations?.[0]?.field === 'operationId';
  const connector = testConnector({ clock: new VirtualClock(), stripe: fakeStripe(() => ({})) });
  const terms = { operationId: 'm-1', deadlineMs: 1000, responseFlags: new Set<string>() };
  try {
    prepared.handler.prepare(connector, prepared.body, terms);
    return false;
  } catch (error) {
    return isConnectorError(error) && error.details.violations?.[0]?.field === 'operationId';
  }
}

test('array items have ids of their own: an operationId, or the message id with the position', () => {
  assert.deepEqual(
    asked([{ operation: 'Get' }, { operationId: 'own' }, 7], { operation: 'Create', operationId: 'all' }),
    ['INVALID_INPUT all:0', 'Create own {"operationId":"own"}', 'INVALID_INPUT all:2'],
  );
  // With the message's own id instead, the same message published again would have its effects again.
  for (const operationId of ['has space', '', 'é', 'x'.repeat(256)])
    for (const data of [{ operation: 'Get' }, [{ operation: 'Get' }, { operation: 'Get', operationId: 'own' }]])
      assert.ok(
        parseCommands(arrived(data, { operationId }), BOUNDS, manifest.functions).every(({ prepared }) =>
          refusedForId(prepared),
        ),
        `${operationId} ${JSON.stringify(data)}`,
      );
  const long = parseCommands(
    arrived([{ operation: 'Get' }], { operationId: 'x'.repeat(255) }),
    BOUNDS,
    manifest.functions,
  );
  assert.match(long[0]?.operationId ?? '', /^[0-9a-f]{64}$/);
});

// Two items under one id are one operation: the second would be rejected as another payload, at each delivery.
test('rejects the second of two array items with one id and executes none', () => {
  const get = (operationId?: string): object => ({
    operation: 'Get',
    ...(operationId === undefined ? {} : { operationId }),
  });
  for (const [items, fields] of [
    [[get('a'), get('b'), get('a')], ['[2].operationId']],
    [
      [get('a'), get('a'), get('a')],
      ['[1].operationId', '[2].operationId'],
    ],
    // The first has the message's own id and its place.
    [[get(), get('m-1:0')], ['[1].operationId']],
    [[get('m-1:1'), get()], ['[1].operationId']],
  ] as const) {
    const [ask, ...others] = parseCommands(arrived(items), BOUNDS, manifest.functions);
    assert.equal(others.length, 0);
    assert.ok(ask !== undefined && isConnectorError(ask.prepared));
    assert.equal(ask.operationId, 'm-1');
    assert.deepEqual(
      ask.prepared.details.violations?.map(({ field }) => field),
      fields,
    );
  }
});

// https://docs.stripe.com/api/idempotent_requests: a key has at most 255 characters. A mark of a webhook's event has a space.
test('rejects a messageId that cannot be an operationId and records nothing', () => {
  for (const messageId of ['stripe-event evt_7', 'a\r\nb', 'z'.repeat(300), 'é', ''])
    assert.throws(() => parsePushRequest({ message: { messageId, data: '' } }), { status: 'INVALID_ARGUMENT' });
  assert.equal(parsePushRequest({ message: { messageId: '1234567890', data: '' } }).id, '1234567890');
});
