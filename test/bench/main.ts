/** `npm run bench -- NAME ...`: the figures of the README. Without a name, all of them. Exit status 1 if one is missed. */
import { spawnSync } from 'node:child_process';
import { filters } from './filters/bench.ts';
import { bundleProcesses } from './limiter/bundles.ts';

/** Its processes are bundles of their own. */
async function limiter(args: readonly string[]): Promise<boolean> {
  await bundleProcesses('build/run/limiter');
  const { status } = spawnSync(process.execPath, ['build/run/limiter/bench.cjs', ...args], { stdio: 'inherit' });
  return status === 0;
}

const BENCHES: Readonly<Record<string, (args: readonly string[]) => Promise<boolean>>> = { filters, limiter };

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
