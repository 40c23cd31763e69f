/**
 * `npm run bench -- hostile [PART]`: hostile bodies. Bodies that are rejected before parsing go to a built function, and
 * its memory is measured. Parsed bodies go to every endpoint of the local server (only those whose name has PART).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { gzipSync } from 'node:zlib';
import type { Figure } from '../figure.ts';
import { endpoints } from './endpoints.ts';
import { startFunction, type Running } from '../../functions/framework.ts';

const MB = 1024 * 1024;
const SLOWEST_MS = 100;
const MOST_MB = 32;

interface Hostile {
  readonly name: string;
  readonly status: readonly number[];
  readonly headers?: Record<string, string>;
  /** In one announced piece, or streamed in chunks. */
  readonly chunked?: boolean;
  readonly body: () => Buffer;
}

const HOSTILE: readonly Hostile[] = [
  { name: '20 MB in one piece', status: [413], body: () => Buffer.alloc(20 * MB, 'x') },
  { name: '20 MB in chunks', status: [413], chunked: true, body: () => Buffer.alloc(20 * MB, 'x') },
  {
    name: 'a gzip bomb of 300 MB',
    status: [415],
    headers: { 'content-encoding': 'gzip' },
    body: () => gzipSync(Buffer.alloc(300 * MB)),
  },
  { name: '500,000 brackets', status: [400, 413], body: () => Buffer.alloc(500_000, '[') },
  { name: '500,000 brackets in chunks', status: [400, 413], chunked: true, body: () => Buffer.alloc(500_000, '[') },
  { name: '250,000 brackets, below the size limit', status: [400], body: () => Buffer.alloc(250_000, '[') },
  { name: '250,000 objects in objects', status: [400], body: () => Buffer.from('{"a":'.repeat(50_000)) },
];

/** Megabytes that the process has in memory, and had at most since `forgetPeak`. */
function memory(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  const line = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line?.[1]) / 1024;
}

function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

/** Milliseconds until the answer's head is here, and its status. A server may stop reading: that is no error. */
function send(
  url: string,
  { headers = {}, chunked = false }: Hostile,
  body: Buffer,
): Promise<{ status: number; ms: number }> {
  return new Promise((resolve, reject) => {
    const begun = performance.now();
    const length = chunked ? {} : { 'content-length': String(body.length) };
    const request = http.request(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...length, ...headers },
    });
    let answered = false;
    request.on('response', (response) => {
      answered = true;
      resolve({ status: response.statusCode ?? 0, ms: performance.now() - begun });
      response.resume();
      request.destroy();
    });
    request.on('error', (error) => (answered ? undefined : reject(error)));
    if (chunked) for (let at = 0; at < body.length; at += 65_536) request.write(body.subarray(at, at + 65_536));
    request.end(chunked ? undefined : body);
  });
}

async function measure(running: Running, hostile: Hostile): Promise<boolean> {
  const body = hostile.body();
  let slowest = 0;
  let grown = 0;
  const statuses = new Set<number>();
  for (let round = 0; round < 5; round += 1) {
    forgetPeak(running.pid);
    const before = memory(running.pid, 'VmRSS');
    const { status, ms } = await send(running.url, hostile, body);
    statuses.add(status);
    slowest = Math.max(slowest, ms);
    grown = Math.max(grown, memory(running.pid, 'VmHWM') - before);
  }
  const right = [...statuses].every((status) => hostile.status.includes(status));
  const figures: readonly Figure[] = [
    { name: 'status', value: [...statuses].join(' '), bar: hostile.status.join(' or '), ok: right },
    { name: 'slowest of 5, ms', value: slowest, bar: `< ${SLOWEST_MS}`, ok: slowest < SLOWEST_MS },
    { name: 'memory at most, MB more', value: grown, bar: `< ${MOST_MB}`, ok: grown < MOST_MB },
  ];
  for (const figure of figures) process.send?.({ ...figure, name: `hostile: ${hostile.name}: ${figure.name}` });
  return figures.every(({ ok }) => ok);
}

async function unread(): Promise<boolean> {
  const env = { STRIPE_API_KEY: 'sk_test_hostile0000', STRIPE_API_BASE: 'http://127.0.0.1:9' };
  const running = await startFunction({ name: 'customer-list', env });
  let reached = true;
  try {
    // Everything is compiled and loaded once.
    for (const hostile of HOSTILE)
      await send(running.url, hostile, hostile.body().subarray(0, 100_000)).catch(() => undefined);
    for (const hostile of HOSTILE) reached = (await measure(running, hostile)) && reached;
  } finally {
    await running.stop();
  }
  return reached;
}

async function main(only: string | undefined): Promise<void> {
  let reached = only !== undefined || (await unread());
  for await (const figure of endpoints(only)) {
    process.send?.(figure);
    reached &&= figure.ok;
  }
  process.exitCode = reached ? 0 : 1;
  process.disconnect();
}

void main(process.argv[2]);
