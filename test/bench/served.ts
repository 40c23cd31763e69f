import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../emulator/ports.ts';

const FRAMEWORK = path.resolve('node_modules/@google-cloud/functions-framework/build/src/main.js');

/** A process that serves, and what it has used. */
export interface Serving {
  readonly port: number;
  /** Milliseconds on the processor since its start. */
  cpuMs(): number;
  stop(): Promise<void>;
}

/** A function under the framework, its log read and thrown away, once it listens. */
export async function serve(
  folder: string,
  target: string,
  env: Readonly<Record<string, string>>,
  flags: readonly string[] = [],
): Promise<Serving> {
  const port = await freePort();
  const child = spawn(
    process.execPath,
    [...flags, FRAMEWORK, `--target=${target}`, `--source=${folder}`, `--port=${port}`, '--signature-type=http'],
    {
      env: { PATH: process.env['PATH'], HOME: '/nonexistent', NODE_ENV: 'production', ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  child.stdout.resume();
  while (!(await listens(port))) {
    if (child.exitCode !== null) throw new Error(`${target} did not start`);
    await pause(5);
  }
  return { port, cpuMs: () => cpuMsOf(child.pid ?? 0), stop: () => end(child) };
}

/** The stub of Stripe in a process of its own. */
export async function fixedAnswer(): Promise<{ readonly base: string; stop(): Promise<void> }> {
  const { said, stop } = await startProgram('test/bench/fixed-answer.cjs');
  return { base: `http://127.0.0.1:${said}`, stop };
}

/** Starts a program of this repository in a child process and resolves once it prints its address. */
export async function startProgram(
  ...words: readonly string[]
): Promise<{ readonly said: string; readonly pid: number | undefined; readonly stop: () => Promise<void> }> {
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const said = await Promise.race([
    once(child.stdout, 'data').then(([line]) => String(line).trim()),
    once(child, 'exit').then(([status]) => Promise.reject(new Error(`${words[0]} ended with ${String(status)}`))),
  ]);
  return { said, pid: child.pid, stop: () => end(child) };
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, 'close');
  child.kill('SIGKILL');
  await ended;
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ host: '127.0.0.1', port });
    const told = (yes: boolean): void => {
      socket.destroy();
      resolve(yes);
    };
    socket.once('connect', () => told(true)).once('error', () => told(false));
  });
}

/** Linux tells nanoseconds on the processor of each thread. */
export function cpuMsOf(pid: number): number {
  const nanoseconds = readdirSync(`/proc/${pid}/task`).reduce(
    (sum, thread) => sum + Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]),
    0,
  );
  return nanoseconds / 1e6;
}
