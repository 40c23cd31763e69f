import type { Done, Fleet, Instance } from './fleet.ts';

/**
 * What the platform does with a function, as far as it is documented: a new call goes to an instance with a free
 * place; without one it waits, and is rejected after a while; instances are added while more than 60 % of the places of
 * those that run are taken. https://cloud.google.com/run/docs/about-instance-autoscaling,
 * https://cloud.google.com/run/docs/about-concurrency, https://cloud.google.com/run/docs/configuring/max-instances
 */
export interface Platform {
  /** Calls that one instance may have at once: the manifest row's. */
  readonly concurrency: number;
  readonly maxInstances: number;
}

const TARGET = 0.6;
/** Milliseconds: between two looks of the autoscaler, of a cold start, that a call waits for a place. */
const LOOK_MS = 1000;
const COLD_START_MS = 2000;
const PENDING_MS = 10_000;
/** Milliseconds that Stripe takes. */
const SERVICE_MS = 300;

interface Place {
  readonly instance: Instance;
  busy: number;
}

export class Autoscaler {
  readonly answered: { readonly atMs: number; readonly status: 200 | 429 }[] = [];
  private readonly places: Place[] = [];
  private readonly pending: { readonly untilMs: number }[] = [];
  private starting = 0;

  constructor(
    private readonly fleet: Fleet,
    private readonly platform: Platform,
    private readonly maxWaitMs: number,
    minInstances: number,
  ) {
    for (let i = 0; i < minInstances; i += 1) this.places.push({ instance: fleet.instance(), busy: 0 });
    this.look();
  }

  get instances(): number {
    return this.places.length;
  }

  /** Calls that come by chance, so many a second. */
  offer(perSecond: number, untilMs: number): void {
    const { events, chance } = this.fleet;
    if (events.now >= untilMs) return;
    this.call();
    events.after(chance.gap(perSecond / 1000), () => this.offer(perSecond, untilMs));
  }

  private call(): void {
    const place = this.freest();
    if (place !== undefined) this.work(place);
    else this.pending.push({ untilMs: this.fleet.events.now + PENDING_MS });
  }

  private freest(): Place | undefined {
    const free = this.places.filter(({ busy }) => busy < this.platform.concurrency);
    return free.sort((a, b) => a.busy - b.busy)[0];
  }

  private work(place: Place): void {
    place.busy += 1;
    const done: Done = (turn) => {
      const granted = turn !== 'unanswered' && turn.granted;
      this.fleet.events.after(granted ? SERVICE_MS : 0, () => {
        place.busy -= 1;
        this.answered.push({ atMs: this.fleet.events.now, status: granted ? 200 : 429 });
        this.next();
      });
    };
    place.instance.take(this.maxWaitMs, done);
  }

  /** A place is free: the caller that waited longest takes it. The platform rejects callers that waited too long. */
  private next(): void {
    for (let first = this.pending[0]; first !== undefined; first = this.pending[0]) {
      const over = first.untilMs < this.fleet.events.now;
      const place = over ? undefined : this.freest();
      if (!over && place === undefined) return;
      this.pending.shift();
      if (place === undefined) this.answered.push({ atMs: this.fleet.events.now, status: 429 });
      else this.work(place);
    }
  }

  private look(): void {
    const { events } = this.fleet;
    const { concurrency, maxInstances } = this.platform;
    const taken = this.places.reduce((sum, { busy }) => sum + busy, 0) + this.pending.length;
    const wanted = Math.min(maxInstances, Math.ceil(taken / (TARGET * concurrency)));
    for (; this.places.length + this.starting < wanted; this.starting += 1)
      events.after(COLD_START_MS, () => {
        this.starting -= 1;
        this.places.push({ instance: this.fleet.instance(), busy: 0 });
        this.next();
      });
    this.next();
    events.after(LOOK_MS, () => this.look());
  }
}
