import { fork, type ChildProcess } from 'node:child_process';
import path from 'node:path';

/** A helper process of a bench that sends its port when it listens, and one answer to each message. */
export class Helper {
  private constructor(
    readonly child: ChildProcess,
    readonly port: number,
  ) {}

  static async start(folder: string, name: string, args: readonly string[] = []): Promise<Helper> {
    const child = fork(path.join(folder, `${name}.cjs`), [...args]);
    const { port } = await nextMessage<{ port: number }>(child);
    return new Helper(child, port);
  }

  async ask<T>(message: string): Promise<T> {
    const answer = nextMessage<T>(this.child);
    this.child.send(message);
    return answer;
  }

  stop(): void {
    this.child.kill('SIGKILL');
  }
}

export function nextMessage<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const ended = (): void => reject(new Error('a process of the bench ended'));
    child.once('exit', ended);
    child.once('message', (message) => {
      child.off('exit', ended);
      resolve(message as T);
    });
  });
}
