/** The first file of a deployed function. It reports the compile cache, then loads the function's bundle. */
import { compileCacheState } from './compile-cache.ts';

process.stdout.write(
  `${JSON.stringify({ severity: 'INFO', message: 'compile cache', state: compileCacheState(__dirname), node: process.version })}\n`,
);
// eslint-disable-next-line @typescript-eslint/no-require-imports -- it stands beside the function, not in a bundle
module.exports = require('./main.cjs') as unknown;
