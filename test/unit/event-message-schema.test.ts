/** The schema of the published message: what it takes, where it is served, and that the page has all of it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { jsonSchemaValidator } from '../../shared/adapters/json-schema-validator.ts';
import { managementFunction } from '../../shared/management/function.ts';
import { parseEvent } from '../../shared/webhooks/event.ts';
import { publishEvent } from '../../shared/webhooks/publish.ts';
import { reconcile } from '../../shared/webhooks/reconcile/reconcile-list.ts';
import { snapshotEvent, thinEvent, type Change } from '../fixtures/event-families.ts';
import { testConnector, type Published, type TestConnector } from '../support/connector.ts';
import { fakeStripe } from '../support/fake-stripe.ts';
import { serve } from '../support/in-process.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { inVirtualTime } from '../support/virtual-time.ts';

interface MessageSchema {
  readonly anyOf: readonly {
    readonly properties: { readonly attributes: { readonly properties: Record<string, object> } };
  }[];
}
const SCHEMA = JSON.parse(readFileSync('shared/event-inbox/event-message.schema.json', 'utf8')) as MessageSchema;
const DAY_MS = 86_400_000;

function connectorAt(clock: VirtualClock, settings: object = {}, open = true): TestConnector {
  const stripe = fakeStripe(({ path }) =>
    path === '/v1/events' || path === '/v2/core/events'
      ? { object: 'list', data: [], has_more: false, next_page_url: null }
      : { id: path.split('/').at(-1), object: 'customer' },
  );
  return testConnector({ clock, stripe, open, settings: { allowed_accounts: ['acct_a'], ...settings } });
}

const change = (n: number, more: Partial<Change> = {}): Change => ({
  n,
  type: 'customer.updated',
  object: { id: `cus_${n}`, object: 'customer' },
  createdS: 1_795_478_400,
  ...more,
});

/** A message of each kind: three families, with and without account and object, and a gap. */
async function messages(): Promise<Published[]> {
  const clock = new VirtualClock();
  const connector = connectorAt(clock);
  const bodies = [
    snapshotEvent(change(1)),
    snapshotEvent(change(2, { account: 'acct_a', requestId: null })),
    thinEvent(change(3, { account: 'acct_a' })),
    thinEvent(change(4, { type: 'v2.core.account.updated', object: { id: 'acct_9', object: 'v2.core.account' } })),
    { ...snapshotEvent(change(5)), data: { object: { object: 'balance' } } },
    { ...thinEvent(change(6)), related_object: null },
  ];
  for (const body of bodies) await inVirtualTime(clock, publishEvent(connector, parseEvent(body)));
  await inVirtualTime(clock, reconcile(connector, undefined, Infinity));
  await clock.advance(40 * DAY_MS);
  await inVirtualTime(clock, reconcile(connector, undefined, Infinity));
  return connector.published;
}

const decoded = ({ attributes, data, orderingKey }: Published): Record<string, unknown> => ({
  attributes,
  data: JSON.parse(data) as unknown,
  ...(orderingKey === undefined ? {} : { orderingKey }),
});

test('the JSON schema takes a message of each family, and a gap', async () => {
  const all = await messages();
  assert.deepEqual(
    all.map(({ attributes }) => attributes['family'] ?? attributes['type']),
    ['snapshot', 'snapshot', 'thin', 'v2', 'snapshot', 'thin', 'stripe-connector.events.gap.v1'],
  );
  for (const message of all) assert.deepEqual(jsonSchemaValidator(SCHEMA, decoded(message)), []);
});

const WRONG: readonly (readonly [string, (message: Record<string, unknown>) => object])[] = [
  ['another attribute', (message) => ({ ...message, attributes: { ...(message['attributes'] as object), more: 'x' } })],
  ['no change key', (message) => ({ ...message, attributes: { ...(message['attributes'] as object), changekey: '' } })],
  ['another family', (message) => ({ ...message, attributes: { ...(message['attributes'] as object), family: 'v3' } })],
  [
    'a number as attribute',
    (message) => ({ ...message, attributes: { ...(message['attributes'] as object), type: 1 } }),
  ],
  ['an id of another kind', (message) => ({ ...message, data: { ...(message['data'] as object), id: 'in_1' } })],
  ['data that is no event', (message) => ({ ...message, data: [] })],
  ['no ordering key', ({ attributes, data }) => ({ attributes, data })],
];
for (const [name, spoil] of WRONG)
  test(`the JSON schema does not take ${name}`, async () => {
    const [message] = await messages();
    assert.ok(message);
    assert.notDeepEqual(jsonSchemaValidator(SCHEMA, spoil(decoded(message))), []);
  });

test('GET /events/schema serves it where discovery is exposed', async () => {
  for (const [settings, status] of [
    [{ expose: 'discovery' }, 200],
    [{}, 200],
  ] as const) {
    const connector = connectorAt(new VirtualClock(), settings, false);
    const server = await serve(managementFunction(() => ({ ...connector, explorerPage: () => '' }), []));
    try {
      const response = await fetch(`${server.url}/events/schema`);
      assert.equal(response.status, status);
      assert.deepEqual(await response.json(), SCHEMA);
      assert.equal((await fetch(`${server.url}/events/schema`, { method: 'POST' })).status, 405);
    } finally {
      await server.close();
    }
  }
});

test('the page has each attribute of the schema', () => {
  const page = readFileSync('shared/webhooks/README.md', 'utf8');
  const [, table = ''] = page.split('| attribute ');
  for (const name of Object.keys(SCHEMA.anyOf[0]?.properties.attributes.properties ?? {}))
    if (!name.startsWith('ce-') && name !== 'content-type') assert.ok(table.includes(`\`${name}\``), name);
});
