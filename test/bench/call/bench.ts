/**
 * `npm run bench -- call [--rounds N]`: one call at a time through the connector (parsed, limited, shaped, logged at level
 * 2), beside the bare SDK in the same process, against a stub of Stripe in another one that answers at once.
 */
import { build, type BuildOptions, type Plugin } from 'esbuild';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { atMost, type Figure } from '../figure.ts';
import { medianOf, wordsOf } from '../interval.ts';
import { quickNodes, quickSettings } from '../quick-nodes.ts';
import { roundsOf } from '../rounds-option.ts';
import { fixedAnswer } from '../served.ts';
import type { Block } from './program.ts';

const OUT = path.resolve('build/bench/call');
const JOBS = ['a Get', 'an action'];

export async function call(args: readonly string[]): Promise<Figure[]> {
  rmSync(OUT, { recursive: true, force: true });
  await buildProgram();
  const blocks = await measured(String(roundsOf(args, 31)));
  return JOBS.flatMap((job) => figuresOf(job, blocks));
}

interface Bundling {
  readonly shared: BuildOptions;
  readonly trims: readonly Plugin[];
  readonly lazyAdapters: Plugin;
  readonly copyLazy: (folder: string, names: readonly string[]) => void;
}

/** As the functions are built, with quick nodes. */
async function buildProgram(): Promise<void> {
  const { shared, trims, lazyAdapters, copyLazy } = (await import(
    path.resolve('infra/bundles/bundle.mjs')
  )) as Bundling;
  const { copyWholeCatalogue } = (await import(path.resolve('infra/bundles/catalogue-part.mjs'))) as {
    readonly copyWholeCatalogue: (folder: string) => void;
  };
  await build({
    ...shared,
    keepNames: false,
    entryPoints: [path.resolve('test/bench/call/program.ts')],
    plugins: [quickNodes, ...trims, lazyAdapters],
    outfile: path.join(OUT, 'program.cjs'),
  });
  copyLazy(OUT, ['stripe']);
  copyWholeCatalogue(OUT);
}

async function measured(rounds: string): Promise<Block[]> {
  const stripe = await fixedAnswer();
  try {
    const child = fork(path.join(OUT, 'program.cjs'), [rounds], {
      env: {
        PATH: process.env['PATH'],
        NODE_ENV: 'production',
        STRIPE_API_KEY: 'sk_test_bench',
        STRIPE_API_BASE: stripe.base,
        CONNECTION_SETTINGS: quickSettings({ verbosity: '2' }),
      },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    child.stdout?.resume();
    const blocks: Block[] = [];
    child.on('message', (block) => void blocks.push(block as Block));
    await once(child, 'close');
    return blocks;
  } finally {
    await stripe.stop();
  }
}

function figuresOf(job: string, blocks: readonly Block[]): Figure[] {
  const of = (way: Block['way']): Block[] => blocks.filter((one) => one.job === job && one.way === way);
  const ratio = (by: 'p50Ms' | 'cpuUs'): ReturnType<typeof medianOf> =>
    medianOf(of('ours').map((one, round) => one[by] / (of('bare')[round]?.[by] ?? NaN)));
  const middle = (way: Block['way'], by: 'p50Ms' | 'cpuUs'): number => medianOf(of(way).map((one) => one[by])).median;
  const p50 = ratio('p50Ms');
  const cpu = ratio('cpuUs');
  return [
    atMost(
      `call: ${job} through the connector / the bare SDK, p50`,
      p50.high,
      1.15,
      `${wordsOf(p50)}; ms: bare ${middle('bare', 'p50Ms').toFixed(2)}, ours ${middle('ours', 'p50Ms').toFixed(2)}`,
    ),
    atMost(
      `call: ${job} through the connector / the bare SDK, CPU`,
      cpu.high,
      1.15,
      `${wordsOf(cpu)}; us: bare ${middle('bare', 'cpuUs').toFixed(0)}, ours ${middle('ours', 'cpuUs').toFixed(0)}`,
    ),
    atMost(`call: bare p50 of ${job}, ms`, middle('bare', 'p50Ms'), 0.5),
  ];
}
