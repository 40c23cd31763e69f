/**
 * Runs bundled test files with Node's runner, the slow files first: else one of them could be the last and run alone.
 *   node --enable-source-maps test/run-files.mjs BUNDLE ...
 * https://nodejs.org/docs/latest-v20.x/api/test.html#runoptions
 */
import path from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { FileTimes } from './file-times.mjs';

/** The slowest files of `npm test` on two cores, from 110 s to 15 s. The end of each run prints their times. */
const SLOW = [
  'infra/terraform',
  'emulator/limiter.emulator',
  'soak/soak',
  'simulation/backlog',
  'unit/project/static-checks',
  'functions/throttled',
  'emulator/connection-command.emulator',
  'functions/refusals',
  'functions/all-entities',
  'functions/command-lines',
  'infra/first-run',
  'docs/docs',
  'unit/project/regular-expressions',
  'emulator/automation.emulator',
  'emulator/event-proof.emulator',
];

/** Two more than the cores of a small machine: most time of `functions`, `emulator` and `soak` is waiting. */
const CONCURRENCY = 4;

/** `test/.build/unit/waits.test.cjs` -> `unit/waits` */
const nameOf = (bundle) => path.relative('test/.build', bundle).replace(/\.test\.cjs$/, '');

function rankOf(bundle) {
  const rank = SLOW.indexOf(nameOf(bundle));
  return rank < 0 ? SLOW.length : rank;
}

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
