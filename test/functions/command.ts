import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';

export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

const environment = (env: Readonly<Record<string, string>>): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  METADATA_SERVER_DETECTION: 'none',
  ...env,
});

/** Runs the built command in an environment of its own; this process goes on meanwhile (a sandbox may live in it). */
export function runCommand(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  input?: string,
): Promise<Ran> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ['build/local/main.cjs', ...args],
      { env: environment(env), maxBuffer: 1 << 26 },
      (_error, stdout, stderr) => resolve({ status: child.exitCode ?? 1, stdout, stderr }),
    );
    child.stdin?.end(input);
  });
}

/** A process that runs lines of the built command, one at a time. */
export interface CommandHost {
  run(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Ran>;
  stop(): Promise<void>;
}

/** Starts a process that runs many lines: see command-host.cjs. */
export function startCommandHost(): CommandHost {
  const child = fork('test/functions/command-host.cjs', { env: environment({}), execArgv: [] });
  return {
    async run(args, env) {
      const ran = Promise.race([
        once(child, 'message').then(([message]) => message as Ran),
        once(child, 'exit').then(() => Promise.reject(new Error(`the host ended at: ${args.join(' ')}`))),
      ]);
      child.send({ args, env: environment(env) });
      return ran;
    },
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}
