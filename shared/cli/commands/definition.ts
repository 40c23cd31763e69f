import type { AdminCaller } from '../io/admin.ts';
import type { Progress } from '../io/progress.ts';
import type { ConnectorServer } from '../io/server.ts';

export type CommandEnvironment = Readonly<Record<string, string | undefined>>;

/** What a command gets: its arguments and options, and access to the environment, the terminal and the server. */
export interface CommandContext {
  /** Positional arguments in order. */
  readonly args: readonly string[];
  /** An option with a value. */
  text(name: string): string | undefined;
  /** An option without a value. */
  flag(name: string): boolean;
  /** The environment, with `--settings`, `--project` and `--url` applied. */
  readonly environment: CommandEnvironment;
  /** True with `--json`. */
  readonly json: boolean;
  readonly progress: Progress;
  readonly server: () => ConnectorServer;
  readonly admin: AdminCaller;
  /** Aborted when the user presses Ctrl+C. */
  readonly signal: AbortSignal;
  /** The folder of the built files: catalog, server, functions. */
  readonly folder: string;
}

/** The result of a command. `--json` prints `value`; otherwise `text` is printed. */
export interface CommandResult {
  readonly value: unknown;
  readonly text: string;
  /** True if the command ran and found a failure, such as a failed check. The exit status is then 1. */
  readonly failed?: boolean;
}

/** Returns undefined if the command printed its output itself, or started a server. */
export type CommandRun = (context: CommandContext) => Promise<CommandResult | undefined>;

/** One command. Its code is loaded when it runs, so that help starts quickly. */
export interface CommandDefinition {
  /** What the user types to select it: `events list`. */
  readonly name: string;
  readonly summary: string;
  readonly details?: string;
  /** Positional arguments: `<id>`, `[inputs...]`, with their descriptions. */
  readonly args?: readonly (readonly [syntax: string, description: string])[];
  /** Options: `--limit <n>`, with their descriptions. */
  readonly options?: readonly (readonly [flags: string, description: string])[];
  /** Command lines without the name of the program. */
  readonly examples: readonly string[];
  readonly run: () => Promise<CommandRun>;
}

/** The first word of several commands: `events` of `events list` and `events show`. */
export interface CommandGroup {
  readonly name: string;
  readonly summary: string;
}
