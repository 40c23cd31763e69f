/**
 * The fixtures of the three families have the fields that Stripe documents, Stripe's SDK takes them as signed, and so
 * does the webhook function.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import StripeSdk from 'stripe';
import { stripeEventsFunction } from '../../shared/webhooks/function.ts';
import { signatureAt, snapshotEvent, thinEvent, type Change, type EventBody } from '../fixtures/event-families.ts';
import { testConnector } from '../support/connector.ts';
import { fakeStripe } from '../support/fake-stripe.ts';
import { serve } from '../support/in-process.ts';
import { systemClock } from '../../shared/adapters/system-clock.ts';

const SECRET = 'whsec_families0';
const CREATED_S = 1_795_478_400;
const CUSTOMER: Change = {
  n: 7,
  type: 'customer.updated',
  object: { id: 'cus_7', object: 'customer' },
  createdS: CREATED_S,
};
const ACCOUNT: Change = {
  n: 8,
  type: 'v2.core.account.updated',
  object: { id: 'acct_8', object: 'v2.core.account' },
  createdS: CREATED_S,
};

interface Documented {
  readonly url: string;
  /** The fields of every event of the family, and those that some have. */
  readonly required: readonly string[];
  readonly optional: readonly string[];
  readonly bodies: readonly EventBody[];
}

const THIN_FIELDS = ['id', 'object', 'type', 'created', 'livemode'];
const FAMILIES: Readonly<Record<'snapshot' | 'thin' | 'v2', Documented>> = {
  snapshot: {
    url: 'https://docs.stripe.com/api/events/object',
    required: ['id', 'object', 'api_version', 'created', 'data', 'livemode', 'pending_webhooks', 'request', 'type'],
    optional: ['account', 'context'],
    bodies: [snapshotEvent(CUSTOMER), snapshotEvent({ ...CUSTOMER, n: 17, account: 'acct_a', requestId: null })],
  },
  thin: {
    url: 'https://docs.stripe.com/webhooks/migrate-snapshot-to-thin-events',
    required: [...THIN_FIELDS, 'related_object', 'snapshot_event'],
    optional: ['context', 'reason'],
    bodies: [thinEvent(CUSTOMER), thinEvent({ ...CUSTOMER, n: 17, account: 'org_1/acct_a', requestId: null })],
  },
  v2: {
    url: 'https://docs.stripe.com/api/v2/core/events/object',
    required: [...THIN_FIELDS, 'related_object'],
    optional: ['context', 'reason'],
    bodies: [thinEvent(ACCOUNT), thinEvent({ ...ACCOUNT, n: 18, account: 'acct_a', requestId: null })],
  },
};

const stripe = new StripeSdk('sk_test_families');
const nowS = (): number => Math.floor(Date.now() / 1000);

for (const [family, { url, required, optional, bodies }] of Object.entries(FAMILIES)) {
  test(`${family}: the fields are those that Stripe documents (${url})`, () => {
    for (const body of bodies) {
      const fields = Object.keys(body);
      for (const field of required) assert.ok(fields.includes(field), field);
      for (const field of fields) assert.ok([...required, ...optional].includes(field), field);
    }
  });

  // https://docs.stripe.com/webhooks#verify-official-libraries
  test(`${family}: Stripe's SDK takes the signed body`, () => {
    for (const body of bodies) {
      const text = JSON.stringify(body);
      const header = signatureAt(SECRET, text, nowS());
      if (family === 'snapshot') {
        const { id, type, data } = stripe.webhooks.constructEvent(text, header, SECRET);
        assert.deepEqual([id, type, data], [body.id, body.type, body['data']]);
        continue;
      }
      const notification = stripe.parseEventNotification(text, header, SECRET) as unknown as Record<string, unknown>;
      const { id, type, related_object: related, context } = notification;
      assert.deepEqual([id, type, related], [body.id, body.type, body['related_object']]);
      // The SDK parses the path of accounts. https://docs.stripe.com/context
      assert.equal(context === undefined || context === null ? null : String(context), body['context']);
    }
  });

  test(`${family}: the webhook function takes it signed, and not when one byte differs`, async () => {
    const connector = testConnector({
      clock: systemClock,
      stripe: fakeStripe(({ path }) => ({ id: path.split('/').at(-1), object: 'customer' })),
      settings: { min_nodes: 100, max_nodes: 100, allowed_accounts: ['acct_a'] },
      webhookSecrets: ['whsec_another00', SECRET],
    });
    const server = await serve(stripeEventsFunction(() => connector));
    const deliver = (body: string, signature: string): Promise<Response> =>
      fetch(server.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'stripe-signature': signature },
        body,
      });
    try {
      for (const body of bodies) {
        const text = JSON.stringify(body);
        const answer = await deliver(text, signatureAt(SECRET, text, nowS()));
        assert.deepEqual(await answer.json(), { received: body.id, status: 'published' });
        assert.equal(connector.published.at(-1)?.attributes['family'], family);
        const changed = await deliver(
          text.replace('"livemode":false', '"livemode":true'),
          signatureAt(SECRET, text, nowS()),
        );
        assert.equal(changed.status, 400);
      }
      assert.equal(connector.published.length, bodies.length);
    } finally {
      await server.close();
    }
  });
}
