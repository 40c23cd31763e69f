/** The port and the options of `npm start`. */
import { parseArgs } from 'node:util';
import { SEEDS } from '../sandbox/control/seeds.ts';

/** A port or an option that is not valid. */
export class StartOptionError extends Error {
  override readonly name = 'StartOptionError';
}

interface StartOptions {
  readonly open: boolean;
  /** Name of a seed that fills an empty sandbox. */
  readonly seed: string | undefined;
  /** File that keeps the state of the sandbox between runs. */
  readonly data: string | undefined;
}

/** Reads the options of `npm start -- --open --seed demo --data shop.json`. */
export function startOptions(args: readonly string[]): StartOptions {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { open: { type: 'boolean' }, seed: { type: 'string' }, data: { type: 'string' } },
    });
    const { open = false, seed, data } = values;
    if (seed === undefined || Object.hasOwn(SEEDS, seed)) return { open, seed, data };
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new StartOptionError(`${problem}; npm start supports --open, --seed demo and --data FILE`, { cause });
  }
  throw new StartOptionError(`--seed must be one of ${Object.keys(SEEDS).join(', ')}`);
}

export function readPort(): number {
  const port = Number(process.env['PORT'] ?? 8080);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new StartOptionError('PORT must be a port number from 0 to 65535');
  return port;
}

/** Rejects a secret that was copied from an example with dots, because every delivery would fail. */
export function checkWebhookSecret(): void {
  if (process.env['STRIPE_WEBHOOK_SECRET']?.includes('...') === true)
    throw new StartOptionError('STRIPE_WEBHOOK_SECRET has dots: set the whole signing secret, whsec_ and what follows');
}
