/**
 * How long the tests of each file took, the slowest first, and the sum of each folder. Four files run at once, so the
 * sums are up to three times the time that passes.
 */
import path from 'node:path';

const SHOWN = 25;

const seconds = (ms) => `${(ms / 1000).toFixed(1).padStart(7)} s`;

function add(sums, key, ms) {
  sums.set(key, (sums.get(key) ?? 0) + ms);
}

const slowestFirst = (sums) => [...sums].sort(([, a], [, b]) => b - a);

export class FileTimes {
  #files = new Map();
  #folders = new Map();

  /** Takes the data of `test:pass` and `test:fail`. https://nodejs.org/docs/latest-v20.x/api/test.html#event-testpass */
  add({ nesting, file: bundle, name, details }) {
    // Node 20 also reports each file as a test of its own name.
    if (nesting !== 0 || bundle === undefined || name.endsWith('.cjs')) return;
    // A suite of a group has the name of its file.
    const isGroup = path.basename(path.dirname(bundle)) === 'groups';
    const file = isGroup ? name : path.relative('.', bundle).replace(/^test\/(\.build\/)?/, '');
    add(this.#files, file, details.duration_ms);
    add(this.#folders, file.split('/')[0], details.duration_ms);
  }

  table() {
    const lines = [...slowestFirst(this.#folders), ...slowestFirst(this.#files).slice(0, SHOWN)].map(
      ([name, ms]) => `${seconds(ms)}  ${name}\n`,
    );
    return ['\ntime by folder, then by file:\n', ...lines].join('');
  }
}
