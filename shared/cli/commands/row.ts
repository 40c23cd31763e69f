import type { AdminCaller } from '../io/admin.ts';
import type { Progress } from '../io/progress.ts';
import type { ConnectorServer } from '../io/server.ts';

export type CommandEnvironment = Readonly<Record<string, string | undefined>>;

/** What a command gets: its words, its options, and where it reads from and writes to. */
export interface CommandContext {
  /** Positional arguments in order. */
  readonly words: readonly string[];
  /** An option with a value. */
  text(name: string): string | undefined;
  /** An option without a value. */
  flag(name: string): boolean;
  /** The environment, with `--settings`, `--project` and `--url` applied. */
  readonly environment: CommandEnvironment;
  readonly json: boolean;
  readonly progress: Progress;
  readonly server: () => ConnectorServer;
  readonly admin: AdminCaller;
  /** Ends when the user presses Ctrl+C. */
  readonly signal: AbortSignal;
  /** The folder of the built files: catalog, server, functions. */
  readonly folder: string;
}

/** The result of a command. `--json` prints `value`; otherwise `text` is printed. */
export interface CommandResult {
  readonly value: unknown;
  readonly text: string;
  /** The command ran, and its result is a failure: exit status 1. */
  readonly failed?: boolean;
}

/** Undefined if the command printed its output itself, or goes on in the background as a server does. */
export type CommandRun = (context: CommandContext) => Promise<CommandResult | undefined>;

/** One command. Its code is loaded when it runs, so that help starts quickly. */
export interface CommandRow {
  /** Its words: `events list`. */
  readonly name: string;
  readonly summary: string;
  readonly details?: string;
  /** Positional arguments: `<id>`, `[inputs...]`, with their descriptions. */
  readonly words?: readonly (readonly [syntax: string, description: string])[];
  /** Options: `--limit <n>`, with their descriptions. */
  readonly options?: readonly (readonly [flags: string, description: string])[];
  /** Lines without the name of the program. */
  readonly examples: readonly string[];
  readonly run: () => Promise<CommandRun>;
}

/** A word that has commands below it. */
export interface CommandGroup {
  readonly name: string;
  readonly summary: string;
}
