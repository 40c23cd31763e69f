import { randomBytes } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

type EnvironmentVariables = Readonly<Record<string, string | undefined>>;

/** Environment variable with the token, for a command that cannot read the token file. It overrides the file. */
export const ADMIN_TOKEN_VARIABLE = 'STRIPE_CONNECTOR_TOKEN';

/** Returns a token for one start of the local server: 256 random bits. */
export function newAdminToken(): string {
  return randomBytes(32).toString('base64url');
}

/**
 * Writes the token of this start to a file that only this user can read. The file is removed when the process exits or
 * gets SIGINT or SIGTERM. Returns the path of the file, or undefined if the file cannot be written, or if another user
 * owns the folder or can write to it.
 */
export function writeAdminToken(environment: EnvironmentVariables, port: number, token: string): string | undefined {
  const file = tokenFile(environment, port);
  try {
    const folder = path.dirname(file);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (!isOwnFolder(folder)) return undefined;
    // An existing file would keep its mode, and could be a link, so it is removed first.
    rmSync(file, { force: true });
    writeFileSync(file, token, { mode: 0o600, flag: 'wx' });
  } catch {
    return undefined;
  }
  const remove = (): void => {
    if (readAdminToken(environment, port) === token) rmSync(file, { force: true });
  };
  process.once('exit', remove);
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      remove();
      // A listener disables the default action of the signal, which ends the process. If no other listener is left, the
      // signal is sent again for this action.
      if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
    });
  return file;
}

/** Returns the token in the file for this port. Undefined if the file cannot be read. */
export function readAdminToken(environment: EnvironmentVariables, port: number): string | undefined {
  try {
    return readFileSync(tokenFile(environment, port), 'utf8');
  } catch {
    return undefined;
  }
}

/** Returns the ports for which servers of this user wrote a token, newest first. A killed server leaves its file. */
export function startedPorts(environment: EnvironmentVariables): readonly number[] {
  const folder = path.dirname(tokenFile(environment, 0));
  try {
    return readdirSync(folder)
      .filter((name) => /^\d{1,5}\.token$/.test(name))
      .map((name) => ({ port: Number.parseInt(name, 10), writtenMs: statSync(path.join(folder, name)).mtimeMs }))
      .toSorted((a, b) => b.writtenMs - a.writtenMs)
      .map(({ port }) => port);
  } catch {
    return [];
  }
}

/** Returns the path of the token file in the user's cache folder. https://specifications.freedesktop.org/basedir-spec/latest/ */
function tokenFile(environment: EnvironmentVariables, port: number): string {
  const { XDG_CACHE_HOME: xdg, LOCALAPPDATA: windows } = environment;
  const cacheFolder = [xdg, windows].find((folder) => folder !== undefined && path.isAbsolute(folder));
  return path.join(cacheFolder ?? path.join(homedir(), '.cache'), 'stripe-connector', `${port}.token`);
}

/** Returns whether this user owns the folder and no other user can write to it. */
function isOwnFolder(folder: string): boolean {
  const { uid, mode } = lstatSync(folder);
  // Windows has no user ids and modes. Its folder of local application data belongs to the user.
  return process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0);
}
