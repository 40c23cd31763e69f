/**
 * Runs bundled test files with Node's runner, the slow files first: else one of them could be the last and run alone.
 *   node --enable-source-maps test/run-files.mjs BUNDLE ...
 * https://nodejs.org/docs/latest-v20.x/api/test.html#runoptions
 */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { FileTimes } from './file-times.mjs';

/** The slowest files of `npm test` on two cores, from 110 s to 15 s. The end of each run prints their times. */
const SLOW = [
  'infra/terraform',
  'docs/guides',
  'emulator/limiter.emulator',
  'simulation/effects',
  'soak/soak',
  'mutants/limiter.mutants',
  'simulation/backlog',
  'functions/command-lines',
  'simulation/ceilings',
  'unit/project/static-checks',
  'emulator/event-proof.emulator',
  'simulation/crash-points',
  'emulator/connection-command.emulator',
  'emulator/automation.emulator',
  'functions/refusals',
  'functions/npm-package',
  'infra/settings',
  'functions/throttled',
  'docs/docs',
  'functions/google-token',
  'simulation/fleet',
  'proxy/cells',
  'emulator/stripe-events.emulator',
  'property/limiter.property',
  'functions/all-entities',
  'infra/first-run',
  'unit/project/regular-expressions',
];

/** Two more than the cores of a small machine: most time of `functions`, `emulator` and `soak` is waiting. */
const CONCURRENCY = 4;

/** `test/.build/unit/waits.test.cjs` -> `unit/waits` */
const nameOf = (bundle) => path.relative('test/.build', bundle).replace(/\.test\.cjs$/, '');

function rankOf(bundle) {
  const rank = SLOW.indexOf(nameOf(bundle));
  return rank < 0 ? SLOW.length : rank;
}

/** Emulators that one test file leaves to the next: test/emulator/pool.ts. They end with this process. */
const POOL = path.resolve('test/.build/emulators');
rmSync(POOL, { recursive: true, force: true });
mkdirSync(POOL, { recursive: true });
process.env.EMULATOR_POOL = POOL;
process.once('exit', () => {
  for (const name of readdirSync(POOL).filter((one) => one.startsWith('started.'))) {
    try {
      process.kill(-Number(name.split('.')[1]), 'SIGKILL');
    } catch {
      // It has ended.
    }
  }
});
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

const bundles = process.argv.slice(2).sort((a, b) => rankOf(a) - rankOf(b));
const times = new FileTimes();
const events = run({ files: bundles.map((file) => path.resolve(file)), concurrency: CONCURRENCY });
for (const type of ['test:pass', 'test:fail']) events.on(type, (data) => times.add(data));
events.on('test:fail', ({ todo }) => {
  if (todo === undefined || todo === false) process.exitCode = 1;
});
events
  .compose(new spec())
  .on('end', () => process.stdout.write(times.table()))
  .pipe(process.stdout);
