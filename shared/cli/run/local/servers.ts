import path from 'node:path';
import type { CommandContext } from '../../commands/definition.ts';
import { UsageError } from '../../io/exit.ts';

/** `dev`: starts the local server in this process. */
export function startDev(context: CommandContext): Promise<undefined> {
  const port = portOption(context);
  return startServer(context, 'start.cjs', port === undefined ? {} : { PORT: port }, [
    ...['seed', 'data'].flatMap((name) => valueOption(context, name)),
    ...(context.flag('open') ? ['--open'] : []),
  ]);
}

/** `sandbox`: starts the Stripe sandbox in this process. */
export function startSandboxAlone(context: CommandContext): Promise<undefined> {
  portOption(context);
  const clock = context.text('clock') ?? (context.flag('clock') ? '' : undefined);
  return startServer(context, 'sandbox.cjs', {}, [
    ...['port', 'data', 'seed'].flatMap((name) => valueOption(context, name)),
    ...(clock === undefined ? [] : ['--clock', ...(clock === '' ? [] : [clock])]),
  ]);
}

function valueOption(context: CommandContext, name: string): string[] {
  const value = context.text(name);
  return value === undefined ? [] : [`--${name}`, value];
}

function portOption(context: CommandContext): string | undefined {
  const port = context.text('port');
  if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) <= 65_535))
    throw new UsageError(`--port must be a port number from 0 to 65535: ${port}`);
  return port;
}

/**
 * Starts a server in this process. The server is a separate bundle, which reads `process.env` and `process.argv`, so
 * both are set first.
 */
function startServer(
  { environment, folder }: CommandContext,
  file: string,
  variables: Readonly<Record<string, string>>,
  args: readonly string[],
): Promise<undefined> {
  if (environment['CONNECTION_SETTINGS'] === undefined) delete process.env['CONNECTION_SETTINGS'];
  Object.assign(process.env, environment, variables);
  const entry = path.join(folder, file);
  process.argv.splice(1, process.argv.length - 1, entry, ...args);
  process.removeAllListeners('SIGINT');
  // The bundle of the server is built separately.
  // oxlint-disable-next-line typescript/no-require-imports
  require(entry);
  return Promise.resolve(undefined);
}
