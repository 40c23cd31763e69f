import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync, statSync, utimes, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { isObject } from '../../../is-object.ts';
import { CommandFailure } from '../../io/exit.ts';

/** The lock of another machine that was not renewed for this long is that of a process that was killed. */
const LOCK_LIFE_MS = 60_000;
const RENEWED_EVERY_MS = 10_000;

/** Keeps other exports away from a file. */
export interface ExportLock {
  /** Returns whether this export still has the file. Asked before each write. */
  isHeld(): boolean;
  release(): void;
}

/**
 * Locks the export file for this process. `FILE.lock` contains the process. The lock of a killed process is replaced. Throws
 * CommandFailure if another export writes the file.
 */
export function lockExport(file: string): ExportLock {
  const lock = `${file}.lock`;
  const own = JSON.stringify({ pid: process.pid, host: hostname(), token: randomUUID() });
  while (!created(lock, own)) removeAbandoned(lock, file);
  // An error of the renewal is ignored: if the lock is gone, `isHeld` returns false.
  const renewal = setInterval(() => utimes(lock, new Date(), new Date(), () => undefined), RENEWED_EVERY_MS).unref();
  const isHeld = (): boolean => lockText(lock) === own;
  return {
    isHeld,
    release() {
      clearInterval(renewal);
      if (isHeld()) rmSync(lock);
    },
  };
}

/** Creates the lock. Returns false if there is one. */
function created(lock: string, text: string): boolean {
  try {
    writeFileSync(lock, text, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Two exports may both find an abandoned lock, and the second removes the new one of the first: the first then stops at
 * its next `isHeld`, before it writes.
 */
function removeAbandoned(lock: string, file: string): void {
  const text = lockText(lock);
  const renewedMs = statSync(lock, { throwIfNoEntry: false })?.mtimeMs;
  if (text === undefined || renewedMs === undefined) return;
  const { pid, host } = ownerIn(text);
  const isHere = host === hostname();
  const isAlive = isHere ? pid !== process.pid && isRunning(pid) : Date.now() - renewedMs < LOCK_LIFE_MS;
  if (isAlive)
    throw new CommandFailure(
      `another export writes ${file}: process ${pid} on ${host}; wait for its end, or choose another file` +
        (isHere ? '' : '. If it was killed, try again in a minute'),
    );
  rmSync(lock, { force: true });
}

function lockText(lock: string): string | undefined {
  try {
    return readFileSync(lock, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Returns who holds a lock. A lock that is being written has no text yet. */
function ownerIn(text: string): { readonly pid: number; readonly host: string } {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return { pid: Number(value['pid']), host: String(value['host']) };
  } catch {
    // Treated as that of another machine: it ends when it is not renewed.
  }
  return { pid: 0, host: 'an unknown machine' };
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
