import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync, statSync, utimes, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { isObject } from '../../../is-object.ts';
import { CommandFailure } from '../../io/exit.ts';

/** A lock of another machine that was not renewed for this long is abandoned: its process was probably killed. */
const LOCK_TTL_MS = 60_000;
const LOCK_RENEWAL_MS = 10_000;

/** Keeps other exports away from a file. */
export interface ExportLock {
  /** Returns whether this export still holds the lock. The export calls this before each write. */
  isHeld(): boolean;
  release(): void;
}

/**
 * Locks the export file for this process. `FILE.lock` contains the process id and the machine. The lock of a killed process is
 * replaced. Throws CommandFailure if another export writes the file.
 */
export function lockExport(file: string): ExportLock {
  const lock = `${file}.lock`;
  const ownText = JSON.stringify({ pid: process.pid, host: hostname(), token: randomUUID() });
  while (!tryCreateLock(lock, ownText)) removeAbandoned(lock, file);
  // A failed renewal is ignored. If the lock was deleted, `isHeld` returns false and the export stops.
  const renewal = setInterval(() => utimes(lock, new Date(), new Date(), () => undefined), LOCK_RENEWAL_MS).unref();
  const isHeld = (): boolean => lockText(lock) === ownText;
  return {
    isHeld,
    release() {
      clearInterval(renewal);
      if (isHeld()) rmSync(lock);
    },
  };
}

/** Creates the lock. Returns false if there is one. */
function tryCreateLock(lock: string, text: string): boolean {
  try {
    writeFileSync(lock, text, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Deletes an abandoned lock. Two exports may do this at once, and one of them may delete the lock that the other has
 * just created. The other export then stops at its next `isHeld`, before it writes.
 */
function removeAbandoned(lock: string, file: string): void {
  const text = lockText(lock);
  const renewedMs = statSync(lock, { throwIfNoEntry: false })?.mtimeMs;
  if (text === undefined || renewedMs === undefined) return;
  const { pid, host } = ownerIn(text);
  const isHere = host === hostname();
  const isAlive = isHere ? pid !== process.pid && isRunning(pid) : Date.now() - renewedMs < LOCK_TTL_MS;
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

/** Returns who holds a lock. The holder is unknown while the lock is being written, because it has no text yet. */
function ownerIn(text: string): { readonly pid: number; readonly host: string } {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return { pid: Number(value['pid']), host: String(value['host']) };
  } catch {
    // A lock without valid JSON counts as a lock of another machine: it is abandoned after LOCK_TTL_MS.
  }
  return { pid: 0, host: 'an unknown machine' };
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: the process exists and belongs to another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
