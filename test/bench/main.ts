/** `npm run bench -- NAME ...`: the figures of the README. Without a name, all of them. Exit status 1 if one is missed. */
import { spawnSync } from 'node:child_process';
import { bundle, bundleProcesses } from './bundles.ts';
import { call } from './call/bench.ts';
import { cold } from './cold/bench.ts';
import { tableOf, type Figure } from './figure.ts';
import { filters } from './filters/bench.ts';
import { warm } from './warm/bench.ts';

/** A bench that is a program of its own. */
function program(file: string, args: readonly string[]): boolean {
  return spawnSync(process.execPath, [file, ...args], { stdio: 'inherit' }).status === 0;
}

async function limiter(args: readonly string[]): Promise<boolean> {
  await bundleProcesses('build/run/limiter');
  return program('build/run/limiter/bench.cjs', args);
}

async function hostile(args: readonly string[]): Promise<boolean> {
  await bundle(['test/bench/hostile/bench.ts'], 'build/run/hostile');
  return program('build/run/hostile/bench.cjs', args);
}

/** A bench whose figures are a table. */
function table(bench: (args: readonly string[]) => Promise<Figure[]>): (args: readonly string[]) => Promise<boolean> {
  return async (args) => {
    const figures = await bench(args);
    console.log(tableOf(figures));
    return figures.every(({ ok }) => ok);
  };
}

const BENCHES: Readonly<Record<string, (args: readonly string[]) => Promise<boolean>>> = {
  filters,
  limiter,
  hostile,
  cold: table(cold),
  warm: table(warm),
  call: table(call),
};

const [name, ...args] = process.argv.slice(2);
const chosen = name === undefined ? Object.keys(BENCHES) : [name];
let reached = true;
for (const one of chosen) {
  const bench = BENCHES[one];
  if (bench === undefined) {
    console.error(`${one} is no bench; there are ${Object.keys(BENCHES).join(', ')}`);
    process.exit(2);
  }
  reached = (await bench(args)) && reached;
}
process.exit(reached ? 0 : 1);
