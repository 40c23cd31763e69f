/**
 * Where releases arrive: stands for Stripe. Notes when each request came, on the machine's monotonic clock, its endpoint,
 * and when it was released.
 */
import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it arrived. Times are microseconds. */
export interface Arrival {
  readonly atUs: number;
  readonly releasedUs: number;
  readonly endpoint: string;
}

let arrived: Arrival[] = [];
const server = http.createServer(({ url = '' }, response) => {
  const [releasedUs, endpoint = ''] = url.slice(1).split('/');
  arrived.push({
    atUs: Number(process.hrtime.bigint() / 1000n),
    releasedUs: Number(releasedUs),
    endpoint: decodeURIComponent(endpoint),
  });
  response.end('{}');
});
server.keepAliveTimeout = 60_000;
process.on('message', () => {
  process.send?.({ arrived });
  arrived = [];
});
process.on('disconnect', () => process.exit());
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
