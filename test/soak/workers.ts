import { startFunction, type Running } from '../functions/framework.ts';
import type { Sandbox } from '../../shared/sandbox/server.ts';

/** A delivery under way: of which operation, and whether it asked Stripe yet. */
export interface Delivery {
  readonly id: string;
  asked: boolean;
}

/** One life of a worker. It has an API key of its own, so that the sandbox knows who asks. */
export interface Worker {
  readonly key: string;
  readonly running: Running;
  /** When it was killed, on this process's monotonic clock; undefined while it lives. */
  killedAt?: number;
  /** The deliveries that it has. */
  readonly has: Set<Delivery>;
}

/** The built automation in processes of its own, one of which is killed now and then and started again. */
export class Workers {
  readonly all: Worker[] = [];
  private live: Worker[] = [];
  private starting = 0;
  private ended = false;

  constructor(
    private readonly sandbox: Sandbox,
    private readonly env: Readonly<Record<string, string>>,
    private readonly extraKey: string,
  ) {}

  async start(count: number): Promise<void> {
    await Promise.all(Array.from({ length: count }, () => this.add()));
  }

  /** Those that take deliveries. */
  get ready(): readonly Worker[] {
    return this.live;
  }

  get kills(): number {
    return this.all.filter(({ killedAt }) => killedAt !== undefined).length;
  }

  /**
   * SIGKILL, in the middle of whatever it does. `outsideCalls`: only at a moment when none of its operations has asked
   * Stripe and is not through; what it may still send then has no effect, because Stripe rejects its key.
   */
  kill(chance: () => number, outsideCalls: boolean): boolean {
    if (this.live.length < 2 || this.starting > 0) return false;
    const candidates = this.live.filter(({ has }) => !outsideCalls || ![...has].some(({ asked }) => asked));
    const victim = candidates[Math.floor(chance() * candidates.length)];
    if (victim === undefined) return false;
    this.live = this.live.filter((one) => one !== victim);
    victim.killedAt = performance.now();
    if (outsideCalls) this.takeKeys();
    process.kill(victim.running.pid, 'SIGKILL');
    void this.add();
    return true;
  }

  /** A request came from a worker, for an operation. */
  asked(key: string, id: string): void {
    const worker = this.all.find((one) => one.key === key);
    for (const delivery of worker?.has ?? []) if (delivery.id === id) delivery.asked = true;
  }

  async stop(): Promise<void> {
    this.ended = true;
    await Promise.all(this.all.map(({ running }) => running.stop()));
  }

  private async add(): Promise<void> {
    this.starting += 1;
    const key = `sk_test_worker${String(this.all.length + this.starting).padStart(8, '0')}x${this.all.length}`;
    const running = await startFunction({ name: 'automation', env: { ...this.env, STRIPE_API_KEY: key } });
    this.starting -= 1;
    if (this.ended) return running.stop();
    const worker: Worker = { key, running, has: new Set() };
    this.all.push(worker);
    this.live = [...this.live, worker];
    this.takeKeys();
  }

  private takeKeys(): void {
    this.sandbox.setKeys([this.extraKey, ...this.live.map(({ key }) => key)]);
  }
}
