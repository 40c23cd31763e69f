import { execFile } from 'node:child_process';

export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built command in an environment of its own; this process goes on meanwhile (a sandbox may live in it). */
export function runCommand(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  input?: string,
): Promise<Ran> {
  const given = { PATH: process.env['PATH'], METADATA_SERVER_DETECTION: 'none', ...env };
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ['build/local/main.cjs', ...args],
      { env: given, maxBuffer: 1 << 26 },
      (_error, stdout, stderr) => resolve({ status: child.exitCode ?? 1, stdout, stderr }),
    );
    child.stdin?.end(input);
  });
}
