/** `npm run modelled`: writes the page of what the sandbox models. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MODELLED, modelledPage, type Behaviour } from './modelled.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'modelled-'));
try {
  const list = path.join(folder, 'list');
  const environment = { ...process.env, MODELLED_LIST: list };
  spawnSync(process.execPath, ['test/run.mjs', 'sandbox/'], {
    env: environment,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const behaviours = readFileSync(list, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Behaviour);
  writeFileSync(MODELLED, modelledPage(behaviours));
} finally {
  rmSync(folder, { recursive: true });
}
