/** Stripe's webhooks, to the built function, with the emulators of Pub/Sub and Firestore behind it. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { eventOf, signed, v1 } from '../fixtures/stripe-webhooks.ts';
import { runCommand, type Ran } from '../functions/command.ts';
import { errorOf, post, startFunction, type Answered, type Running } from '../functions/framework.ts';
import { SANDBOX_KEY, startSandbox, type Sandbox } from '../../shared/sandbox/server.ts';
import { assertEventMessage } from '../support/event-message.ts';
import { emulatorIsHere, startFirestore, type Emulator } from './firestore.ts';
import { pubsubIsHere, startPubsub, type Got, type Pubsub } from './pubsub.ts';

const OLD_SECRET = 'whsec_oldoldoldold';
const NEW_SECRET = 'whsec_newnewnewnew';

if (emulatorIsHere() && pubsubIsHere()) {
  let firestore: Emulator;
  let pubsub: Pubsub;
  let sandbox: Sandbox;
  let running: Running;
  let env: Record<string, string>;
  const settings = (more: object): string =>
    JSON.stringify({
      name: 'events',
      verbosity: '2',
      events_topic: 'projects/stripe-local/topics/events',
      event_types: ['invoice.*', 'payment_intent.succeeded', 'v1.billing.meter.error_report_triggered'],
      allowed_accounts: ['acct_1allowed'],
      ...more,
    });
  before(async () => {
    [firestore, pubsub] = await Promise.all([startFirestore(), startPubsub()]);
    sandbox = await startSandbox({ seed: 51 });
    await pubsub.topic('events');
    env = {
      STRIPE_API_KEY: SANDBOX_KEY,
      STRIPE_API_BASE: sandbox.url,
      FIRESTORE_EMULATOR_HOST: firestore.host,
      PUBSUB_EMULATOR_HOST: pubsub.host,
      STRIPE_WEBHOOK_SECRET: `${NEW_SECRET},${OLD_SECRET}`,
      CONNECTION_SETTINGS: settings({}),
    };
    running = await startFunction({ name: 'stripe-events', env });
  });
  after(async () => {
    await running.stop();
    await sandbox.close();
    await Promise.all([firestore.stop(), pubsub.stop()]);
  });

  const deliver = (body: string | object, header?: string, url = running.url): Promise<Answered> => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return post(url, text, { 'stripe-signature': header ?? signed(NEW_SECRET, text) });
  };
  const paid = (more: object = {}): ReturnType<typeof eventOf> =>
    eventOf('invoice.paid', { id: 'in_1234567', object: 'invoice' }, more);
  const fateOf = ({ body }: Answered): unknown => body['status'];
  const published = async (count = 1): Promise<Got[]> => {
    const got = await pubsub.pull('events', count);
    got.forEach(assertEventMessage);
    return got;
  };
  /** Nothing that came before is left, and nothing came. */
  const nothing = async (): Promise<void> => {
    const marker = paid();
    await deliver(marker);
    const got = await published();
    assert.deepEqual(
      got.map(({ attributes }) => attributes['ce-id']),
      [marker.id],
    );
  };
  const refused = async (answer: Answered, status: number, reason: string): Promise<void> => {
    assert.equal(answer.status, status, answer.text);
    assert.equal(errorOf(answer).details[0]?.reason, reason);
    await nothing();
  };

  test('publishes a signed event as a CloudEvent before it acknowledges it', async () => {
    const event = paid();
    const answer = await deliver(event);
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(answer.body, { received: event.id, status: 'published' });
    const [message] = await published();
    assert.deepEqual(JSON.parse(message?.data ?? ''), event);
    assert.equal(message?.orderingKey, 'in_1234567');
    const { changekey = '', ...attributes } = message.attributes;
    assert.match(changekey, /^[0-9a-f]{32}$/);
    assert.deepEqual(attributes, {
      'ce-changekey': changekey,
      'ce-family': 'snapshot',
      'ce-id': event.id,
      'ce-source': '//stripe-connector/connections/events',
      'ce-specversion': '1.0',
      'ce-subject': 'invoice/in_1234567',
      'ce-time': new Date(Number(event['created']) * 1000).toISOString(),
      'ce-type': 'com.stripe.invoice.paid',
      'content-type': 'application/json',
      apiVersion: String(event['api_version']),
      apiVersionMatches: 'true',
      family: 'snapshot',
      livemode: 'false',
      objectId: 'in_1234567',
      originalType: 'invoice.paid',
      reread: 'no',
      resource: 'invoice',
      stateTime: new Date(Number(event['created']) * 1000).toISOString(),
      type: 'invoice.paid',
    });
  });

  test('no signature', async () => refused(await post(running.url, paid()), 400, 'SIGNATURE_MISSING'));
  test('an empty signature', async () => refused(await deliver(paid(), ''), 400, 'SIGNATURE_MISSING'));
  test("another account's secret", async () => {
    const body = JSON.stringify(paid());
    await refused(await deliver(body, signed('whsec_foreignforeign', body)), 400, 'SIGNATURE_MISMATCH');
  });
  test('a body that was changed', async () => {
    const body = JSON.stringify(paid());
    await refused(
      await deliver(body.replace('invoice.paid', 'invoice.void'), signed(NEW_SECRET, body)),
      400,
      'SIGNATURE_MISMATCH',
    );
  });
  test('a body that was parsed and written again', async () => {
    const body = JSON.stringify(paid(), null, 2);
    await refused(await deliver(JSON.stringify(JSON.parse(body)), signed(NEW_SECRET, body)), 400, 'SIGNATURE_MISMATCH');
  });
  test('a signature of more than 300 s ago', async () => {
    const body = JSON.stringify(paid());
    await refused(await deliver(body, signed(NEW_SECRET, body, 310)), 400, 'SIGNATURE_EXPIRED');
  });
  test('a signature of less than 300 s ago is good', async () => {
    const body = JSON.stringify(paid());
    assert.equal((await deliver(body, signed(NEW_SECRET, body, 280))).status, 200);
    await published();
  });
  test('an old signature whose time was changed', async () => {
    const body = JSON.stringify(paid());
    const t = Math.floor(Date.now() / 1000);
    await refused(await deliver(body, `t=${t},v1=${v1(NEW_SECRET, body, t - 1000)}`), 400, 'SIGNATURE_MISMATCH');
  });
  // RFC 8259 8.1. The SDK decodes before it verifies, so the signature alone does not tell.
  test('rejects bytes that are not UTF-8 instead of replacing them', async () => {
    const body = JSON.stringify(paid({ note: '\ufffd' }));
    const [before = '', after = ''] = body.split('\ufffd');
    const bytes = Buffer.concat([Buffer.from(before), Buffer.from([0xff]), Buffer.from(after)]);
    const headers = { 'content-type': 'application/json', 'stripe-signature': signed(NEW_SECRET, body) };
    const answer = await fetch(running.url, { method: 'POST', headers, body: bytes });
    assert.equal(answer.status, 400);
    await nothing();
  });
  test('a malformed header', async () => refused(await deliver(paid(), 'nonsense'), 400, 'SIGNATURE_MALFORMED'));
  test('a header without a time', async () => {
    const body = JSON.stringify(paid());
    await refused(await deliver(body, `v1=${v1(NEW_SECRET, body, 1)}`), 400, 'SIGNATURE_MALFORMED');
  });
  test('a header with another scheme alone', async () => {
    const body = JSON.stringify(paid());
    const t = Math.floor(Date.now() / 1000);
    await refused(await deliver(body, `t=${t},v0=${v1(NEW_SECRET, body, t)}`), 400, 'SIGNATURE_MALFORMED');
  });
  test('accepts the older of two secrets during a rotation', async () => {
    const body = JSON.stringify(paid());
    assert.equal((await deliver(body, signed(OLD_SECRET, body))).status, 200);
    await published();
  });
  test('accepts a header with the signatures of both secrets', async () => {
    const body = JSON.stringify(paid());
    const t = Math.floor(Date.now() / 1000);
    const header = `t=${t},v1=${v1('whsec_unknownunknown', body, t)},v1=${v1(NEW_SECRET, body, t)}`;
    assert.equal((await deliver(body, header)).status, 200);
    await published();
  });
  test('acknowledges and drops a repeated delivery within the tolerance', async () => {
    const body = JSON.stringify(paid());
    const header = signed(NEW_SECRET, body);
    assert.equal(fateOf(await deliver(body, header)), 'published');
    assert.equal(fateOf(await deliver(body, header)), 'duplicate');
    await published();
    await nothing();
  });
  test('drops an event that was signed again', async () => {
    const event = paid();
    assert.equal(fateOf(await deliver(event)), 'published');
    assert.equal(fateOf(await deliver(event)), 'duplicate');
    await published();
    await nothing();
  });
  test('acknowledges concurrent deliveries of one event and publishes them under one id', async () => {
    const event = paid();
    const answers = await Promise.all(Array.from({ length: 5 }, () => deliver(event)));
    assert.ok(answers.every(({ status }) => status === 200));
    const count = answers.filter((one) => fateOf(one) === 'published').length;
    assert.ok(count >= 1);
    const got = await published(count);
    assert.deepEqual([...new Set(got.map(({ attributes }) => attributes['ce-id']))], [event.id]);
  });
  test('publishes an event of another API version with a marker', async () => {
    await deliver(paid({ api_version: '2024-04-10' }));
    const [message] = await published();
    assert.deepEqual(
      [message?.attributes['apiVersion'], message?.attributes['apiVersionMatches']],
      ['2024-04-10', 'false'],
    );
    assert.match(running.output(), /API version mismatch/);
  });
  test('acknowledges and counts types that event_types does not select', async () => {
    const answer = await deliver(eventOf('customer.created', { id: 'cus_1234567', object: 'customer' }));
    assert.deepEqual([answer.status, fateOf(answer)], [200, 'ignored_type']);
    assert.match(running.output(), /"type":"customer\.created","status":"ignored_type"/);
    await nothing();
  });
  test('a pattern selects only its own types', async () => {
    assert.equal(
      fateOf(await deliver(eventOf('invoiceitem.created', { id: 'ii_1', object: 'invoiceitem' }))),
      'ignored_type',
    );
    assert.equal(
      fateOf(await deliver(eventOf('payment_intent.created', { id: 'pi_1', object: 'payment_intent' }))),
      'ignored_type',
    );
    await nothing();
  });
  test('acknowledges and counts events of accounts that are not allowed', async () => {
    assert.equal(fateOf(await deliver(paid({ account: 'acct_1foreign' }))), 'ignored_account');
    await nothing();
  });
  test('publishes an event of an allowed account with the account as source', async () => {
    assert.equal(fateOf(await deliver(paid({ account: 'acct_1allowed' }))), 'published');
    const [message] = await published();
    assert.equal(message?.attributes['ce-source'], '//stripe.com/accounts/acct_1allowed');
    assert.equal(message.attributes['account'], 'acct_1allowed');
  });
  test('publishes events in the order of arrival, with their object as ordering key', async () => {
    const [made, finalized] = [
      eventOf('invoice.created', { id: 'in_order1', object: 'invoice' }, { created: 1_700_000_000 }),
      eventOf('invoice.finalized', { id: 'in_order1', object: 'invoice' }, { created: 1_700_000_100 }),
    ];
    await deliver(finalized);
    await deliver(made);
    const got = await published(2);
    assert.deepEqual(
      got.map(({ attributes }) => attributes['type']),
      ['invoice.finalized', 'invoice.created'],
    );
    assert.deepEqual(
      got.map(({ orderingKey }) => orderingKey),
      ['in_order1', 'in_order1'],
    );
    assert.ok((got[0]?.attributes['ce-time'] ?? '') > (got[1]?.attributes['ce-time'] ?? ''));
  });
  test('does not publish a client secret', async () => {
    await deliver(
      eventOf('payment_intent.succeeded', { id: 'pi_1', object: 'payment_intent', client_secret: 'pi_1_secret_x' }),
    );
    const [message] = await published();
    assert.match(message?.data ?? '', /"client_secret":null/);
    assert.doesNotMatch(message?.data ?? '', /_secret_x/);
  });
  test('publishes a thin event of API v2', async () => {
    const event = {
      id: 'evt_test_v2',
      object: 'v2.core.event',
      type: 'v1.billing.meter.error_report_triggered',
      created: '2026-11-25T01:00:00.000Z',
      livemode: false,
      related_object: { id: 'mtr_1', type: 'billing.meter', url: '/v1/billing/meters/mtr_1' },
    };
    assert.equal(fateOf(await deliver(event)), 'published');
    const [message] = await published();
    assert.equal(message?.attributes['ce-subject'], 'billing.meter/mtr_1');
    assert.equal(message.attributes['ce-time'], '2026-11-25T01:00:00.000Z');
  });
  test('rejects a signed body that is not an event', async () =>
    refused(await deliver({ hello: 'world' }), 400, 'NOT_AN_EVENT'));
  test('rejects a signed body that is not JSON', async () => {
    const body = 'hello';
    const answer = await post(running.url, body, {
      'content-type': 'text/plain',
      'stripe-signature': signed(NEW_SECRET, body),
    });
    await refused(answer, 400, 'NOT_AN_EVENT');
  });
  test('accepts an event of 500 KB and rejects more than 1 MiB', async () => {
    const large = eventOf('invoice.paid', { id: 'in_large1', object: 'invoice', description: 'x'.repeat(500_000) });
    assert.equal(fateOf(await deliver(large)), 'published');
    await published();
    const larger = eventOf('invoice.paid', { id: 'in_large2', object: 'invoice', description: 'x'.repeat(1_100_000) });
    await refused(await deliver(larger), 413, 'BODY_TOO_LARGE');
  });
  test('rejects GET', async () => {
    const answer = await fetch(running.url);
    assert.equal(answer.status, 405);
  });

  const other = async (more: Record<string, string>, check: (url: string) => Promise<void>): Promise<void> => {
    const one = await startFunction({ name: 'stripe-events', env: { ...env, ...more } });
    try {
      await check(one.url);
    } finally {
      await one.stop();
    }
  };
  test('returns 503 while Pub/Sub is unavailable and publishes the redelivered event', async () => {
    const event = paid();
    await other({ PUBSUB_EMULATOR_HOST: '127.0.0.1:9' }, async (url) => {
      const answer = await deliver(event, undefined, url);
      assert.equal(answer.status, 503);
      assert.equal(errorOf(answer).details[0]?.reason, 'PUBSUB_UNAVAILABLE');
    });
    assert.equal(fateOf(await deliver(event)), 'published');
    await published();
  });
  test('returns 503 without a topic, without a secret and if the topic does not exist', async () => {
    const none = settings({ events_topic: undefined });
    const missing = settings({ events_topic: 'projects/stripe-local/topics/nowhere' });
    const cases: readonly (readonly [Record<string, string>, string])[] = [
      [{ CONNECTION_SETTINGS: none }, 'SETTINGS_INVALID'],
      [{ CONNECTION_SETTINGS: missing }, 'TOPIC_MISSING'],
      [{ STRIPE_WEBHOOK_SECRET: '' }, 'SETTINGS_INVALID'],
      [{ STRIPE_WEBHOOK_SECRET: 'nonsense' }, 'SECRET_NOT_A_SIGNING_SECRET'],
    ];
    for (const [more, reason] of cases)
      await other(more, async (url) => {
        const answer = await deliver(paid(), undefined, url);
        assert.equal(answer.status, 503, answer.text);
        assert.equal(errorOf(answer).details[0]?.reason, reason);
      });
    await nothing();
  });
  test('events_refetch reads the object again; a deleted or unreadable object keeps the state of the event', async () => {
    const { id } = sandbox.seed('Invoice', { customer: 'cus_1', description: 'as it is now' });
    await other({ CONNECTION_SETTINGS: settings({ events_refetch: true, event_types: ['*'] }) }, async (url) => {
      const old = { id, object: 'invoice', description: 'as it was' };
      await deliver(eventOf('invoice.updated', old), undefined, url);
      const [anew] = await published();
      assert.equal(anew?.attributes['reread'], 'yes');
      assert.match(anew.data, /as it is now/);
      await deliver(eventOf('invoice.deleted', { ...old, id: 'in_gone1234' }), undefined, url);
      const [gone] = await published();
      assert.equal(gone?.attributes['reread'], 'gone');
      assert.match(gone.data, /as it was/);
      await deliver(eventOf('balance.available', { object: 'balance' }), undefined, url);
      const [without] = await published();
      assert.equal(without?.attributes['reread'], 'not offered');
      sandbox.faults.add({ kind: 'error_500', times: 9 });
      assert.equal((await deliver(eventOf('invoice.updated', old), undefined, url)).status, 503, 'not what may be old');
      sandbox.faults.clear();
    });
    await nothing();
  });

  test("from webhooks sync to the topic: creates the endpoint, writes its secret to a file, publishes Stripe's events", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'webhooks-'));
    try {
      const file = path.join(folder, 'secret');
      const events = await startDoor();
      const wanted = { webhook_url: events.url, event_types: ['customer.created'] };
      const command = (...args: string[]): Promise<Ran> =>
        runCommand(['webhooks', 'sync', ...args], { ...env, CONNECTION_SETTINGS: settings(wanted) });
      assert.match((await command()).stderr, /--secret-file/);
      const made = await command('--secret-file', file);
      assert.match(made.stdout, /^created: we_/, made.stderr);
      const secret = readFileSync(file, 'utf8');
      assert.match(secret, /^whsec_/);
      assert.doesNotMatch(made.stdout, /whsec_/);
      assert.equal(statSync(file).mode & 0o777, 0o600);
      assert.match((await command()).stdout, /^unchanged: we_/);
      await other({ STRIPE_WEBHOOK_SECRET: secret, CONNECTION_SETTINGS: settings(wanted) }, async (url) => {
        events.to = url;
        const customer = await fetch(`${sandbox.url}/v1/customers`, {
          method: 'POST',
          headers: { authorization: `Bearer ${SANDBOX_KEY}`, 'content-type': 'application/x-www-form-urlencoded' },
          body: 'name=Ada',
        });
        const { id } = (await customer.json()) as { id: string };
        const [message] = await published();
        assert.equal(message?.attributes['ce-type'], 'com.stripe.customer.created');
        assert.equal(message.orderingKey, id);
      });
      await events.close();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}

/** An address that is known before the function behind it is started. */
async function startDoor(): Promise<{ url: string; to: string; close: () => Promise<void> }> {
  const stripe = { url: '', to: '', close: () => Promise.resolve() };
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const headers = {
        'content-type': 'application/json',
        'stripe-signature': String(request.headers['stripe-signature']),
      };
      fetch(stripe.to, { method: 'POST', headers, body: Buffer.concat(chunks) }).then(
        ({ status }) => response.writeHead(status).end(),
        () => response.writeHead(502).end(),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stripe.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  stripe.close = () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return stripe;
}
