/** Loads the built file as a deployed function does, with the platform's own credentials, and reads a secret twice. */
'use strict';
const path = require('node:path');
const google = require(path.resolve('build/lazy/google.cjs'));

async function main() {
  for (let read = 0; read < 2; read += 1) {
    const version = 'projects/p/secrets/s/versions/1';
    const kind = { pattern: /./, words: 'is empty', reason: 'EMPTY' };
    process.stdout.write(
      `${await google.secretManager({ version, kind, onPlatform: process.env.ON_PLATFORM === '1' }).read()}\n`,
    );
  }
}

main().catch((error) => {
  process.stdout.write(`${error.details?.reason ?? error}\n`);
});
