import path from 'node:path';
import { startSandbox, type Sandbox } from '../sandbox/server.ts';

/** The server that the connector calls. */
export interface StripeServer {
  /** The sandbox with its URL, the URL in STRIPE_API_BASE, or Stripe's URL. */
  readonly description: string;
  /** The sandbox that this process started. Absent if the environment has an API key. */
  readonly sandbox?: Sandbox;
  /**
   * Base URL of the sandbox to whose admin API the local server forwards requests: the sandbox in this process, or
   * STRIPE_API_BASE on this machine.
   */
  readonly sandboxUrl: string | undefined;
}

/** Options of the sandbox, if it is started. */
interface SandboxStartOptions {
  /** Name of a seed that fills an empty sandbox. */
  readonly seed: string | undefined;
  /** File that keeps the state of the sandbox between runs. */
  readonly data: string | undefined;
}

/**
 * Chooses the server that the connector calls. If the environment has STRIPE_API_KEY, the server is the one in
 * STRIPE_API_BASE, or Stripe. Otherwise this starts the sandbox, and sets both variables to the sandbox's key and URL.
 * `folder` contains the built catalog.
 */
export async function stripeServer({ seed, data }: SandboxStartOptions, folder: string): Promise<StripeServer> {
  const { STRIPE_API_KEY: key, STRIPE_API_BASE: base } = process.env;
  if (key !== undefined) {
    if (key.trim() === '')
      throw new Error(
        'STRIPE_API_KEY is set and empty; set it to a test key (sk_test_... or rk_test_...), or unset it to use the sandbox',
      );
    if (data !== undefined)
      throw new Error(
        '--data keeps the data of the sandbox, but with STRIPE_API_KEY no sandbox runs; omit --data or unset STRIPE_API_KEY',
      );
    return { description: base ?? 'https://api.stripe.com', sandboxUrl: isLocalhostUrl(base) ? base : undefined };
  }
  if (base !== undefined) throw new Error('STRIPE_API_BASE requires STRIPE_API_KEY; set both');
  const sandbox = await startSandbox({
    port: Number(process.env['SANDBOX_PORT'] ?? 0),
    catalogFolder: path.join(folder, 'catalog'),
    fill: seed,
    data,
  });
  if (data !== undefined) saveAtExit(sandbox);
  process.env['STRIPE_API_KEY'] = sandbox.apiKey;
  process.env['STRIPE_API_BASE'] = sandbox.url;
  const storage = data === undefined ? 'in memory and is lost when the server stops' : `kept in ${data}`;
  return { description: `sandbox at ${sandbox.url} (its data is ${storage})`, sandbox, sandboxUrl: sandbox.url };
}

/** Returns whether a base URL is `http://localhost` or `http://127.0.0.1`, with any port and no path. */
function isLocalhostUrl(base: string | undefined): boolean {
  return base !== undefined && /^http:\/\/(localhost|127\.0\.0\.1)(:\d{1,5})?\/?$/.test(base);
}

/**
 * Saves the data of the sandbox when the process exits. `close` writes the file synchronously, as a listener of `exit`
 * must. A signal without a listener would end the process without the event `exit`.
 */
function saveAtExit(sandbox: Sandbox): void {
  process.once('exit', () => void sandbox.close());
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(0));
}
