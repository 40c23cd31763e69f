/**
 * What a call costs in Firestore at 1, 12 and 100 calls a second, reads and writes apart: calls, billed writes, reads
 * and deletes for each transaction, counted between the instances and the emulator from their start on. The instances
 * are those of the cost model: one service, no instance warm.
 */
import { COUNTS, type LimiterCount } from '../../../shared/cli/cost/model.ts';
import { Chance } from '../../simulation/events.ts';
import { atMost, lineOf, type Figure } from '../figure.ts';
import { byChance, type Call } from '../open-loop/calls.ts';
import type { StoreCall } from '../open-loop/meter.ts';
import { setStage, type Stage } from '../open-loop/stage.ts';

const CALLS: Readonly<Record<number, number>> = { 1: 60, 12: 360, 100: 1500 };
/** Billed writes of the limiter for each call, at most. A call that comes alone needs a reservation of its own. */
const LIMITER_WRITES: Readonly<Record<number, number>> = { 1: 1.2, 12: 1.2, 100: 1 };

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

async function measure(stage: Stage, row: LimiterCount, kind: Call['kind']): Promise<Cost> {
  const { perSecond, instances, minNodes } = row;
  await stage.storeCalls();
  const settings = { min_nodes: minNodes, account_ceiling: 10_000, endpoint_ceiling: 10_000 };
  const nodes = await stage.start(instances, `services-${kind}-${perSecond}`, settings, true);
  try {
    const answers = await byChance({
      urls: nodes.map(({ url }) => url),
      perSecond,
      calls: CALLS[perSecond] ?? 60,
      writes: kind === 'write' ? 1 : 0,
      prefix: 'call',
      chance: new Chance(1),
    });
    const served = answers.filter(({ status }) => status === 200).length;
    if (served < answers.length) console.log(`  ${answers.length - served} of ${answers.length} calls not served`);
    return costOf(await stage.storeCalls(), served);
  } finally {
    await Promise.all(nodes.map((node) => node.stop()));
  }
}

function* figuresOf(perSecond: number, kind: Call['kind'], cost: Cost): Generator<Figure> {
  const what = `${kind} at ${perSecond} a second`;
  const { calls, shards, members, records, reads, deletes } = cost;
  const shown = { calls, writes: shards + members + records, shards, members, records, reads, deletes };
  const words = Object.entries(shown).map(([name, count]) => `${name} ${count.toFixed(2)}`);
  console.log(`  ${what}, for each transaction: ${words.join(', ')}`);
  const limiter = shards + members;
  yield atMost(`services: ${what}, billed writes of the limiter`, limiter, LIMITER_WRITES[perSecond] ?? 1);
  yield atMost(`services: ${what}, billed writes of its record`, records, kind === 'write' ? 2 : 0);
}

async function main(): Promise<void> {
  const stage = await setStage(__dirname);
  let missed = 0;
  try {
    for (const row of COUNTS.filter(({ busyServices }) => busyServices === 1))
      for (const kind of ['read', 'write'] as const)
        for (const figure of figuresOf(row.perSecond, kind, await measure(stage, row, kind))) {
          if (!figure.ok) missed += 1;
          console.log(lineOf(figure));
          process.send?.(figure);
        }
  } finally {
    await stage.clear();
  }
  process.exit(missed === 0 ? 0 : 1);
}

void main();
