/** Instances of the whole connector on loopback: a Firestore some milliseconds away that counts, and a Stripe that times. */
import { spawn } from 'node:child_process';
import { freePort } from '../../emulator/ports.ts';
import { startFirestore } from '../../emulator/firestore.ts';
import { running, type Running } from '../../functions/framework.ts';
import { bundle } from '../bundles.ts';
import { Helper } from '../helper.ts';
import type { StoreCall } from './meter.ts';
import type { StripeTimes } from './timed-stripe.ts';

/** Programs of a stage, to be bundled into one folder with the bench that uses it. */
const PROGRAMS = ['open-loop/meter', 'open-loop/timed-stripe', 'limiter/delay-proxy'];

/** Bundles a bench, `latency/bench`, with what its stage starts. Returns the bench's program. */
export async function bundleOnStage(name: string): Promise<string> {
  const folder = `build/run/${name.replace('/', '-')}`;
  for (const program of [...PROGRAMS, name]) await bundle([`test/bench/${program}.ts`], folder);
  return `${folder}/${name.split('/').at(-1)}.cjs`;
}

/** Milliseconds each way: a Firestore in the same region. */
const DELAY_MS = 8;
/** Milliseconds that Stripe takes. */
const STRIPE_MS = 100;

export interface Stage {
  /** host:port of Firestore as the instances reach it. */
  readonly firestore: string;
  /** Calls to Firestore since the last question. */
  storeCalls(): Promise<readonly StoreCall[]>;
  /** What Stripe took since the last question. */
  stripeTimes(): Promise<StripeTimes>;
  /** Instances of a connection; without `shared` each has its state in memory. */
  start(instances: number, connection: string, settings: object, shared: boolean): Promise<readonly Running[]>;
  clear(): Promise<void>;
}

/** `folder` holds the bundles of `bundleOnStage`. */
export async function setStage(folder: string): Promise<Stage> {
  const emulator = await startFirestore();
  const delay = await Helper.start(folder, 'delay-proxy', [emulator.host.split(':')[1] ?? '', String(DELAY_MS)]);
  const meter = await Helper.start(folder, 'meter', [String(delay.port)]);
  const stripe = await Helper.start(folder, 'timed-stripe', [String(STRIPE_MS)]);
  const firestore = `127.0.0.1:${meter.port}`;
  return {
    firestore,
    storeCalls: async () => (await meter.ask<{ calls: StoreCall[] }>('report')).calls,
    stripeTimes: async () => (await stripe.ask<{ tookMs: StripeTimes }>('report')).tookMs,
    start: (instances, connection, settings, shared) =>
      Promise.all(
        Array.from({ length: instances }, async () => {
          const port = await freePort();
          const env: NodeJS.ProcessEnv = {
            PATH: process.env['PATH'],
            PORT: String(port),
            NODE_ENV: 'production',
            STRIPE_API_KEY: 'sk_test_bench',
            STRIPE_API_BASE: `http://127.0.0.1:${stripe.port}`,
            CONNECTION_SETTINGS: JSON.stringify({ name: connection, ...settings }),
            ...(shared ? { FIRESTORE_EMULATOR_HOST: firestore } : {}),
          };
          return running(spawn(process.execPath, ['build/local/start.cjs'], { env }), port, 'try it:');
        }),
      ),
    async clear() {
      for (const helper of [delay, meter, stripe]) helper.stop();
      await emulator.stop();
    },
  };
}
