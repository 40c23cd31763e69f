/**
 * What a call costs in Firestore at 1, 12 and 100 calls a second, reads and writes apart: calls, billed writes, reads
 * and deletes for each transaction, counted between the instances and the emulator from their start on. The instances
 * are those of the cost model: one service, no instance warm.
 */
import { LIMITER_COUNTS, type LimiterCount } from '../../../shared/cli/cost/designs.ts';
import { Chance } from '../../simulation/events.ts';
import { atMost, report, type Figure } from '../figure.ts';
import { byChance, withoutPause, type Answered, type Call } from '../open-loop/calls.ts';
import type { StoreCall } from '../open-loop/meter.ts';
import { setStage, type Stage } from '../open-loop/stage.ts';

const CALLS: Readonly<Record<number, number>> = { 1: 60, 12: 360, 100: 1500 };
const LIMITER_WRITES: Readonly<Record<number, number>> = { 1: 0.75, 12: 0.35, 100: 0.9 };

/** For each transaction. */
interface Cost {
  readonly calls: number;
  /** Billed writes: of the limiter's shards, of its members, of the record. */
  readonly shards: number;
  readonly members: number;
  readonly records: number;
  /** Billed reads: documents, and counts of members. */
  readonly reads: number;
  /** Deletes, most of them later, by the TTL policies: each new document is deleted once. */
  readonly deletes: number;
}

function costOf(calls: readonly StoreCall[], transactions: number): Cost {
  const written = (collection: RegExp): string[] =>
    calls.flatMap(({ wrote }) => wrote).filter((document) => collection.test(document));
  const members = written(/\/members\//);
  const created = calls.flatMap((call) => call.created);
  const counts = calls.filter(({ kind }) => kind === 'count');
  const each = (count: number): number => count / transactions;
  return {
    calls: each(calls.length),
    shards: each(written(/\/shards\//).length),
    members: each(members.length),
    records: each(written(/\/operations\//).length),
    reads: each(calls.flatMap((call) => call.read).length + counts.length),
    deletes: each(created.length + new Set(members).size),
  };
}

interface Case {
  readonly name: string;
  readonly kind: Call['kind'];
  readonly instances: number;
  readonly minNodes: number;
  readonly send: (urls: readonly string[]) => Promise<Answered[]>;
  /** Billed writes of the limiter for each call, at most. */
  readonly limiterWrites: number;
}

/** Calls that come at random. One that finds no slot of a lease needs a reservation, a billed write. */
function atRandom({ perSecond, instances, minNodes }: LimiterCount, kind: Call['kind']): Case {
  const load = { perSecond, calls: CALLS[perSecond] ?? 60, writes: kind === 'write' ? 1 : 0 };
  return {
    name: `${kind}s at ${perSecond} a second`,
    kind,
    instances,
    minNodes,
    send: (urls) => byChance({ ...load, urls, prefix: 'call', chance: new Chance(1) }),
    limiterWrites: LIMITER_WRITES[perSecond] ?? 1,
  };
}

/** Two nodes that always have callers waiting: one reservation serves six of them. */
const QUEUED: Case = {
  name: 'writes at the limit, 12 callers wait at each of two instances',
  kind: 'write',
  instances: 2,
  minNodes: 2,
  send: (urls) => withoutPause({ urls, calls: 480, prefix: 'call', callers: 12, kind: 'write' }),
  limiterWrites: 0.2,
};

async function measure(stage: Stage, { instances, minNodes, send }: Case, connection: string): Promise<Cost> {
  await stage.storeCalls();
  const settings = { min_nodes: minNodes, max_wait_ms: 30_000, account_ceiling: 10_000, endpoint_ceiling: 10_000 };
  const nodes = await stage.start(instances, connection, settings, true);
  try {
    const answers = await send(nodes.map(({ url }) => url));
    const served = answers.filter(({ status }) => status === 200).length;
    if (served < answers.length) console.log(`  ${answers.length - served} of ${answers.length} calls not served`);
    return costOf(await stage.storeCalls(), served);
  } finally {
    await Promise.all(nodes.map((node) => node.stop()));
  }
}

function* figuresOf({ name, kind, limiterWrites }: Case, cost: Cost): Generator<Figure> {
  const { calls, shards, members, records, reads, deletes } = cost;
  const writes = shards + members + records;
  const shown = { calls, writes, shards, members, records, reads, deletes };
  const words = Object.entries(shown).map(([what, count]) => `${what} ${count.toFixed(2)}`);
  console.log(`  ${name}, for each transaction: ${words.join(', ')}`);
  const record = kind === 'write' ? 2 : 0;
  yield atMost(`services: ${name}, billed writes`, writes, record + limiterWrites);
  yield atMost(`services: ${name}, billed writes of the record`, records, record);
}

const ONE_SERVICE = LIMITER_COUNTS.filter(
  ({ busyServices, concurrencies }) => busyServices === 1 && concurrencies.includes(20),
);
const CASES: readonly Case[] = [
  ...ONE_SERVICE.flatMap((row) => [atRandom(row, 'read'), atRandom(row, 'write')]),
  QUEUED,
];

async function main(): Promise<void> {
  const stage = await setStage(__dirname);
  let missed = 0;
  try {
    for (const [index, one] of CASES.entries())
      missed += report(figuresOf(one, await measure(stage, one, `services-${index}`)));
  } finally {
    await stage.clear();
  }
  process.exit(missed === 0 ? 0 : 1);
}

void main();
