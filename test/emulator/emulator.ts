import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { giveBack, isPooled, startedInPool, takeOne } from './pool.ts';
import { freePort } from './ports.ts';

export interface Emulator {
  /** host:port */
  readonly host: string;
  stop(): Promise<void>;
}

/** A kind of emulator. */
export interface EmulatorKind {
  /** Name in the pool. */
  readonly name: string;
  readonly script: string;
  readonly argumentsFor: (port: number) => string[];
  /** Removes what a test file left behind, before the next file has the emulator. */
  readonly clear: (host: string) => Promise<void>;
  /** Once after a start. */
  readonly warm?: (host: string) => Promise<void>;
}

/** Ports that are tried: another process may take one between the look and the start. */
const MOST_STARTS = 4;

/** An emulator lives for a minute: what Java spends on compiling it well is never earned back, and is half of what it spends. */
const SHORT_LIVED = '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmn256m';

/** An emulator of the Google Cloud SDK on a free port of loopback: a new one, or an empty one that another file had. */
export async function startEmulator(kind: EmulatorKind): Promise<Emulator> {
  const pooled = takeOne(kind.name);
  if (pooled !== undefined) {
    const host = hostOf(pooled.port);
    return { host, stop: () => backToPool(kind, pooled.pid, pooled.port) };
  }
  for (let starts = 0; starts < MOST_STARTS; starts += 1) {
    const port = await freePort();
    // A group of its own: the script's Java child ends with it.
    const env = { ...process.env, JAVA_TOOL_OPTIONS: `${SHORT_LIVED} ${process.env['JAVA_TOOL_OPTIONS'] ?? ''}` };
    const child = spawn(kind.script, kind.argumentsFor(port), { stdio: 'ignore', detached: true, env });
    if (child.pid !== undefined) startedInPool(child.pid);
    if (await comesUp(child, port)) {
      await kind.warm?.(hostOf(port));
      return { host: hostOf(port), stop: () => (isPooled ? leave(kind, child, port) : stop(child)) };
    }
    await stop(child);
  }
  throw new Error('the emulator did not start');
}

const hostOf = (port: number): string => `127.0.0.1:${port}`;

async function leave(kind: EmulatorKind, child: ChildProcess, port: number): Promise<void> {
  // It goes on after this process.
  child.unref();
  await backToPool(kind, child.pid ?? 0, port);
}

async function backToPool(kind: EmulatorKind, pid: number, port: number): Promise<void> {
  await kind.clear(hostOf(port));
  giveBack(kind.name, { pid, port });
}

async function comesUp(child: ChildProcess, port: number): Promise<boolean> {
  const runs = (): boolean => child.exitCode === null;
  for (let tries = 0; tries < 300 && runs(); tries += 1) {
    if (await answers(port)) return runs();
    await pause(100);
  }
  return false;
}

function answers(port: number): Promise<boolean> {
  return fetch(`http://${hostOf(port)}/`).then(
    () => true,
    () => false,
  );
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  process.kill(-child.pid, 'SIGKILL');
  await ended;
}
