/** `npm run bench -- NAME ...`: the figures of the README. Without a name, all of them. Exit status 1 if one is missed. */
import { filters } from './filters/bench.ts';

const BENCHES: Readonly<Record<string, (args: readonly string[]) => Promise<boolean>>> = { filters };

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
