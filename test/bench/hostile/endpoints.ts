import { HOSTILE_BODIES, LARGE_BODIES, signedBodies } from '../../hostile/bodies.ts';
import type { Hostile, HostileRequest } from '../../hostile/texts.ts';
import { atMost, type Figure } from '../figure.ts';
import { fixedAnswer } from '../served.ts';
import { send, startWatched, WEBHOOK_SECRET, type Watched } from './server.ts';

const KB = 1024;
const MB = 1024 * KB;

/** Bars of what `max_body_bytes` lets in: milliseconds, and bytes of an answer that is our own. */
const LONGEST_STALL_MS = 100;
const LONGEST_ANSWER_MS = 1000;
const LARGEST_ANSWER = 64 * KB;
/** Beyond `max_body_bytes` four times the size may take this much more. */
const MOST_GROWTH = 5;
/** Below it growth is that of the noise. */
const WORTH_COMPARING_MS = 50;
const ROUNDS = 5;

interface Measured {
  readonly statuses: string;
  readonly stalledMs: number;
  readonly ms: number;
  /** On a processor, of the server's main thread. */
  readonly processorMs: number;
  readonly bytes: number;
}

/** The best of some rounds: what else runs on the machine only adds to it. */
async function measure(server: Watched, request: HostileRequest): Promise<Measured> {
  const statuses = new Set<number>();
  let best = { stalledMs: Infinity, ms: Infinity, processorMs: Infinity, bytes: 0 };
  for (let round = 0; round < ROUNDS; round += 1) {
    await server.stalledMs();
    const before = server.mainThreadMs();
    const { status, ms, bytes } = await send(server.url, { ...request, body: Buffer.from(request.body) });
    const processorMs = server.mainThreadMs() - before;
    const stalledMs = await server.stalledMs();
    statuses.add(status);
    best = {
      stalledMs: Math.min(best.stalledMs, stalledMs),
      ms: Math.min(best.ms, ms),
      processorMs: Math.min(best.processorMs, processorMs),
      bytes: Math.max(best.bytes, bytes),
    };
  }
  return { ...best, statuses: [...statuses].join(' ') };
}

/** Each hostile body at each endpoint: the wait of other callers, the wait of its sender, and the response. */
export async function* endpoints(only: string | undefined): AsyncGenerator<Figure> {
  const stripe = await fixedAnswer();
  const server = await startWatched(stripe.base);
  const wanted = (rows: readonly Hostile[]): readonly Hostile[] =>
    rows.filter(({ name }) => only === undefined || name.includes(only));
  try {
    const small = [...HOSTILE_BODIES, ...signedBodies(WEBHOOK_SECRET)];
    // Everything is compiled and loaded once.
    for (const { of } of wanted([...small, ...LARGE_BODIES])) await measure(server, of(4 * KB));
    for (const hostile of wanted(small)) yield* figuresOf(server, hostile, [64 * KB, 256 * KB], true);
    for (const hostile of wanted(LARGE_BODIES)) yield* figuresOf(server, hostile, [MB, 4 * MB, 10 * MB], false);
    for (const hostile of wanted(signedBodies(WEBHOOK_SECRET)))
      yield* figuresOf(server, hostile, [256 * KB, MB], false);
  } finally {
    await server.stop();
    await stripe.stop();
  }
}

async function* figuresOf(
  server: Watched,
  hostile: Hostile,
  sizes: readonly number[],
  bounded: boolean,
): AsyncGenerator<Figure> {
  const { name, taken = false, asked = false, of } = hostile;
  let before: { readonly size: number; readonly processorMs: number } | undefined;
  for (const size of sizes) {
    const { statuses, stalledMs, ms, processorMs, bytes } = await measure(server, of(size));
    const at = `hostile: ${name}: ${size / KB} KB`;
    const note = `answered ${statuses}, ${processorMs.toFixed(1)} ms on the processor`;
    if (bounded) {
      yield atMost(`${at}: stall, ms`, stalledMs, LONGEST_STALL_MS, note);
      yield atMost(`${at}: answer, ms`, ms, LONGEST_ANSWER_MS);
    } else yield { name: `${at}: stall, ms`, value: stalledMs, bar: '', ok: true, note };
    if (!taken && !asked) yield atMost(`${at}: answer, bytes`, bytes, LARGEST_ANSWER);
    if (!bounded && before !== undefined && size === 4 * before.size && processorMs > WORTH_COMPARING_MS)
      yield atMost(`${at}: times the processor time of a quarter`, processorMs / before.processorMs, MOST_GROWTH);
    before = { size, processorMs };
  }
}
