import { setTimeout as pause } from 'node:timers/promises';
import type { Operation } from './operations.ts';
import type { Workers } from './workers.ts';

/** Milliseconds before a delivery that failed comes again: Pub/Sub waits ten seconds at least, the soak has less time. */
const [FIRST_PAUSE, LONGEST_PAUSE] = [300, 5000];

/**
 * Pub/Sub's push, played: every copy of every message is delivered again and again, to any worker, until one of them
 * acknowledges it. The emulator's own push slows down to a few deliveries a second once it has seen nacks.
 */
export class Dispatcher {
  deliveries = 0;
  refusals = 0;
  /** When an operation was first acknowledged, on this process's monotonic clock. */
  readonly acknowledged = new Map<string, number>();
  open: number;
  private readonly waiting: { readonly operation: Operation; readonly copy: number; readonly tries: number }[];

  constructor(
    private readonly workers: Workers,
    operations: readonly Operation[],
    private readonly chance: () => number,
  ) {
    const copies = operations.flatMap((operation, index) =>
      // Further copies come with the next ones, or much later.
      Array.from({ length: operation.copies }, (_, copy) => ({
        operation,
        copy,
        tries: 0,
        at: index + (copy === 0 ? 0 : Math.floor(chance() * (chance() < 0.5 ? 10 : operations.length - index))),
      })),
    );
    this.waiting = copies.sort((a, b) => a.at - b.at);
    this.open = copies.length;
  }

  /** Delivers everything, so many at once. */
  async drain(parallel: number): Promise<void> {
    await Promise.all(Array.from({ length: parallel }, () => this.lane()));
  }

  private async lane(): Promise<void> {
    while (this.open > 0) {
      const next = this.waiting.shift();
      if (next === undefined) await pause(50);
      else if (await this.deliver(next.operation, next.copy)) this.open -= 1;
      else void this.again(next);
    }
  }

  private async again(one: Dispatcher['waiting'][number]): Promise<void> {
    this.refusals += 1;
    await pause(Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** one.tries) * (0.5 + this.chance()));
    this.waiting.push({ ...one, tries: one.tries + 1 });
  }

  /** True where it was acknowledged. */
  private async deliver({ id, ask }: Operation, copy: number): Promise<boolean> {
    const { ready } = this.workers;
    const worker = ready[Math.floor(this.chance() * ready.length)];
    if (worker === undefined) return false;
    this.deliveries += 1;
    const data = Buffer.from(JSON.stringify({ ...ask, operationId: id })).toString('base64');
    const message = { data, messageId: `${id}/${copy}`, publishTime: new Date().toISOString() };
    const delivery = { id, asked: false };
    worker.has.add(delivery);
    try {
      const { status } = await fetch(worker.running.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ message, subscription: 'projects/p/subscriptions/soak' }),
      });
      if (status === 200 && !this.acknowledged.has(id)) this.acknowledged.set(id, performance.now());
      return status === 200;
    } catch {
      // Killed in the middle.
      return false;
    } finally {
      worker.has.delete(delivery);
    }
  }
}
