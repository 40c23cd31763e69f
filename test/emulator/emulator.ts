import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from './ports.ts';

export interface Emulator {
  /** host:port */
  readonly host: string;
  stop(): Promise<void>;
}

/** Ports that are tried: another process may take one between the look and the start. */
const MOST_STARTS = 4;

/** An emulator lives for a minute: what Java spends on compiling it well is never earned back, and is half of what it spends. */
const SHORT_LIVED = '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC';

/** An emulator of the Google Cloud SDK on a free port of loopback. */
export async function startEmulator(script: string, argumentsFor: (port: number) => string[]): Promise<Emulator> {
  for (let starts = 0; starts < MOST_STARTS; starts += 1) {
    const port = await freePort();
    // A group of its own: the script's Java child ends with it.
    const env = { ...process.env, JAVA_TOOL_OPTIONS: `${SHORT_LIVED} ${process.env['JAVA_TOOL_OPTIONS'] ?? ''}` };
    const child = spawn(script, argumentsFor(port), { stdio: 'ignore', detached: true, env });
    if (await comesUp(child, port)) return { host: `127.0.0.1:${port}`, stop: () => stop(child) };
    await stop(child);
  }
  throw new Error('the emulator did not start');
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
  return fetch(`http://127.0.0.1:${port}/`).then(
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
