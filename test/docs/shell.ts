import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** Programs that replace `npx` and `npm` in the shell. */
const TOOLS = path.resolve('test/docs/tools');

/** One shell in which the examples of a page run, one after the other, in the page's order. */
export class Shell {
  private readonly child;
  private readonly background: ChildProcess[] = [];
  /** What the last program in the background printed. */
  private backgroundOutput = '';
  private readonly env: NodeJS.ProcessEnv;
  private printed = '';
  private count = 0;

  constructor(
    private readonly folder: string,
    env: Readonly<Record<string, string>> = {},
  ) {
    const PATH = `${TOOLS}:${process.env['PATH'] ?? ''}`;
    this.env = { PATH, HOME: folder, STRIPE_CONNECTOR_ROOT: path.resolve('.'), ...env };
    this.child = spawn('bash', ['-s'], { cwd: folder, env: this.env });
    // Both streams in the order in which programs write them, as in a terminal.
    this.child.stdin.write('exec 2>&1\n');
    this.child.stdout.on('data', (chunk: Buffer) => (this.printed += chunk.toString()));
    this.child.stderr.on('data', (chunk: Buffer) => (this.printed += chunk.toString()));
  }

  /** What it printed; throws where a command failed. `anyStatus`: the page shows a command that fails. */
  async run(text: string, { anyStatus = false } = {}): Promise<string> {
    const mark = `--- example ${(this.count += 1)} `;
    this.printed = '';
    this.child.stdin.write(`${text}\nprintf '\\n${mark}%s\\n' "$?"\n`);
    while (!this.printed.includes(mark) || !this.printed.endsWith('\n')) {
      if (this.child.exitCode !== null) throw new Error(`the shell ended: ${this.printed}`);
      await new Promise<void>((come) => this.child.stdout.once('data', () => come()));
    }
    const [output = '', code = ''] = this.printed.split(`\n${mark}`);
    if (code.trim() !== '0' && !anyStatus) throw new Error(`status ${code.trim()}: ${output}`);
    return output;
  }

  /** Starts a command that a reader runs in another terminal, and waits until it prints `ready`. */
  async start(text: string, ready: string): Promise<string> {
    const child = spawn('bash', ['-c', `exec 2>&1\n${text}`], { cwd: this.folder, env: this.env, detached: true });
    this.background.push(child);
    this.backgroundOutput = '';
    child.stdout.on('data', (chunk: Buffer) => (this.backgroundOutput += chunk.toString()));
    await this.waitForBackground((output) => {
      if (child.exitCode !== null) throw new Error(`the program ended: ${output}`);
      return output.includes(ready) ? undefined : `not ready: ${output}`;
    });
    return this.backgroundOutput;
  }

  /** Looks at what the last program in the background printed, until nothing is missing or 20 s are over. */
  async waitForBackground(missing: (output: string) => string | undefined): Promise<string | undefined> {
    for (let attempts = 0; attempts < 1000; attempts += 1) {
      if (missing(this.backgroundOutput) === undefined) return undefined;
      await pause(20);
    }
    return missing(this.backgroundOutput);
  }

  end(): void {
    this.child.stdin.end();
    // Each has a process group of its own: the servers that it started end with it.
    for (const { pid, exitCode } of this.background)
      if (pid !== undefined && exitCode === null) process.kill(-pid, 'SIGKILL');
  }
}

/** The last JSON object that a command printed, on a line of its own or behind another answer's. */
export function lastJson(output: string): unknown {
  for (const text of [output, output.slice(0, output.lastIndexOf('}') + 1)])
    for (let from = 0; (from = text.indexOf('{', from)) >= 0; from += 1) {
      try {
        return JSON.parse(text.slice(from)) as unknown;
      } catch {
        // Another one may begin later.
      }
    }
  return undefined;
}
