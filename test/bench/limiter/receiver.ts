/** Where releases arrive: stands for Stripe. Notes when each request came, on the machine's monotonic clock. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';

let arrived: number[] = [];
const server = http.createServer((_, response) => {
  arrived.push(Number(process.hrtime.bigint() / 1000n));
  response.end('{}');
});
server.keepAliveTimeout = 60_000;
process.on('message', () => {
  process.send?.({ arrived });
  arrived = [];
});
process.on('disconnect', () => process.exit());
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
