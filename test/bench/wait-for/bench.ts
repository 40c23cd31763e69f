/**
 * `npm run bench -- wait-for [--waits N]`: how long after the arrival of an event a call with `waitFor` is answered, over
 * HTTP, on built bundles, with a Firestore some milliseconds away. The event arrives at the instance that waits, at
 * another one, and at another one after the waiting instance was killed and the call repeated. Also the reads of one wait
 * that no event ends. Run it on a quiet machine.
 */
import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { setTimeout as pause } from 'node:timers/promises';
import { startCountingProxy } from '../../emulator/counting-proxy.ts';
import { startFirestore } from '../../emulator/firestore.ts';
import { freePort } from '../../emulator/ports.ts';
import { startPubsub } from '../../emulator/pubsub.ts';
import { eventOf, signed } from '../../fixtures/stripe-webhooks.ts';
import { post, running, startFunction, type Answered, type Running } from '../../functions/framework.ts';
import { SANDBOX_KEY, startSandbox } from '../../../shared/sandbox/server.ts';
import { Chance } from '../../simulation/events.ts';
import { atMost, report, type Figure } from '../figure.ts';
import { Helper } from '../helper.ts';
import { quantile } from '../quantile.ts';

const SECRET = 'whsec_bench0000';
/** Milliseconds each way to Firestore, as in the other benches. */
const DELAY_MS = '8';
/** Waits that run at the same time. */
const AT_ONCE = 5;
/** When the event arrives after the write, in milliseconds. */
const [SOONEST_MS, LATEST_MS] = [200, 4000];
/** Longest p95 after the arrival: at the instance that waits, and at another one. */
const [MAX_SAME_MS, MAX_OTHER_MS] = [300, 1200];
const MAX_READS = 50;
const LONGEST_WAIT_S = 45;
const WAIT = { status: ['succeeded'], seconds: LONGEST_WAIT_S };
const SETTINGS = {
  name: 'waiting',
  events_topic: 'projects/stripe-local/topics/waiting',
  min_nodes: 100,
  max_nodes: 100,
  account_ceiling: 10_000,
  endpoint_ceiling: 10_000,
};

async function main(folder: string): Promise<number> {
  const { values } = parseArgs({ options: { waits: { type: 'string', default: '60' } } });
  const waits = Number(values.waits);
  const chance = new Chance(26);
  const [firestore, pubsub, sandbox] = await Promise.all([startFirestore(), startPubsub(), startSandbox({ seed: 26 })]);
  await pubsub.topic('waiting');
  const delay = await Helper.start(folder, 'delay-proxy', [firestore.host.split(':')[1] ?? '', DELAY_MS]);
  const proxy = await startCountingProxy(`127.0.0.1:${delay.port}`);
  const env = {
    STRIPE_API_KEY: SANDBOX_KEY,
    STRIPE_API_BASE: sandbox.url,
    FIRESTORE_EMULATOR_HOST: proxy.host,
    PUBSUB_EMULATOR_HOST: pubsub.host,
    STRIPE_WEBHOOK_SECRET: SECRET,
    CONNECTION_SETTINGS: JSON.stringify(SETTINGS),
  };

  /** A process that serves every function. */
  const whole = async (): Promise<Running> => {
    const port = await freePort();
    const child = spawn(process.execPath, ['build/local/start.cjs'], {
      env: { PATH: process.env['PATH'], PORT: String(port), NODE_ENV: 'production', ...env },
    });
    return running(child, port, 'try it:');
  };
  let objects = 0;
  const intents = new Map<string, object>();
  const created = (): string => {
    const intent = sandbox.seed('PaymentIntent', { amount: 100, currency: 'usd', status: 'processing' });
    intents.set(intent.id, intent);
    return intent.id;
  };
  const update = (url: string, id: string, operationId: string): Promise<Answered> =>
    post(url, {
      entity: 'PaymentIntent',
      entityId: id,
      connectorInputPayload: { Description: 'waits' },
      operationId,
      waitFor: WAIT,
    });
  const writes = (id: string): number =>
    sandbox.requests.filter(({ method, path }) => method === 'POST' && path.endsWith(id)).length;
  /**
   * Changes an object at Stripe and sends its event. Returns when it was sent. The change matters: an event of the write's
   * own second ends a wait only after a read of the object.
   */
  const arrive = async (url: string, id: string): Promise<number> => {
    Object.assign(intents.get(id) ?? {}, { status: 'succeeded' });
    const body = JSON.stringify(
      eventOf('payment_intent.succeeded', { id, object: 'payment_intent', status: 'succeeded' }),
    );
    const sentAt = performance.now();
    const { status, text } = await post(url, body, { 'stripe-signature': signed(SECRET, body) });
    if (status !== 200) throw new Error(text);
    return sentAt;
  };
  const assertReached = ({ status, body, text }: Answered): void => {
    const reached = (body['waitFor'] as { reached?: boolean } | undefined)?.reached;
    if (status !== 200 || body['effect'] !== 'done' || reached !== true) throw new Error(text);
  };
  /** Milliseconds from the arrival of the event at `receiver` to the answer of the call. */
  const waited = async (waiter: string, receiver: string, operationId = `wait-${(objects += 1)}`): Promise<number> => {
    const id = created();
    const answered = update(waiter, id, operationId).then((answer) => ({ answer, at: performance.now() }));
    while (writes(id) === 0) await pause(10);
    await pause(chance.between(SOONEST_MS, LATEST_MS));
    const sentAt = await arrive(receiver, id);
    const { answer, at } = await answered;
    assertReached(answer);
    return at - sentAt;
  };
  const many = async (waiter: string, receiver: string): Promise<number[]> => {
    for (let warm = 0; warm < 3; warm += 1) await waited(waiter, receiver);
    const times: number[] = [];
    const lane = async (): Promise<void> => {
      while (times.length + AT_ONCE <= waits) times.push(await waited(waiter, receiver));
    };
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
    return times;
  };
  /** Kills the instance while calls wait, and repeats them at another one, each before its event arrives. */
  const repeated = async (receiver: string): Promise<number[]> => {
    const calls = Array.from({ length: 2 * AT_ONCE }, (_, n) => ({ id: created(), operationId: `killed-${n}` }));
    const first = await startFunction({ name: 'update-entity', env });
    const before = proxy.queries;
    const lost = calls.map(({ id, operationId }) => update(first.url, id, operationId).catch(() => undefined));
    // A wait reads the inbox once the record of its write is stored.
    while (proxy.queries < before + calls.length) await pause(20);
    await first.stop();
    await Promise.all(lost);
    const second = await startFunction({ name: 'update-entity', env });
    try {
      return await Promise.all(
        calls.map(async ({ id, operationId }) => {
          const answered = update(second.url, id, operationId).then((answer) => ({ answer, at: performance.now() }));
          await pause(chance.between(1000, LATEST_MS));
          const sentAt = await arrive(receiver, id);
          const { answer, at } = await answered;
          assertReached(answer);
          if (writes(id) !== 1) throw new Error(`${writes(id)} writes of ${id}`);
          return at - sentAt;
        }),
      );
    } finally {
      await second.stop();
    }
  };
  /** Reads of a wait whose event never arrives. */
  const readsOfWait = async (url: string): Promise<number> => {
    const before = proxy.queries;
    const { status, body, text } = await update(url, created(), 'never');
    if (status !== 200 || body['effect'] !== 'done') throw new Error(text);
    return proxy.queries - before;
  };

  const [one, receiver, waiter] = await Promise.all([
    whole(),
    startFunction({ name: 'stripe-events', env }),
    startFunction({ name: 'update-entity', env }),
  ]);
  const figures: Figure[] = [];
  const timed = (name: string, times: readonly number[], bar: number): void => {
    const note = `p50 ${Math.round(quantile(times, 0.5))}, longest ${Math.round(Math.max(...times))}, ${times.length} waits`;
    figures.push(atMost(name, quantile(times, 0.95), bar, note));
  };
  try {
    timed(
      'waitFor: p95 after the arrival at the instance that waits, ms',
      await many(`${one.url}/update-entity`, `${one.url}/stripe-events`),
      MAX_SAME_MS,
    );
    timed('waitFor: p95 after the arrival at another instance, ms', await many(waiter.url, receiver.url), MAX_OTHER_MS);
    timed(
      'waitFor: the same, the waiting instance was killed and the call repeated, ms',
      await repeated(receiver.url),
      MAX_OTHER_MS,
    );
    figures.push(atMost(`waitFor: reads of a wait of ${LONGEST_WAIT_S} s`, await readsOfWait(waiter.url), MAX_READS));
  } finally {
    await Promise.all([one.stop(), receiver.stop(), waiter.stop()]);
    delay.stop();
    await Promise.all([proxy.close(), sandbox.close(), firestore.stop(), pubsub.stop()]);
  }
  return report(figures);
}

void main(__dirname).then((missed) => process.exit(missed === 0 ? 0 : 1));
