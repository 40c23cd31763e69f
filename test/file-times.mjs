/**
 * A reporter of Node's test runner: after the last test, how long the tests of each file took, the slowest first, and
 * the sum of each folder. Two files run at once, so the sums are about twice the time that passes.
 * https://nodejs.org/docs/latest-v20.x/api/test.html#custom-reporters
 */
import path from 'node:path';

const SHOWN = 25;

const seconds = (ms) => `${(ms / 1000).toFixed(1).padStart(7)} s`;

function add(sums, key, ms) {
  sums.set(key, (sums.get(key) ?? 0) + ms);
}

const slowestFirst = (sums) => [...sums].sort(([, a], [, b]) => b - a);

export default async function* fileTimes(events) {
  const files = new Map();
  const folders = new Map();
  for await (const { type, data } of events) {
    const isTest = type === 'test:pass' || type === 'test:fail';
    if (!isTest || data.nesting !== 0 || data.file === undefined) continue;
    const file = path.relative('.', data.file).replace(/^test\/(\.build\/)?/, '');
    // Node 20 also reports each file as a test of its own name.
    if (data.name.endsWith('.cjs')) continue;
    add(files, file, data.details.duration_ms);
    add(folders, file.split('/')[0], data.details.duration_ms);
  }
  yield '\ntime by folder, then by file:\n';
  for (const [folder, ms] of slowestFirst(folders)) yield `${seconds(ms)}  ${folder}\n`;
  for (const [file, ms] of slowestFirst(files).slice(0, SHOWN)) yield `${seconds(ms)}  ${file}\n`;
}
