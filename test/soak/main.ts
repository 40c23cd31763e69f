/** Builds the soak, which loads Google's packages, and runs it. */
import { spawnSync } from 'node:child_process';
import { bundle } from '../bench/bundles.ts';

await bundle(['test/soak/program.ts'], 'build/run/soak');
const { status } = spawnSync(process.execPath, ['build/run/soak/program.cjs', ...process.argv.slice(2)], {
  stdio: 'inherit',
});
process.exit(status ?? 1);
