/** What the commands of an operator have in common: their answer on the output, their error in one line, their exit status. */
import { MAX_TEXT_LENGTH } from '../bounds.ts';
import { toConnectorError } from '../errors.ts';
import { redact } from '../redact.ts';
import { deploymentOf } from '../config/load.ts';
import { createApp, type App } from '../app.ts';

/** Runs a command and ends the process: 0, or 1 with what went wrong. */
export function command(usage: string, run: (args: readonly string[]) => Promise<string | undefined>): void {
  run(process.argv.slice(2)).then(
    (response) => {
      console.log(response ?? usage);
      process.exit(response === undefined ? 1 : process.exitCode);
    },
    (cause: unknown) => {
      const error = toConnectorError(cause);
      const said = error.status === 'INTERNAL' && cause instanceof Error ? reasonOf(cause) : error.message;
      console.error(redact(said, [], MAX_TEXT_LENGTH));
      process.exit(1);
    },
  );
}

/** The value of `--name value`. */
export function option(args: readonly string[], name: string): string | undefined {
  const at = args.indexOf(`--${name}`);
  return at < 0 ? undefined : args[at + 1];
}

/** Whether the environment names a store that instances share. */
export function namesStore(): boolean {
  return [process.env['GOOGLE_CLOUD_PROJECT'], process.env['FIRESTORE_EMULATOR_HOST']].some(
    (value) => value !== undefined,
  );
}

let built: App | undefined;

/** The connection that the environment names. Its log goes beside the answer, not into it. */
export function connection(): App {
  built ??= createApp(deploymentOf(process.env), (line) => void process.stderr.write(`${line}\n`));
  return built;
}

/** The same, where its state is one that others share: what an operator changes in a process of its own nobody would see. */
export function sharedConnection(): App {
  const world = connection();
  if (world.sharesState) return world;
  throw new Error(
    'the state lives in the memory of a local server: set GOOGLE_CLOUD_PROJECT or FIRESTORE_EMULATOR_HOST, for both',
  );
}

/** With what stands behind it: `Firestore gave no answer` alone does not tell an operator what to do. */
function reasonOf({ message, cause }: Error): string {
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}
