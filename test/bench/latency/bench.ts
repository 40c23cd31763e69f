/**
 * `npm run bench -- latency [--seconds N] [--seed N] [1 2 8 memory]`: what the connector adds to calls that come by
 * chance, at parts of the capacity and numbers of instances. Added is the time of the answer less the time that Stripe
 * took; of a write also without the commits of its record. A bare commit is measured in the same run. Reads and writes
 * apart, half of the calls each. A run of two minutes has some 360 calls of each kind at half load: in 40 s the six slowest
 * decide, and with some seeds even an ideal queue keeps those waiting. The times of a machine under load are its own: run
 * it alone.
 */
import { hash } from 'node:crypto';
import { parseArgs } from 'node:util';
import { setTimeout as pause } from 'node:timers/promises';
import { firestoreTokens } from '../../../shared/adapters/google/limiter/firestore-tokens.ts';
import { Chance } from '../../simulation/events.ts';
import { atMost, report, type Figure } from '../figure.ts';
import { byChance, send, type Answered, type Call } from '../open-loop/calls.ts';
import type { StoreCall } from '../open-loop/meter.ts';
import { setStage, type Stage } from '../open-loop/stage.ts';
import { quantile } from '../quantile.ts';

/** Two nodes at least, and ceilings out of the way: 6 a second a node is what is measured. */
const SETTINGS = { min_nodes: 2, account_ceiling: 10_000, endpoint_ceiling: 10_000 };
const PER_NODE = 6;
const LOADS = [0.1, 0.3, 0.5, 0.8];
/** Added p95 over that of a bare commit, at most, by the load. At 80 % the queue is what counts: no bar. */
const MOST_COMMITS: Readonly<Record<number, number>> = { 0.1: 2, 0.3: 4, 0.5: 4 };
const MEMORY_LOADS = [0.3, 0.5];
const MOST_IN_MEMORY_MS = 60;
const CALLS_AT_LEAST = 120;
const BARE_PER_SECOND = 3;

interface Case {
  readonly name: string;
  readonly instances: number;
  readonly load: number;
  readonly seconds: number;
  readonly seed: number;
}

/** Milliseconds that the connector added, of each call of a kind. */
interface Added {
  readonly all: readonly number[];
  /** Without the commits of the record. */
  readonly withoutRecord: readonly number[];
}

interface Measured {
  readonly read: Added;
  readonly write: Added;
  readonly refused: number;
  readonly bareMs: readonly number[];
}

async function measure(
  stage: Stage,
  { name, instances, load, seconds, seed }: Case,
  shared: boolean,
): Promise<Measured> {
  const chance = new Chance(seed);
  const nodes = await stage.start(instances, name, SETTINGS, shared);
  const urls = nodes.map(({ url }) => url);
  try {
    await Promise.all(urls.map((url, node) => warm(url, `warm${node}x`)));
    await pause(2500);
    await Promise.all([stage.storeCalls(), stage.stripeTimes()]);
    const perSecond = load * PER_NODE * Math.max(SETTINGS.min_nodes, instances);
    const calls = Math.max(CALLS_AT_LEAST, Math.round(seconds * perSecond));
    const bare = shared ? bareCommits(stage.firestore, new Chance(seed)) : undefined;
    const answers = await byChance({ urls, perSecond, calls, writes: 0.5, prefix: 'call', chance });
    const bareMs = (await bare?.stop()) ?? [];
    const stripeMs = await stage.stripeTimes();
    const recordMs = byRecord(await stage.storeCalls());
    const served = answers.filter(({ status }) => status === 200);
    const added = (kind: Call['kind']): Added => {
      const all = served.filter((one) => one.kind === kind);
      const of = (one: Answered): number => one.tookMs - (stripeMs[one.key] ?? NaN);
      return {
        all: all.map(of),
        withoutRecord: all.map((one) => of(one) - (recordMs.get(hash('sha256', one.key)) ?? 0)),
      };
    };
    return { read: added('read'), write: added('write'), refused: answers.length - served.length, bareMs };
  } finally {
    await Promise.all(nodes.map((node) => node.stop()));
  }
}

/** Code runs slowly the first times. */
async function warm(url: string, prefix: string): Promise<void> {
  for (let call = 0; call < 12; call += 1) {
    await send(url, { kind: 'read', key: `${prefix}r${call}` });
    await send(url, { kind: 'write', key: `${prefix}w${call}` });
  }
}

/** Milliseconds of the commits of each record, by its document. */
function byRecord(calls: readonly StoreCall[]): Map<string, number> {
  const times = new Map<string, number>();
  for (const { wrote, tookMs } of calls)
    for (const document of wrote) {
      const [, record] = /\/operations\/(\w+)$/.exec(document) ?? [];
      if (record !== undefined) times.set(record, (times.get(record) ?? 0) + tookMs);
    }
  return times;
}

/** Commits of one document each, by the same client, on the same way, at the same time. */
function bareCommits(emulatorHost: string, chance: Chance): { stop(): Promise<number[]> } {
  const store = firestoreTokens({ projectId: 'stripe-local', databaseId: 'stripe-connector', emulatorHost });
  const member = { connection: 'bare', id: 'bare', place: 0 };
  const requests = [{ lane: 0, count: 1, spacingUs: 1 }];
  const times: number[] = [];
  let open = true;
  const ended = (async () => {
    const { atUs: notBeforeUs } = await store.join(member);
    for (let commit = 0; open; commit += 1) {
      const begun = performance.now();
      await store.reserve({ member, requests, notBeforeUs, renew: false });
      if (commit >= 10) times.push(performance.now() - begun);
      await pause(chance.gap(BARE_PER_SECOND / 1000));
    }
  })();
  return {
    async stop() {
      open = false;
      await ended;
      return times;
    },
  };
}

function row(what: string, values: readonly number[]): string {
  const shown = [0.5, 0.95, 0.99].map((share) => quantile(values, share).toFixed(0).padStart(6)).join(' ');
  return `  ${what.padEnd(58)} ${shown}   ms (p50, p95, p99 of ${values.length})`;
}

function* figuresOf(one: Case, { read, write, refused, bareMs }: Measured, shared: boolean): Generator<Figure> {
  const what = shared
    ? `${one.instances} instance${one.instances > 1 ? 's' : ''}, ${100 * one.load} %`
    : `in memory, ${100 * one.load} %`;
  console.log(row(`${what}: read, added`, read.all));
  console.log(row(`${what}: write, added`, write.all));
  if (shared) console.log(row(`${what}: write, without the commits of its record`, write.withoutRecord));
  if (shared) console.log(row(`${what}: a bare commit`, bareMs));
  if (refused > 0) console.log(`  ${what}: ${refused} calls had no answer 200`);
  const bare = quantile(bareMs, 0.95);
  const most = MOST_COMMITS[one.load];
  for (const [kind, values] of [
    ['read', read.all],
    ['write', write.withoutRecord],
  ] as const) {
    const p95 = quantile(values, 0.95);
    if (!shared)
      yield atMost(`latency: ${what}, added to a ${kind}, p95 in ms`, Math.round(p95 * 10) / 10, MOST_IN_MEMORY_MS);
    else if (most !== undefined)
      yield atMost(`latency: ${what}, added to a ${kind}, p95 over that of a bare commit`, p95 / bare, most);
  }
}

async function main(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { seconds: { type: 'string', default: '120' }, seed: { type: 'string', default: '1' } },
  });
  const wanted = positionals.length === 0 ? ['1', '2', '8', 'memory'] : positionals;
  const stage = await setStage(__dirname);
  let missed = 0;
  try {
    for (const which of wanted) {
      const shared = which !== 'memory';
      for (const load of shared ? LOADS : MEMORY_LOADS) {
        const instances = shared ? Number(which) : 1;
        const name = `latency-${which}-${100 * load}`;
        const one = { name, instances, load, seconds: Number(values.seconds), seed: Number(values.seed) };
        missed += report(figuresOf(one, await measure(stage, one, shared), shared));
      }
    }
  } finally {
    await stage.clear();
  }
  process.exit(missed === 0 ? 0 : 1);
}

void main(process.argv.slice(2));
