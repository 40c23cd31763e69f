/**
 * Bare calls of Stripe's SDK and calls through the connector, block by block, in one process: what `bench.ts` starts. Prints
 * nothing but the connector's log; tells the figures of each block to its parent.
 */
import { createRequire } from 'node:module';
import type StripeSdk from 'stripe';
import { deploymentOf } from '../../../shared/connection/deployment.ts';
import { actionService, entityService } from '../../../shared/serve/services.ts';
import { buildWorld } from '../../../shared/world.ts';

/** Of one block: milliseconds of the call in the middle, and microseconds on the processor of each. */
export interface Block {
  readonly job: string;
  readonly way: 'bare' | 'ours';
  readonly p50Ms: number;
  readonly cpuUs: number;
}

const CALLS = 300;

const base = new URL(process.env['STRIPE_API_BASE'] ?? '');
const apiKey = process.env['STRIPE_API_KEY'] ?? '';
const Stripe = createRequire(__filename)('stripe') as typeof StripeSdk;
const sdk = new Stripe(apiKey, {
  host: base.hostname,
  port: Number(base.port),
  protocol: 'http',
  maxNetworkRetries: 0,
  telemetry: false,
});
const world = buildWorld(deploymentOf(process.env));
const get = entityService('Get');
const confirm = actionService('ConfirmPaymentIntent');

function through(service: typeof get, body: object, operationId?: string): Promise<string> {
  const text = JSON.stringify(body);
  const terms = { operationId, deadlineMs: world.settings.deadlineMs, told: new Set<string>() };
  return service
    .prepare(world, JSON.parse(text), terms)
    .run()
    .then((answer) => JSON.stringify(answer.body));
}

const JOBS: Readonly<Record<string, Record<Block['way'], () => Promise<unknown>>>> = {
  'a Get': {
    bare: () => sdk.customers.retrieve('cus_1').then((one) => JSON.stringify(one)),
    ours: () => through(get, { entity: 'Customer', entityId: 'cus_1' }),
  },
  'an action': {
    bare: () => sdk.paymentIntents.confirm('pi_1').then((one) => JSON.stringify(one)),
    ours: () => through(confirm, { connectorInputPayload: { PaymentIntentId: 'pi_1' } }, world.random.uuid()),
  },
};

async function block(call: () => Promise<unknown>): Promise<{ p50Ms: number; cpuUs: number }> {
  const times: number[] = [];
  const before = process.cpuUsage();
  for (let made = 0; made < CALLS; made += 1) {
    const begun = performance.now();
    await call();
    times.push(performance.now() - begun);
  }
  const { user, system } = process.cpuUsage(before);
  times.sort((a, b) => a - b);
  return { p50Ms: times[CALLS >> 1] ?? NaN, cpuUs: (user + system) / CALLS };
}

async function main(rounds: number): Promise<void> {
  for (let round = -3; round < rounds; round += 1)
    for (const [job, ways] of Object.entries(JOBS))
      for (const way of Math.random() < 0.5 ? (['bare', 'ours'] as const) : (['ours', 'bare'] as const)) {
        const measured = await block(ways[way]);
        if (round >= 0) process.send?.({ job, way, ...measured } satisfies Block);
      }
  process.disconnect();
}

void main(Number(process.argv[2]));
