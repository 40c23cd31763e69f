/** What all operator commands share: the result on stdout, an error as one line on stderr, the exit status. */
import { MAX_TEXT_LENGTH } from '../bounds.ts';
import { toConnectorError } from '../errors.ts';
import { redact } from '../redact.ts';
import { deploymentOf } from '../config/load.ts';
import { createApp, type App } from '../app.ts';

/**
 * Runs a command and ends the process with status 0, or with 1 and the error message. Prints `usage` if `run` returns
 * undefined.
 */
export function command(usage: string, run: (args: readonly string[]) => Promise<string | undefined>): void {
  run(process.argv.slice(2)).then(
    (response) => {
      console.log(response ?? usage);
      process.exit(response === undefined ? 1 : process.exitCode);
    },
    (cause: unknown) => {
      const error = toConnectorError(cause);
      const message = error.status === 'INTERNAL' && cause instanceof Error ? failureText(cause) : error.message;
      console.error(redact(message, [], MAX_TEXT_LENGTH));
      process.exit(1);
    },
  );
}

/** Returns the value of `--name value`. */
export function option(args: readonly string[], name: string): string | undefined {
  const at = args.indexOf(`--${name}`);
  return at < 0 ? undefined : args[at + 1];
}

/** Returns whether the environment configures a store that instances share. */
export function namesStore(): boolean {
  return [process.env['GOOGLE_CLOUD_PROJECT'], process.env['FIRESTORE_EMULATOR_HOST']].some(
    (value) => value !== undefined,
  );
}

let isBuilt: App | undefined;

/** Returns the connector that the environment configures. Its log goes to stderr, so stdout has the result only. */
export function connection(): App {
  isBuilt ??= createApp(deploymentOf(process.env), (line) => void process.stderr.write(`${line}\n`));
  return isBuilt;
}

/**
 * Returns the connector if its state is shared. A change in this process's memory would not reach any other process.
 */
export function sharedConnection(): App {
  const world = connection();
  if (world.sharesState) return world;
  throw new Error(
    'the state is in the memory of the local server; set GOOGLE_CLOUD_PROJECT or FIRESTORE_EMULATOR_HOST for the server and for this command',
  );
}

/**
 * Returns the message with that of its cause: `Firestore did not answer` alone does not tell an operator what to do.
 */
function failureText({ message, cause }: Error): string {
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}
