/**
 * `npm run bench -- [NAME] [--json FILE] [OPTION ...]`: every figure that the project is held to, measured here and now. A
 * line a figure, `name value bar ok|MISSED`; exit status 1 if one is missed. With a NAME, one bench and its options alone.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import os from 'node:os';
import { bundle, bundleProcesses } from './bundles.ts';
import { cold } from './cold/bench.ts';
import { lineOf, type Figure } from './figure.ts';
import { filters } from './filters/bench.ts';
import { bundleOnStage } from './open-loop/stage.ts';
import { services } from './services/bench.ts';

type Bench = (args: readonly string[]) => Promise<readonly Figure[]>;

/** A bench that is a program of its own: it sends its figures as they are measured. */
async function program(file: string, args: readonly string[]): Promise<Figure[]> {
  const child = spawn(process.execPath, [file, ...args], { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  const figures: Figure[] = [];
  child.on('message', (figure) => void figures.push(figure as Figure));
  const [status] = (await once(child, 'close')) as [number | null];
  if (status !== 0 && figures.every(({ ok }) => ok)) throw new Error(`${file} failed`);
  return figures;
}

const BENCHES: Readonly<Record<string, Bench>> = {
  filters,
  async services(args) {
    const figures = args.includes('--rates') ? [] : await services();
    return [...figures, ...(await program(await bundleOnStage('services/rates'), []))];
  },
  async overload(args) {
    await bundle(['test/bench/overload/bench.ts'], 'build/run/overload');
    return program('build/run/overload/bench.cjs', args);
  },
  async hostile(args) {
    await bundle(['test/bench/hostile/bench.ts'], 'build/run/hostile');
    return program('build/run/hostile/bench.cjs', args);
  },
  cold,
  async limiter(args) {
    await bundleProcesses('build/run/limiter');
    return program('build/run/limiter/bench.cjs', args);
  },
  async latency(args) {
    return program(await bundleOnStage('latency/bench'), args);
  },
  async 'wait-for'(args) {
    for (const name of ['limiter/delay-proxy', 'wait-for/bench'])
      await bundle([`test/bench/${name}.ts`], 'build/run/wait-for');
    return program('build/run/wait-for/bench.cjs', args);
  },
};

async function main(given: readonly string[]): Promise<void> {
  const at = given.indexOf('--json');
  const file = at < 0 ? undefined : given[at + 1];
  const [name, ...options] = at < 0 ? given : [...given.slice(0, at), ...given.slice(at + 2)];
  const named = name === undefined || name.startsWith('--') ? undefined : name;
  if (named !== undefined && !(named in BENCHES)) {
    console.error(`${named} is no bench; there are ${Object.keys(BENCHES).join(', ')}`);
    process.exit(2);
  }
  const figures: Figure[] = [];
  for (const [one, bench] of Object.entries(BENCHES)) {
    if (named !== undefined && named !== one) continue;
    console.error(`${one} ...`);
    figures.push(...(await bench(named === undefined ? [] : options)));
  }
  console.log(figures.map(lineOf).join('\n'));
  const missed = figures.filter(({ ok }) => !ok).length;
  console.log(`${figures.length} figures, ${missed} missed`);
  if (file !== undefined) writeFileSync(file, `${JSON.stringify(report(figures), null, 2)}\n`);
  process.exit(missed === 0 ? 0 : 1);
}

/** The figures with the date and the machine that they are of. */
function report(figures: readonly Figure[]): object {
  const [cpu] = os.cpus();
  return {
    date: new Date().toISOString(),
    machine: {
      cpus: os.cpus().length,
      model: cpu?.model ?? '',
      memoryMb: Math.round(os.totalmem() / 2 ** 20),
      system: `${os.type()} ${os.arch()}`,
      node: process.version,
    },
    figures,
  };
}

await main(process.argv.slice(2));
