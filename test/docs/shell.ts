import { spawn } from 'node:child_process';

/** One shell in which the examples of a page run, one after the other, in the page's order. */
export class Shell {
  private readonly child;
  private printed = '';
  private count = 0;

  constructor(folder: string) {
    this.child = spawn('bash', ['-s'], { cwd: folder, env: { PATH: process.env['PATH'], HOME: folder } });
    this.child.stdout.on('data', (chunk: Buffer) => (this.printed += chunk.toString()));
    this.child.stderr.on('data', (chunk: Buffer) => (this.printed += chunk.toString()));
  }

  /** What it printed; throws where a command failed. */
  async run(text: string): Promise<string> {
    const mark = `--- example ${(this.count += 1)} `;
    this.printed = '';
    this.child.stdin.write(`${text}\nprintf '\\n${mark}%s\\n' "$?"\n`);
    while (!this.printed.includes(mark) || !this.printed.endsWith('\n')) {
      if (this.child.exitCode !== null) throw new Error(`the shell ended: ${this.printed}`);
      await new Promise<void>((come) => this.child.stdout.once('data', () => come()));
    }
    const [output = '', code = ''] = this.printed.split(`\n${mark}`);
    if (code.trim() !== '0') throw new Error(`status ${code.trim()}: ${output}`);
    return output;
  }

  end(): void {
    this.child.stdin.end();
  }
}

/** The last JSON that a command printed, on a line of its own or behind another answer's. */
export function lastJson(output: string): unknown {
  for (let from = 0; (from = output.indexOf('{', from)) >= 0; from += 1) {
    try {
      return JSON.parse(output.slice(from)) as unknown;
    } catch {
      // Another one may begin later.
    }
  }
  return undefined;
}
