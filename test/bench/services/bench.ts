/**
 * `npm run bench -- services`: what a request of a warm instance asks of Google's services, counted where it arrives: of
 * operations (the limiter's own calls are the limiter's bench), and of Secret Manager.
 */
import path from 'node:path';
import { startServers, type Asked, type Servers } from '../cold/google-and-stripe.ts';
import { inCloud } from '../cold/rounds.ts';
import { atMost, type Figure } from '../figure.ts';
import { serve } from '../served.ts';

const REQUESTS = 30;

interface Job {
  readonly name: string;
  readonly target: string;
  readonly body: (request: number) => object;
}

const WRITE: Job = {
  name: 'confirm-payment-intent',
  target: 'confirmPaymentIntent',
  body: (request) => ({ operationId: `bench-${request}`, connectorInputPayload: { PaymentIntentId: 'pi_1' } }),
};
const READ: Job = {
  name: 'get-entity',
  target: 'getEntity',
  body: () => ({ entity: 'Customer', entityId: 'cus_1' }),
};

export async function services(): Promise<Figure[]> {
  const servers = await startServers();
  try {
    const write = await askedBy(WRITE, servers);
    const read = await askedBy(READ, servers);
    const each = (count: number): number => count / REQUESTS;
    const secrets = [...write, ...read].filter(({ host }) => host.startsWith('secretmanager')).length;
    return [
      atMost('services: Firestore writes of a write under an operation id', each(writesOf(write)), 2),
      atMost('services: Firestore reads of a write under an operation id', each(readsOf(write)), 0),
      atMost('services: Firestore writes and reads of a read', each(writesOf(read) + readsOf(read)), 0),
      atMost('services: secrets read by a warm instance', secrets, 0),
    ];
  } finally {
    servers.close();
  }
}

/** What a warm instance asks for so many requests, one after the other. */
async function askedBy({ name, target, body }: Job, servers: Servers): Promise<readonly Asked[]> {
  const redirect = ['--require', path.resolve('test/bench/cold/redirect.cjs')];
  const server = await serve(path.resolve('build/functions', name), target, inCloud(servers), redirect);
  try {
    const ask = async (request: number): Promise<void> => {
      const answer = await fetch(`http://127.0.0.1:${server.port}/`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body(request)),
      });
      if (answer.status !== 200) throw new Error(await answer.text());
      await answer.text();
    };
    await ask(0);
    const before = servers.asked.length;
    for (let request = 1; request <= REQUESTS; request += 1) await ask(request);
    return servers.asked.slice(before);
  } finally {
    await server.stop();
  }
}

const OPERATION = /\/operations\//;

/** Documents of operations that were written. */
function writesOf(asked: readonly Asked[]): number {
  return asked
    .filter(({ url }) => url.includes(':commit'))
    .flatMap(({ body }) => (JSON.parse(body) as { writes: object[] }).writes)
    .filter((write) => OPERATION.test(JSON.stringify(write))).length;
}

/** Documents of operations that were read. */
function readsOf(asked: readonly Asked[]): number {
  return asked
    .filter(({ url }) => url.includes(':batchGet'))
    .flatMap(({ body }) => (JSON.parse(body) as { documents: string[] }).documents)
    .filter((name) => OPERATION.test(name)).length;
}
