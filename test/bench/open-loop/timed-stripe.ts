/**
 * Stands for Stripe, in a process of its own: gets and creates customers, holds each answer for HOLD_MS, and notes how
 * long it had each request.
 *   node timed-stripe.cjs HOLD_MS
 */
import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** Milliseconds from a request's first byte to its answer, by the customer's id or, of a new one, its description. */
export type StripeTimes = Readonly<Record<string, number>>;

const [holdMs] = process.argv.slice(2).map(Number) as [number];
let tookMs: Record<string, number> = {};

const server = http.createServer((request, response) => {
  const begun = performance.now();
  let form = '';
  request.on('data', (chunk: Buffer) => (form += chunk.toString()));
  request.on('end', () => {
    const [, id] = /^\/v1\/customers\/(\w+)/.exec(request.url ?? '') ?? [];
    const key = id ?? new URLSearchParams(form).get('description') ?? '';
    const customer = { id: id ?? `cus_${key}`, object: 'customer', description: key, livemode: false, created: 1 };
    setTimeout(() => {
      const head = { 'content-type': 'application/json', 'request-id': `req_${key}` };
      response.writeHead(200, head).end(JSON.stringify(customer));
      tookMs[key] = performance.now() - begun;
    }, holdMs);
  });
});
server.keepAliveTimeout = 120_000;
process.on('message', () => {
  process.send?.({ tookMs });
  tookMs = {};
});
process.on('disconnect', () => process.exit());
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
