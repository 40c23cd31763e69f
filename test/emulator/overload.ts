/** Writes that all come at once to one instance of a built function, with Firestore's emulator as its store. */
import { post, startFunction, type Answered } from '../functions/framework.ts';
import { SANDBOX_KEY, startSandbox } from '../../shared/sandbox/server.ts';
import { startCountingProxy } from './counting-proxy.ts';

export interface Overload {
  readonly callers: number;
  readonly maxWaitMs: number;
  /** Calls before the burst, so that the instance knows the store's time. */
  readonly warm: boolean;
}

export interface Overloaded {
  readonly answers: readonly Answered[];
  /** Calls to the store from the first caller to the last answer. */
  readonly storeCalls: number;
  /** Milliseconds to the last answer. */
  readonly slowestMs: number;
}

export async function overload(emulatorHost: string, { callers, maxWaitMs, warm }: Overload): Promise<Overloaded> {
  const sandbox = await startSandbox({ seed: 5 });
  const proxy = await startCountingProxy(emulatorHost);
  const one = await startFunction({
    name: 'create-entity',
    env: {
      STRIPE_API_KEY: SANDBOX_KEY,
      STRIPE_API_BASE: sandbox.url,
      FIRESTORE_EMULATOR_HOST: proxy.host,
      CONNECTION_SETTINGS: JSON.stringify({ name: `overload-${callers}-${warm}`, max_wait_ms: maxWaitMs }),
    },
  });
  const write = (operationId: string): Promise<Answered> =>
    post(one.url, { entity: 'Customer', operationId, connectorInputPayload: { Name: 'Jane' } });
  try {
    for (let call = 0; warm && call < 3; call += 1) await write(`warm-${call}`);
    const before = proxy.requests;
    const begunMs = performance.now();
    const answers = await Promise.all(Array.from({ length: callers }, (_, index) => write(`call-${index}`)));
    return { answers, storeCalls: proxy.requests - before, slowestMs: performance.now() - begunMs };
  } finally {
    await one.stop();
    await proxy.close();
    await sandbox.close();
  }
}

/** How many answers have this status. */
export function withStatus({ answers }: Overloaded, status: number): number {
  return answers.filter((answer) => answer.status === status).length;
}

/**
 * Calls to the store for each rejected call. Served ones are left out: two for the record of each, and one for the turn of
 * each at most.
 */
export function storeCallsPerRejected(ran: Overloaded): number {
  return Math.max(0, ran.storeCalls - 3 * withStatus(ran, 200)) / withStatus(ran, 429);
}
