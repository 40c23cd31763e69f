import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { cpuMsOf } from '../served.ts';

/** One start of one process: milliseconds and mebibytes. */
export interface Start {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly rssMb: number;
}

export interface Program {
  /** The Node that runs it; this one where it is not said. */
  readonly node?: string;
  readonly folder: string;
  readonly target: string;
  readonly path?: string;
  readonly signature?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Ask {
  readonly body: object;
  readonly status: number;
}

const FRAMEWORK = path.resolve('node_modules/@google-cloud/functions-framework/build/src/main.js');

/** From the start of the process to the whole answer to one request. */
export async function start(
  program: Program,
  ask: Ask,
  port: number,
  env: Readonly<Record<string, string>>,
): Promise<Start> {
  const begun = performance.now();
  const child = spawn(
    program.node ?? process.execPath,
    [
      '--require',
      path.resolve('test/bench/cold/redirect.cjs'),
      FRAMEWORK,
      `--target=${program.target}`,
      `--source=${program.folder}`,
      `--port=${port}`,
      `--signature-type=${program.signature ?? 'http'}`,
    ],
    {
      env: { PATH: process.env['PATH'], HOME: '/nonexistent', NODE_ENV: 'production', ...env, ...program.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const ended = new Promise((resolve) => child.once('close', resolve));
  try {
    for (;;) {
      const answer = await post(port, program.path ?? '/', ask.body);
      if (answer === undefined) {
        if (child.exitCode !== null || performance.now() - begun > 20_000)
          throw new Error(`${program.target} did not start: ${printed}`);
        await new Promise((resolve) => setTimeout(resolve, 1));
        continue;
      }
      const wallMs = performance.now() - begun;
      if (answer.status !== ask.status)
        throw new Error(`${program.target}: ${answer.status} ${answer.text} ${printed}`);
      return { wallMs, ...used(child.pid ?? 0) };
    }
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
}

/** Undefined while no process listens. */
function post(port: number, where: string, body: object): Promise<{ status: number; text: string } | undefined> {
  return new Promise((resolve) => {
    const text = JSON.stringify(body);
    const headers = {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'content-length': Buffer.byteLength(text),
    };
    const request = http.request(
      { host: '127.0.0.1', port, path: where, method: 'POST', headers, agent: false },
      (response) => {
        let answer = '';
        response.on('data', (chunk: Buffer) => (answer += chunk.toString()));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text: answer }));
      },
    );
    request.on('error', () => resolve(undefined));
    request.end(text);
  });
}

function used(pid: number): Pick<Start, 'cpuMs' | 'rssMb'> {
  const [, kilobytes = '0'] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return { cpuMs: cpuMsOf(pid), rssMb: Number(kilobytes) / 1024 };
}
