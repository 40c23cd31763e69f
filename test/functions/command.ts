import { execFile } from 'node:child_process';

export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs an operator's command in an environment of its own; this process goes on meanwhile (a sandbox may live in it). */
export function runCommand(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Ran> {
  const given = { PATH: process.env['PATH'], METADATA_SERVER_DETECTION: 'none', ...env };
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ['esbuild.config.mjs', 'command', ...args],
      { env: given },
      (_error, stdout, stderr) => resolve({ status: child.exitCode ?? 1, stdout, stderr }),
    );
  });
}
