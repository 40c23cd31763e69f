import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { running, type Running } from '../../functions/framework.ts';
import { freePort } from '../../emulator/ports.ts';

/** Signs the webhooks of the table. */
export const WEBHOOK_SECRET = 'whsec_hostile0000000000';

export interface Watched extends Running {
  /** Milliseconds of the longest stall of its event loop since the last question. */
  stalledMs(): Promise<number>;
  /** Milliseconds that its main thread was on a processor so far: unlike a stall, not longer on a busy machine. */
  mainThreadMs(): number;
}

/** The built local server, every endpoint on one port, with Stripe in another process and a probe in its event loop. */
export async function startWatched(stripe: string): Promise<Watched> {
  const port = await freePort();
  const settings = {
    min_nodes: 100,
    max_nodes: 100,
    account_ceiling: 10_000,
    endpoint_ceiling: 10_000,
    events_topic: 'projects/p/topics/events',
  };
  const child = spawn(
    process.execPath,
    ['--require', path.resolve('test/bench/hostile/stall-probe.cjs'), 'build/local/start.cjs'],
    {
      env: {
        PATH: process.env['PATH'],
        PORT: String(port),
        STRIPE_API_KEY: 'sk_test_hostile0000',
        STRIPE_API_BASE: stripe,
        STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
        CONNECTION_SETTINGS: JSON.stringify(settings),
      },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    },
  );
  const server = await running(child, port, 'try it:');
  const schedstat = `/proc/${server.pid}/task/${server.pid}/schedstat`;
  return {
    ...server,
    mainThreadMs: () => Number(readFileSync(schedstat, 'utf8').split(' ')[0]) / 1e6,
    async stalledMs() {
      child.send('stall');
      const [{ stalledMs }] = (await once(child, 'message')) as [{ stalledMs: number }];
      return stalledMs;
    },
  };
}

export interface Answer {
  readonly status: number;
  /** Until the whole answer is here. */
  readonly ms: number;
  readonly bytes: number;
}

export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export function send(url: string, { method, path: where, headers, body }: Sent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const begun = performance.now();
    const length = body.length === 0 ? {} : { 'content-length': String(body.length) };
    const request = http.request(`${url}${where}`, { method, headers: { ...headers, ...length }, agent: false });
    request.once('error', reject);
    request.once('response', (response) => {
      let bytes = 0;
      response.on('data', (chunk: Buffer) => (bytes += chunk.length));
      response.once('end', () => resolve({ status: response.statusCode ?? 0, ms: performance.now() - begun, bytes }));
    });
    request.end(body);
  });
}
