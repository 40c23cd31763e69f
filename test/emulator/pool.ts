/**
 * Emulators that wait for the next test file. A start takes two to four seconds of processor time, and a Java machine
 * that has answered before is faster. The runner names the folder in EMULATOR_POOL and ends them all; without it an
 * emulator ends with the test that started it. Test files run at the same time: each has emulators of its own.
 */
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** A process group, and the port of its emulator. */
export interface Pooled {
  readonly pid: number;
  readonly port: number;
}

const folder = process.env['EMULATOR_POOL'];

export const isPooled = folder !== undefined;

const fileOf = (kind: string, { pid, port }: Pooled): string => path.join(folder ?? '', `${kind}.${pid}.${port}`);

/** Tells the runner what to end. */
export function startedInPool(pid: number): void {
  if (folder !== undefined) writeFileSync(path.join(folder, `started.${pid}`), '');
}

/** Puts an emulator back, for another file. */
export function giveBack(kind: string, emulator: Pooled): void {
  const written = path.join(folder ?? '', `given.${emulator.pid}`);
  writeFileSync(written, JSON.stringify(emulator));
  renameSync(written, fileOf(kind, emulator));
}

/** Takes an emulator that no other file has: of two that take it, the removal of its file succeeds for one. */
export function takeOne(kind: string): Pooled | undefined {
  if (folder === undefined || !existsSync(folder)) return undefined;
  for (const name of readdirSync(folder).filter((one) => one.startsWith(`${kind}.`))) {
    const taken = path.join(folder, `taken.${process.pid}`);
    try {
      renameSync(path.join(folder, name), taken);
    } catch {
      // Another file was faster.
      continue;
    }
    const emulator = JSON.parse(readFileSync(taken, 'utf8')) as Pooled;
    rmSync(taken);
    return emulator;
  }
  return undefined;
}
