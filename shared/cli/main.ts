/** The command `stripe-connector`: parses the command line, runs the command, prints its result, sets the exit status. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseLine, type OptionValues, type ParsedCommandLine } from './program.ts';
import type { CommandError } from './io/exit.ts';
import type { CommandContext, CommandEnvironment, CommandResult } from './commands/definition.ts';

async function runCommandLine(): Promise<void> {
  const { version } = JSON.parse(readFileSync(path.join(__dirname, 'version.json'), 'utf8')) as { version: string };
  const json = process.argv.includes('--json');
  const problems: string[] = [];
  const parsed = parseLine(process.argv.slice(2), version, {
    out: (text) => void process.stdout.write(text),
    err: (text) => void (json ? problems.push(text) : process.stderr.write(text)),
  });
  if (problems.length > 0) process.stderr.write(usageJson(problems));
  if (typeof parsed === 'number') process.exitCode = parsed;
  else await runParsed(parsed);
}

/** Returns the parser's output as an error in JSON, without its last line, which refers to the help. */
function usageJson(problems: readonly string[]): string {
  const lines = problems.join('').trim().split('\n');
  const message = lines
    .filter((line) => !line.startsWith('(run with --help'))
    .join(' ')
    .replace(/^error: /, '');
  return `${JSON.stringify({ error: { message, reason: 'USAGE' } })}\n`;
}

async function runParsed({ command, args, options }: ParsedCommandLine): Promise<void> {
  const json = options['json'] === true;
  const [{ toCommandError }, { clauseWithCaret }] = await Promise.all([
    import('./io/exit.ts'),
    import('./io/clause-caret.ts'),
  ]);
  try {
    const run = await command.run();
    const context = await contextOf(args, options);
    const outcome = await run(context);
    context.progress.end();
    if (outcome === undefined) return;
    printResult(outcome, json);
    process.exitCode = outcome.failed === true ? 1 : 0;
  } catch (cause) {
    const { status, ...error } = toCommandError(cause);
    const shown = `error: ${error.message}${clauseWithCaret(error.message, options['where'])}${operationLines(error)}`;
    process.stderr.write(json ? `${JSON.stringify({ error })}\n` : `${shown}\n`);
    process.exitCode = status;
  }
  // Clients of Google and keep-alive connections would keep the process running.
  await flushed(process.stdout);
  process.exit();
}

/** Returns the lines about a write that failed: its reason, its effect and how to repeat it. Empty for other errors. */
function operationLines({
  reason,
  effect,
  operationId,
}: Pick<CommandError, 'reason' | 'effect' | 'operationId'>): string {
  if (effect === undefined || operationId === undefined) return '';
  const repeat = effect === 'unknown' ? `\nrepeat it with --operation-id ${operationId}` : '';
  return `\nreason ${reason}, effect ${effect}, operation ${operationId}${repeat}`;
}

function printResult({ value, text }: CommandResult, json: boolean): void {
  process.stdout.write(json ? `${JSON.stringify(value, null, 2)}\n` : `${text}\n`);
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()));
}

async function contextOf(args: readonly string[], options: OptionValues): Promise<CommandContext> {
  const [{ adminCaller }, { progressOn }, { connectorServer }] = await Promise.all([
    import('./io/admin.ts'),
    import('./io/progress.ts'),
    import('./io/server.ts'),
  ]);
  const environment = environmentWith(options);
  const abortController = new AbortController();
  process.once('SIGINT', () => abortController.abort());
  const server = (): ReturnType<typeof connectorServer> => connectorServer(environment, abortController.signal);
  return {
    args,
    text: (name) => (typeof options[name] === 'string' ? options[name] : undefined),
    flag: (name) => options[name] === true,
    environment,
    json: options['json'] === true,
    progress: progressOn(process.stderr, options['quiet'] === true, () => performance.now()),
    server,
    admin: adminCaller(environment, server),
    signal: abortController.signal,
    folder: __dirname,
  };
}

/** The variable of the environment that each global option replaces. */
const VARIABLE_OF_OPTION: Readonly<Record<string, string>> = {
  settings: 'CONNECTION_SETTINGS_FILE',
  project: 'GOOGLE_CLOUD_PROJECT',
  url: 'STRIPE_CONNECTOR_URL',
};

/** Returns the environment with the global options, which take precedence. */
function environmentWith(options: OptionValues): CommandEnvironment {
  const environment = { ...process.env };
  // `--settings` also replaces settings that are in the environment as a text.
  if (typeof options['settings'] === 'string') delete environment['CONNECTION_SETTINGS'];
  for (const [option, variable] of Object.entries(VARIABLE_OF_OPTION)) {
    const value = options[option];
    if (typeof value === 'string') environment[variable] = value;
  }
  return environment;
}

// A program such as `head` closed the pipe, because it needs no more output.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

void runCommandLine();
