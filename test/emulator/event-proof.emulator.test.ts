/**
 * Stripe's events through the built functions and the emulators of Pub/Sub and Firestore: three families over twenty
 * accounts, shuffled, a quarter duplicated, one in twenty dropped by the network, receivers killed every few seconds.
 * After a reconciliation a subscriber that keeps the last state has Stripe's state of every object.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { snapshotEvent, thinEvent, type EventBody } from '../fixtures/event-families.ts';
import { errorOf, post, startFunction } from '../functions/framework.ts';
import { SANDBOX_KEY } from '../../shared/sandbox/server.ts';
import { ChangingStripe, LastStates, seeded } from '../support/changing-stripe.ts';
import { assertEventMessage } from '../support/event-message.ts';
import { sized } from '../support/sizes.ts';
import { deliverShuffled, EventReceivers, type EventDelivery } from './event-receivers.ts';
import { emulatorIsHere, startFirestore, type Emulator } from './firestore.ts';
import { pubsubIsHere, startPubsub, type Got, type Pubsub } from './pubsub.ts';
import { startStripeOverHttp, type StripeOverHttp } from './stripe-over-http.ts';

const EVENTS = sized(200, 10_000);
const ACCOUNTS = sized(5, 20);
const OBJECTS = sized(12, 150);
const RECEIVERS = sized(2, 3);
const KILL_EVERY_MS = sized(700, 4000);
/** Each kill costs a cold start, which the small run can afford a few times. */
const MOST_KILLS = sized(3, Infinity);
const [DUPLICATED, DROPPED, FOREIGN] = [0.25, 0.05, 0.02];
/** Changes of a type that two destinations subscribe, each in another family. */
const IN_BOTH_FAMILIES = 0.02;
const ATTEMPTS = 6;
/** A scheduler's run some minutes after the last event: the newest minute is left to the webhooks. */
const LATER_MS = 180_000;

const [OWN, ...CONNECTED] = Array.from({ length: ACCOUNTS }, (_, n) => `acct_${n}`) as [string, ...string[]];
const SECRETS = { snapshot: 'whsec_endpoint0', connect: 'whsec_connect00', thin: 'whsec_thin00000' };
const SETTINGS = {
  name: 'proof',
  events_topic: 'projects/stripe-local/topics/proof',
  account_id: OWN,
  allowed_accounts: CONNECTED,
  events_refetch: true,
  min_nodes: 100,
  max_nodes: 100,
  account_ceiling: 10_000,
  endpoint_ceiling: 10_000,
};

/** Signed with the secret of the destination that Stripe would send it from. */
function deliveryOf(body: EventBody): EventDelivery {
  const family = body['object'] === 'event' ? (body['account'] === undefined ? 'snapshot' : 'connect') : 'thin';
  return { body, secret: SECRETS[family], attempts: ATTEMPTS };
}

/** An event of an account that the connection does not serve: by `account`, by `context`, by an organization. */
function foreignEvent(n: number, choose: number, createdS: number): EventBody {
  const made = { n: EVENTS + n, type: 'coupon.updated', object: { id: 'foreign', object: 'coupon' }, createdS };
  if (choose < 0.3) return snapshotEvent({ ...made, account: 'acct_foreign' });
  const context = choose < 0.5 ? 'acct_foreign' : choose < 0.8 ? 'org_1/acct_foreign' : 'org_1';
  return { ...thinEvent(made), context };
}

if (emulatorIsHere() && pubsubIsHere()) {
  let firestore: Emulator;
  let pubsub: Pubsub;
  let http: StripeOverHttp;
  let folder: string;
  let env: Record<string, string>;
  const stripe = new ChangingStripe({ objects: OBJECTS, ownAccount: OWN });
  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'event-proof-'));
    [firestore, pubsub, http] = await Promise.all([
      startFirestore(),
      startPubsub(),
      startStripeOverHttp((request) => stripe.reply(request)),
    ]);
    await pubsub.topic('proof');
    env = {
      STRIPE_API_KEY: SANDBOX_KEY,
      STRIPE_API_BASE: http.url,
      FIRESTORE_EMULATOR_HOST: firestore.host,
      PUBSUB_EMULATOR_HOST: pubsub.host,
      STRIPE_WEBHOOK_SECRET: Object.values(SECRETS).join(','),
      CONNECTION_SETTINGS: JSON.stringify(SETTINGS),
    };
  });
  after(async () => {
    await http.close();
    await Promise.all([firestore.stop(), pubsub.stop()]);
    rmSync(folder, { recursive: true, force: true });
  });

  /** Runs `reconcile-events` until it has read everything, on a machine whose clock is some minutes ahead. */
  const reconcileLater = async (): Promise<Record<string, number>> => {
    const ahead = path.join(folder, 'ahead.cjs');
    writeFileSync(ahead, `const now = Date.now; Date.now = () => now() + ${LATER_MS};`);
    const running = await startFunction({ name: 'reconcile-events', env, flags: ['--require', ahead] });
    const counts: Record<string, number> = {};
    try {
      for (;;) {
        const answer = await post(running.url, {});
        assert.equal(answer.status, 200, `${JSON.stringify(errorOf(answer))}\n${running.output().slice(-5000)}`);
        const accounts = answer.body['accounts'] as { complete?: boolean; counts: Record<string, number> }[];
        for (const one of accounts)
          for (const [status, count] of Object.entries(one.counts)) counts[status] = (counts[status] ?? 0) + count;
        if (accounts.every(({ complete }) => complete === true)) return counts;
      }
    } finally {
      await running.stop();
    }
  };

  /** Everything that was published. */
  const publications = async (): Promise<Got[]> => {
    const got: Got[] = [];
    for (;;) {
      const more = await pubsub.pull('proof', 0);
      if (more.length === 0) return got;
      got.push(...more);
    }
  };

  test(`a subscriber has Stripe's state after ${EVENTS} events, kills and a reconciliation`, async () => {
    const random = seeded(20_26);
    const receivers = new EventReceivers({ env, count: RECEIVERS, random });
    await receivers.start();
    const began = performance.now();
    let made = 0;
    let foreign = 0;
    let dropped = 0;
    let inBoth = 0;
    /** The next change at Stripe, and what Stripe delivers of it. */
    const next = (): EventDelivery[] | undefined => {
      if (made === EVENTS) return undefined;
      const [choose, fate] = [random(), random()];
      const account = [OWN, ...CONNECTED][Math.floor(random() * ACCOUNTS)] ?? OWN;
      const createdS = Math.floor(Date.now() / 1000);
      let body = stripe.change({ account, n: (made += 1), choose, createdS });
      if (typeof body['context'] === 'string' && random() < 0.25) body = { ...body, context: `org_1/${account}` };
      const isDropped = fate > 1 - DROPPED;
      if (isDropped) dropped += 1;
      const bodies = isDropped ? [] : random() < DUPLICATED ? [body, body] : [body];
      const twin = stripe.twins.get(body.id);
      if (!isDropped && twin !== undefined && random() < IN_BOTH_FAMILIES) {
        inBoth += 1;
        bodies.push(twin);
      }
      if (fate < FOREIGN) bodies.push(foreignEvent((foreign += 1), random(), createdS));
      return bodies.map(deliveryOf);
    };
    const killer = setInterval(() => {
      if (receivers.killed < MOST_KILLS) receivers.kill();
    }, KILL_EVERY_MS);
    try {
      await deliverShuffled(receivers, next, { random, atOnce: 12, shuffled: 60 });
    } finally {
      clearInterval(killer);
      await receivers.stop();
    }
    const deliveredMs = performance.now() - began;
    const byWebhook = await publications();
    const readsByWebhook = stripe.reads;
    const reconcileStarted = performance.now();
    const reconciled = await reconcileLater();
    const reconciledMs = performance.now() - reconcileStarted;
    const messages = [...byWebhook, ...(await publications())];

    messages.forEach(assertEventMessage);
    const subscriber = new LastStates();
    for (const message of messages) subscriber.keep(message);
    const wrongAccount = messages.filter(
      ({ attributes }) => attributes['account'] !== stripe.accountOf.get(attributes['ce-id'] ?? ''),
    );
    const perEvent = messages.length / (EVENTS + inBoth);
    const publicationsOf = new Map<string, string[]>();
    for (const { attributes } of messages) {
      const key = attributes['changekey'] ?? '';
      publicationsOf.set(key, [...(publicationsOf.get(key) ?? []), attributes['family'] ?? '']);
    }
    const families = [...publicationsOf.values()].map((of) => new Set(of).size);
    const perChange = messages.length / publicationsOf.size;
    const differences = subscriber.differences(stripe);
    console.log(
      [
        `${EVENTS} events (${dropped} dropped), ${foreign} foreign, ${receivers.killed} kills in ${Math.round(deliveredMs / 1000)} s`,
        `answers ${JSON.stringify(Object.fromEntries(receivers.statuses))}`,
        `reconciled ${JSON.stringify(reconciled)} in ${Math.round(reconciledMs / 1000)} s`,
        `${stripe.state.size} objects, ${differences.length} of them not in Stripe's state`,
        `${wrongAccount.length} events under a wrong account or foreign`,
        `${publicationsOf.size} changes, ${families.filter((count) => count === 2).length} of them in two families, ` +
          `${perChange.toFixed(3)} publications a change`,
        `${perEvent.toFixed(3)} publications and ${(readsByWebhook / EVENTS).toFixed(3)} reads an event`,
      ].join('\n'),
    );
    assert.deepEqual(differences, []);
    assert.deepEqual(wrongAccount, []);
    assert.ok(receivers.killed > 0 && foreign > 0 && dropped > 0, 'the run had its faults');
    assert.ok((receivers.statuses.get('ignored_account') ?? 0) > 0, 'foreign events are acknowledged');
    assert.ok(perEvent <= 1.2, `${perEvent} publications an event`);
    assert.equal(publicationsOf.size, EVENTS, 'each change has one key, whichever families bring it');
    assert.ok(perChange <= 1.2, `${perChange} publications a change`);
    assert.ok(families.filter((count) => count > 1).length <= inBoth, 'two families only where Stripe delivers both');
  });
}
