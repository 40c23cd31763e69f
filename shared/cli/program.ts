import { Command, CommanderError, type Option } from 'commander';
import { DATA_COMMANDS } from './commands/data-commands.ts';
import { OPERATOR_COMMANDS, OPERATOR_GROUPS } from './commands/operator-commands.ts';
import { PROJECT_COMMANDS, SERVER_COMMANDS } from './commands/project-commands.ts';
import type { CommandDefinition } from './commands/definition.ts';
import { EXIT } from './io/exit.ts';

export const PROGRAM = 'stripe-connector';

export const COMMANDS: readonly CommandDefinition[] = [
  ...SERVER_COMMANDS,
  ...DATA_COMMANDS,
  ...OPERATOR_COMMANDS,
  ...PROJECT_COMMANDS,
];

/** Options by their names in camelCase, as commander returns them. */
export type OptionValues = Readonly<Record<string, string | boolean | undefined>>;

/** A command line that is valid. */
export interface ParsedCommandLine {
  readonly command: CommandDefinition;
  /** Positional arguments in order. */
  readonly args: readonly string[];
  readonly options: OptionValues;
}

export const GLOBAL_OPTIONS = [
  ['--json', 'print JSON'],
  ['--url <url>', 'server to call (default STRIPE_CONNECTOR_URL, or http://localhost with PORT or 8080)'],
  ['--project <id>', 'Google Cloud project: use its Firestore with your credentials, without a server'],
  ['--settings <file>', 'settings file of the connection'],
  ['--quiet', 'print no progress'],
] as const;

const EPILOG = `
Examples:
  $ ${PROGRAM} dev
  $ ${PROGRAM} call Customer.Create Email=jane@example.com
  $ ${PROGRAM} export Customer --out customers.ndjson

Exit status: 0 success, 1 failure, 2 wrong usage, 3 not found.
`;

/** Where help and errors of the command line are written. */
export interface LineOutput {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/** Parses a command line. Returns the exit status if help, the version or an error was printed. */
export function parseLine(
  args: readonly string[],
  version: string,
  { out, err }: LineOutput,
): ParsedCommandLine | number {
  let parsed: ParsedCommandLine | undefined;
  const program = createProgram(version, { out, err }, (line) => (parsed = line));
  if (args.length === 0) {
    out(program.helpInformation() + EPILOG);
    return EXIT.success;
  }
  try {
    program.parse(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? EXIT.success : EXIT.usage;
  }
  return parsed ?? EXIT.usage;
}

/** Returns the program with all commands. `onCommand` receives the command that the user typed. */
function createProgram(version: string, output: LineOutput, onCommand: (line: ParsedCommandLine) => void): Command {
  const program = newCommand(PROGRAM, output)
    .description("Stripe's objects and actions through a rate-limited, retry-safe connector.")
    .version(version, '-V, --version')
    .addHelpText('after', EPILOG)
    .helpCommand('help [command]', 'show the help of a command');
  const groups = new Map<string, Command>();
  for (const { name, summary } of OPERATOR_GROUPS) groups.set(name, newCommand(name, output).description(summary));
  // A command may have subcommands: `sandbox` has `sandbox advance`.
  const commands = new Map<string, Command>();
  for (const definition of COMMANDS) {
    const [first = '', second] = definition.name.split(' ');
    const command = newCommand(second ?? first, output);
    addHelp(command, definition);
    command.action(() => onCommand({ command: definition, args: command.args, options: command.optsWithGlobals() }));
    commands.set(definition.name, command);
    const group = second === undefined ? undefined : (groups.get(first) ?? commands.get(first));
    (group ?? program).addCommand(command);
    if (group !== undefined && group.parent === null) program.addCommand(group);
  }
  for (const [name, group] of groups)
    group.addHelpText(
      'after',
      `\nExamples:\n${examplesOf(COMMANDS.filter((definition) => definition.name.startsWith(`${name} `)))}`,
    );
  return program;
}

function newCommand(name: string, { out, err }: LineOutput): Command {
  const command = new Command(name)
    .exitOverride()
    .configureOutput({ writeOut: out, writeErr: err })
    .showHelpAfterError(`(run with --help for the usage)`)
    .configureHelp({ showGlobalOptions: true, visibleGlobalOptions: optionsOfProgram });
  if (name === PROGRAM) for (const [flags, description] of GLOBAL_OPTIONS) command.option(flags, description);
  return command;
}

/**
 * Returns the global options for the help of a subcommand. Returns none for the program, whose help lists them anyway.
 * The help does not list the options of a parent command: `sandbox advance` has no `--port`, which `sandbox` has.
 */
function optionsOfProgram(command: Command): Option[] {
  let top = command;
  while (top.parent !== null) top = top.parent;
  return top === command ? [] : [...top.options];
}

function addHelp(command: Command, definition: CommandDefinition): void {
  command
    .summary(definition.summary)
    .description(
      definition.details === undefined ? definition.summary : `${definition.summary}\n\n${definition.details}`,
    );
  for (const [syntax, description] of definition.args ?? []) command.argument(syntax, description);
  for (const [flags, description] of definition.options ?? []) command.option(flags, description);
  command.addHelpText('after', `\nExamples:\n${examplesOf([definition])}`);
}

function examplesOf(definitions: readonly CommandDefinition[]): string {
  return definitions.flatMap(({ examples }) => examples.map((line) => `  $ ${PROGRAM} ${line}`)).join('\n');
}
