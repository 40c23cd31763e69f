/** Processes of `stripe-events` that are killed while events are delivered to them. */
import { setTimeout as pause } from 'node:timers/promises';
import type { EventBody } from '../fixtures/event-families.ts';
import { signed } from '../fixtures/stripe-webhooks.ts';
import { post, startFunction, type Running } from '../functions/framework.ts';

export interface ReceiverOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly count: number;
  readonly random: () => number;
}

/** One delivery of an event: who signs it, and how often it is tried before it waits for a reconciliation. */
export interface EventDelivery {
  readonly body: EventBody;
  readonly secret: string;
  readonly attempts: number;
}

export class EventReceivers {
  killed = 0;
  readonly statuses = new Map<string, number>();
  private readonly running: (Running | undefined)[] = [];
  private readonly starts: Promise<void>[] = [];
  private isOver = false;

  constructor(private readonly options: ReceiverOptions) {}

  async start(): Promise<void> {
    await Promise.all(Array.from({ length: this.options.count }, (_, place) => this.startAt(place)));
  }

  /**
   * Kills one process in the middle of what it does, and starts another in its place. On a slow machine it waits until
   * all run again.
   */
  kill(): void {
    const place = Math.floor(this.options.random() * this.options.count);
    const victim = this.running[place];
    if (victim === undefined || this.isOver || this.running.includes(undefined)) return;
    this.killed += 1;
    this.running[place] = undefined;
    this.starts.push(victim.stop().then(() => this.startAt(place)));
  }

  /** Delivers an event once to any process. Returns whether it was acknowledged. */
  async deliver({ body, secret }: EventDelivery): Promise<boolean> {
    const alive = this.running.filter((one) => one !== undefined);
    const one = alive[Math.floor(this.options.random() * alive.length)];
    if (one === undefined) {
      await pause(50);
      return false;
    }
    const text = JSON.stringify(body);
    const answer = await post(one.url, text, { 'stripe-signature': signed(secret, text) }).catch(() => undefined);
    const status = answer === undefined ? 'no answer' : String(answer.body['status'] ?? answer.status);
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    return answer?.status === 200;
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await Promise.all(this.starts);
    await Promise.all(this.running.flatMap((one) => (one === undefined ? [] : [one.stop()])));
  }

  private async startAt(place: number): Promise<void> {
    if (this.isOver) return;
    this.running[place] = await startFunction({ name: 'stripe-events', env: this.options.env });
  }
}

/**
 * Delivers events in a random order, several at once. Each is tried again after a failure, later and behind others, and
 * abandoned after some attempts, as Stripe does in the end.
 */
export async function deliverShuffled(
  receivers: EventReceivers,
  next: () => EventDelivery[] | undefined,
  { random, atOnce, shuffled }: { random: () => number; atOnce: number; shuffled: number },
): Promise<void> {
  const waiting: EventDelivery[] = [];
  let isDrained = false;
  const one = async (): Promise<void> => {
    for (;;) {
      while (!isDrained && waiting.length < shuffled) {
        const more = next();
        if (more === undefined) isDrained = true;
        else waiting.push(...more);
      }
      if (waiting.length === 0) return;
      const [delivery] = waiting.splice(Math.floor(random() * waiting.length), 1);
      if (delivery === undefined || (await receivers.deliver(delivery))) continue;
      if (delivery.attempts > 1) waiting.push({ ...delivery, attempts: delivery.attempts - 1 });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
}
