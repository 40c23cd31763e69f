import path from 'node:path';
import { startSandbox, type Sandbox } from '../sandbox/server.ts';

/** The server that the connector calls. */
export interface StripeServer {
  /** `sandbox at http://...`, or the server that STRIPE_API_BASE names, or Stripe. */
  readonly description: string;
  /** The sandbox that this process started. */
  readonly sandbox?: Sandbox;
  /** URL of a sandbox whose admin API this server forwards: its own, or another server on this machine. */
  readonly control: string | undefined;
}

interface SandboxChoice {
  /** Name of a seed that fills an empty sandbox. */
  readonly seed: string | undefined;
  /** File that keeps the state of the sandbox between runs. */
  readonly data: string | undefined;
}

/**
 * Chooses the server that the connector calls. If the environment has a key, that is STRIPE_API_BASE or Stripe. Otherwise
 * it starts the sandbox, and sets its key and its URL in the environment. `folder` has the built catalog.
 */
export async function stripeServer({ seed, data }: SandboxChoice, folder: string): Promise<StripeServer> {
  const { STRIPE_API_KEY: key, STRIPE_API_BASE: base } = process.env;
  if (key !== undefined) {
    if (key.trim() === '')
      throw new Error(
        'STRIPE_API_KEY is set and empty; set it to a test key (sk_test_... or rk_test_...), or unset it to use the sandbox',
      );
    if (data !== undefined)
      throw new Error('--data keeps the sandbox, which STRIPE_API_KEY replaces; unset one of them');
    return { description: base ?? 'https://api.stripe.com', control: isLocalhostUrl(base) ? base : undefined };
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
  const kept = data === undefined ? 'in memory and is lost when the server stops' : `kept in ${data}`;
  return { description: `sandbox at ${sandbox.url} (its data is ${kept})`, sandbox, control: sandbox.url };
}

/** Returns whether a base URL is `http://localhost` or `http://127.0.0.1`, with any port and no path. */
function isLocalhostUrl(base: string | undefined): boolean {
  return base !== undefined && /^http:\/\/(localhost|127\.0\.0\.1)(:\d{1,5})?\/?$/.test(base);
}

/** Closing writes the file, at once. A signal without a listener would end the process without `exit`. */
function saveAtExit(started: Sandbox): void {
  process.once('exit', () => void started.close());
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(0));
}
