/** The file of `--data`: after a power failure it is the old or the new state, never an empty file. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { mock, test } from 'node:test';
import { catalogFiles } from '../../shared/adapters/catalog-files.ts';
import { readSnapshot, writeSnapshot } from '../../shared/sandbox/control/snapshot.ts';
import { State } from '../../shared/sandbox/state.ts';

const catalog = catalogFiles('shared/catalog');
const state = new State({ catalog, seed: 1, now: () => 1_795_478_400, origin: () => 'http://127.0.0.1:1' });

// https://man7.org/linux/man-pages/man2/rename.2.html replaces the name only: the data may still be in memory.
test('a snapshot is flushed to the disk before it replaces the file', () => {
  const folder = fs.mkdtempSync(path.join(tmpdir(), 'snapshot-'));
  const file = path.join(folder, 'shop.json');
  const calls: string[] = [];
  const [flush, rename] = [fs.fsyncSync, fs.renameSync];
  mock.method(fs, 'fsyncSync', (descriptor: number) => {
    calls.push('flush');
    flush(descriptor);
  });
  mock.method(fs, 'renameSync', (from: string, to: string) => {
    calls.push('rename');
    rename(from, to);
  });
  try {
    writeSnapshot(file, state);
    assert.deepEqual(calls, ['flush', 'rename']);
    assert.equal(readSnapshot(file)?.version, 1);
    assert.deepEqual(fs.readdirSync(folder), ['shop.json']);
  } finally {
    mock.restoreAll();
    fs.rmSync(folder, { recursive: true });
  }
});
