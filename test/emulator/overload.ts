/** Writes that all come at once to one instance of a built function, with Firestore's emulator as its store. */
import { once } from 'node:events';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { post, startFunction } from '../functions/framework.ts';
import { SANDBOX_KEY, startSandbox } from '../../shared/sandbox/server.ts';
import { startCountingProxy } from './counting-proxy.ts';

export interface Overload {
  readonly callers: number;
  readonly maxWaitMs: number;
  /** Calls before the burst, so that the instance knows the store's time. */
  readonly warm: boolean;
}

export interface Overloaded {
  /** The status of each answer. */
  readonly statuses: readonly number[];
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
  const body = (operationId: string): object => ({
    entity: 'Customer',
    operationId,
    connectorInputPayload: { Name: 'Jane' },
  });
  try {
    for (let call = 0; warm && call < 3; call += 1) await post(one.url, body(`warm-${call}`));
    const sockets = await connections(one.url, callers);
    const before = proxy.requests;
    const begunMs = performance.now();
    const statuses = await Promise.all(
      sockets.map((socket, index) => postOver(socket, one.url, body(`call-${index}`))),
    );
    return { statuses, storeCalls: proxy.requests - before, slowestMs: performance.now() - begunMs };
  } finally {
    await one.stop();
    await proxy.close();
    await sandbox.close();
  }
}

/** How many answers have this status. */
export function withStatus({ statuses }: Overloaded, status: number): number {
  return statuses.filter((one) => one === status).length;
}

/**
 * Opens connections, a hundred at a time. Node keeps 511 connections that are not accepted yet, and the kernel of a caller
 * beyond them tries again after a second or more, which is not what is measured.
 * https://nodejs.org/api/net.html#serverlistenport-host-backlog-callback
 */
async function connections(url: string, count: number): Promise<Socket[]> {
  const { hostname, port } = new URL(url);
  const sockets: Socket[] = [];
  while (sockets.length < count) {
    const some = Array.from({ length: Math.min(100, count - sockets.length) }, () => connect(Number(port), hostname));
    await Promise.all(some.map((socket) => once(socket, 'connect')));
    sockets.push(...some);
  }
  return sockets;
}

/** POSTs JSON over an open connection. Returns the status of the answer. */
function postOver(socket: Socket, url: string, body: object): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    request(url, { method: 'POST', headers, createConnection: () => socket }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0));
    })
      .once('error', reject)
      .end(JSON.stringify(body));
  });
}

/**
 * Calls to the store for each rejected call. Served ones are left out: two for the record of each, and one for the turn of
 * each at most.
 */
export function storeCallsPerRejected(ran: Overloaded): number {
  return Math.max(0, ran.storeCalls - 3 * withStatus(ran, 200)) / withStatus(ran, 429);
}
