/** The first file of a deployed function. It reports the compile cache, then loads the function's bundle. */
import { compileCacheState } from './compile-cache.ts';

process.stdout.write(
  `${JSON.stringify({ severity: 'INFO', message: 'compile cache', state: compileCacheState(__dirname), node: process.version })}\n`,
);
// oxlint-disable-next-line typescript/no-require-imports -- the file is next to this one, not in its bundle
module.exports = require('./main.cjs') as unknown;
