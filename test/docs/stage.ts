/** The servers that the examples of a page run against, and the folder that they run in. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startSandbox, SANDBOX_KEY, type Sandbox } from '../../shared/sandbox/server.ts';
import { freePort } from '../emulator/ports.ts';
import { running, type Running } from '../functions/framework.ts';

const SETTINGS = {
  min_nodes: 100,
  max_nodes: 100,
  account_ceiling: 10_000,
  endpoint_ceiling: 10_000,
  events_topic: 'projects/p/topics/stripe-events',
};

export interface Stage {
  readonly folder: string;
  readonly port: number;
  /** Variables of the page's shell. */
  readonly env: Readonly<Record<string, string>>;
  /** What the server printed. */
  readonly printed: string;
  /** An example with the ports of this stage. */
  here(text: string): string;
  end(): Promise<void>;
}

/** Where the pages say that things are, and where they are. */
interface Ports {
  readonly connector: number;
  readonly sandbox: number;
  /** A server of the reader's, which receives events. */
  readonly receiver: number;
}

function withPorts(text: string, { connector, sandbox, receiver }: Ports): string {
  return (
    text
      .replaceAll('localhost:8080', `localhost:${connector}`)
      .replaceAll('/8080.token', `/${connector}.token`)
      .replaceAll('127.0.0.1:12111', `127.0.0.1:${sandbox}`)
      .replaceAll(/--port 12111\b/g, `--port ${sandbox}`)
      .replaceAll(/localhost:9000|127\.0\.0\.1:9000/g, `localhost:${receiver}`)
      .replaceAll(/\b9000\b/g, String(receiver))
      // The sandbox takes the place of Stripe where a page needs an account.
      .replaceAll(
        'STRIPE_API_KEY=sk_test_... ',
        `STRIPE_API_BASE=http://127.0.0.1:${sandbox} STRIPE_API_KEY=${SANDBOX_KEY} `,
      )
  );
}

const shellEnv = (port: number): Record<string, string> => ({
  PORT: String(port),
  BASE: `http://localhost:${port}`,
  STRIPE_CONNECTOR_URL: `http://localhost:${port}`,
});

/** A server with a sandbox in its own process: for a page of its own, because pages choose their operation ids. */
export async function ownServer(): Promise<Stage> {
  const folder = mkdtempSync(path.join(tmpdir(), 'docs-'));
  const port = await freePort();
  const server = await startServer(port, folder, { STRIPE_WEBHOOK_SECRET: 'whsec_local0secret' });
  return {
    folder,
    port,
    env: shellEnv(port),
    printed: server.output(),
    here: (text) => withPorts(text, { connector: port, sandbox: 12111, receiver: 9000 }),
    end: () => stopAll(folder, () => server.stop()),
  };
}

/** A stage whose sandbox the test reaches too. */
export interface SharedStage extends Stage {
  readonly sandbox: Sandbox;
}

/** A server whose sandbox delivers its webhooks: shared by pages whose operation ids differ. */
export async function sharedServer(): Promise<SharedStage> {
  const folder = mkdtempSync(path.join(tmpdir(), 'docs-'));
  const port = await freePort();
  const sandbox = await startSandbox({ port: await freePort() });
  const secret = await webhookSecret(sandbox, port);
  const server = await startServer(port, folder, {
    STRIPE_API_KEY: SANDBOX_KEY,
    STRIPE_API_BASE: sandbox.url,
    STRIPE_WEBHOOK_SECRET: `${secret},whsec_local0secret`,
  });
  const ports = { connector: port, sandbox: Number(new URL(sandbox.url).port), receiver: await freePort() };
  return {
    folder,
    port,
    sandbox,
    env: shellEnv(port),
    printed: server.output(),
    here: (text) => withPorts(text, ports),
    end: () =>
      stopAll(
        folder,
        () => server.stop(),
        () => sandbox.close(),
      ),
  };
}

/**
 * No server of the connector: the page starts what it needs. `needsStripe`: a sandbox stands for Stripe, because the page
 * uses an account.
 */
export async function noServer(needsStripe: boolean): Promise<Stage> {
  const folder = mkdtempSync(path.join(tmpdir(), 'docs-'));
  const ports = { connector: await freePort(), sandbox: await freePort(), receiver: await freePort() };
  const stripe = needsStripe ? await startSandbox({ port: ports.sandbox }) : undefined;
  return {
    folder,
    port: ports.connector,
    env: shellEnv(ports.connector),
    printed: '',
    here: (text) => withPorts(text, ports),
    end: () => stopAll(folder, async () => stripe?.close()),
  };
}

async function startServer(port: number, folder: string, more: NodeJS.ProcessEnv): Promise<Running> {
  const env = {
    PATH: process.env['PATH'],
    // The shell's: the server writes its token below it.
    HOME: folder,
    PORT: String(port),
    CONNECTION_SETTINGS: JSON.stringify(SETTINGS),
    ...more,
  };
  return running(spawn(process.execPath, ['build/local/start.cjs'], { env }), port, 'try it:');
}

/** https://docs.stripe.com/api/webhook_endpoints/create */
async function webhookSecret(sandbox: Sandbox, port: number): Promise<string> {
  const response = await fetch(`${sandbox.url}/v1/webhook_endpoints`, {
    method: 'POST',
    headers: { authorization: `Bearer ${SANDBOX_KEY}` },
    body: new URLSearchParams({ url: `http://localhost:${port}/stripe-events`, 'enabled_events[]': '*' }),
  });
  return ((await response.json()) as { secret: string }).secret;
}

async function stopAll(folder: string, ...stops: (() => Promise<void>)[]): Promise<void> {
  await Promise.all(stops.map((stop) => stop()));
  rmSync(folder, { recursive: true, force: true });
}
