import { capacity, lanesOf, shardOf, type Limits } from '../../shared/rate-limiter/capacity.ts';
import { LIFE_US } from '../../shared/rate-limiter/membership.ts';
import { reserveSlots } from '../../shared/rate-limiter/gcra.ts';
import type { Commit, CountRequest } from '../../shared/rate-limiter/commits.ts';
import type { AllocationStep } from '../../shared/rate-limiter/endpoints/allocation-steps.ts';
import type { Endpoint } from '../../shared/rate-limiter/endpoints/endpoint.ts';
import { FIRST_RING, NEW_LAYOUT, type Allocation } from '../../shared/rate-limiter/endpoints/ring.ts';
import { TokenQueues } from '../../shared/rate-limiter/queues.ts';
import type { Priority } from '../../shared/rate-limiter/queue/priority.ts';
import type { Settled, Turn } from '../../shared/rate-limiter/queue/turn.ts';
import type { Reservation, Roster, StoreAnswer } from '../../shared/rate-limiter/store.ts';
import { sized } from '../support/sizes.ts';
import { Chance, Events } from './events.ts';

/** What can go wrong, all of it by chance; milliseconds. */
export interface Weather {
  /** One way to the store: at least, at most. */
  readonly wayMs: readonly [number, number];
  /** Chance that a way takes longer, and by how much at most. */
  readonly slowWay: number;
  readonly slowestMs: number;
  /** Chance that a question, or its answer, is lost; the question has its effect in the second case. */
  readonly lostQuestion: number;
  readonly lostAnswer: number;
  /** Chance that a timer fires late, and how late at most. */
  readonly lateTimer: number;
  readonly latestTimerMs: number;
  /** Parts per million that monotonic clocks run off at most. */
  readonly driftPpm: number;
}

export const FAIR: Weather = {
  wayMs: [8, 12],
  slowWay: 0,
  slowestMs: 0,
  lostQuestion: 0,
  lostAnswer: 0,
  lateTimer: 0,
  latestTimerMs: 0,
  driftPpm: 0,
};

/** Slow ways, lost messages, late timers and clocks that drift. */
export const FOUL: Weather = {
  ...FAIR,
  wayMs: [3, 40],
  lostQuestion: 0.01,
  lostAnswer: 0.01,
  lateTimer: 0.2,
  latestTimerMs: 120,
  driftPpm: 90,
};

const TIMEOUT_MS = 2000;

/** A rejected caller of a full queue calls again after this time. The small size keeps the queue full with fewer calls. */
export const RETRY_MS = sized(1000, 250);

const EPOCH_US = 1_795_000_000_000_000;

/** Caller of a simulated instance: what is done with its turn. */
export type Done = (turn: Turn | 'unanswered', atMs: number) => void;

/** Many `TokenQueues` and one store, in a time that costs nothing. Deterministic by its seed. */
export class Fleet {
  readonly events = new Events();
  readonly chance: Chance;
  /** Releases, milliseconds of true time, in order. */
  readonly released: number[] = [];
  readonly looks: { readonly atMs: number; readonly live: number }[] = [];
  readonly commitsOfShard = new Map<number, number>();
  commits = 0;
  /** Writes of a membership. */
  renewals = 0;
  lookups = 0;
  /** Questions on their way or answered; a look is two. */
  asked = 0;
  /** While true the store takes no question: what is on its way waits until it ends. */
  private hangs: (() => void)[] | undefined;
  /** While true no look is answered. */
  blind = false;
  private readonly lanes = new Map<number, number>();
  private throttledUntilUs = new Map<number, number>();
  private readonly members = new Map<number, { place: number; seenUs: number }>();
  private named = 0;
  /** Releases of each endpoint, milliseconds of true time, in order. */
  readonly releasedOf = new Map<string, number[]>();
  /** Changes of the ring, by their sizes. */
  readonly rings: number[] = [];
  /** Instances whose questions about the allocation are not answered. */
  readonly unread = new Set<number>();
  /** Questions about the allocation. */
  allocations = 0;
  private allocation: Allocation = {
    ring: { before: FIRST_RING, after: FIRST_RING, changedUs: undefined },
    positions: {},
    positionsChangedUs: undefined,
    layout: NEW_LAYOUT,
    atUs: 0,
  };

  constructor(
    readonly limits: Limits,
    readonly weather: Weather,
    seed: number,
  ) {
    this.chance = new Chance(seed);
  }

  get nowUs(): number {
    return EPOCH_US + Math.floor(this.events.now * 1000);
  }

  /** `limits`: of its revision; those of the fleet where none are given. */
  instance(limits = this.limits): Instance {
    return new Instance(this, (this.named += 1), this.chance.fraction(), limits);
  }

  hang(): void {
    this.hangs ??= [];
  }

  recover(): void {
    const waiting = this.hangs ?? [];
    this.hangs = undefined;
    for (const go of waiting) go();
  }

  /** Carries a question to the store and its answer back; `undefined` is a time-out. */
  ask<T>(weight: number, effect: () => T, answer: (answer: T | undefined) => void): void {
    this.asked += weight;
    let open = true;
    const settle = (value: T | undefined): void => {
      if (!open) return;
      open = false;
      answer(value);
    };
    this.events.after(TIMEOUT_MS, () => settle(undefined));
    if (this.chance.happens(this.weather.lostQuestion)) return;
    const arrive = (): void => {
      const value = effect();
      if (this.chance.happens(this.weather.lostAnswer)) return;
      this.events.after(this.way(), () => settle(value));
    };
    this.events.after(this.way(), () => {
      if (this.hangs === undefined) arrive();
      else this.hangs.push(arrive);
    });
  }

  commit(id: number, place: number, commit: Commit): StoreAnswer | Reservation {
    this.commits += 1;
    const atUs = this.nowUs;
    if (commit.kind === 'join' || (commit.kind === 'reserve' && commit.renew)) {
      this.renewals += 1;
      this.members.set(id, { place, seenUs: atUs });
    }
    if (commit.kind === 'throttle') {
      for (let shard = 0; shard < commit.shards; shard += 1) {
        this.throttledUntilUs.set(shard, Math.max(this.throttledUntilUs.get(shard) ?? 0, commit.throttledUntilUs));
        for (const lane of lanesOf(shard))
          this.lanes.set(lane, Math.max(this.lanes.get(lane) ?? 0, commit.notBeforeUs));
      }
    }
    if (commit.kind !== 'reserve') return { atUs };
    const shards = new Set(commit.requests.map(({ lane }) => shardOf(lane)));
    for (const shard of shards) this.commitsOfShard.set(shard, (this.commitsOfShard.get(shard) ?? 0) + 1);
    const grants = commit.requests.map(({ lane, count, spacingUs, delayUs = 0 }) => {
      const nextUs = this.lanes.get(lane) ?? 0;
      const throttledUntilUs = this.throttledUntilUs.get(shardOf(lane)) ?? 0;
      if (count === 0) return { firstUs: nextUs, throttledUntilUs };
      const { firstUs, tatUs } = reserveSlots(nextUs, commit.notBeforeUs + delayUs, count * spacingUs);
      this.lanes.set(lane, tatUs);
      return { firstUs, throttledUntilUs };
    });
    const lanes = [...shards]
      .flatMap((shard) => lanesOf(shard))
      .map((lane) => ({ lane, nextUs: this.lanes.get(lane) ?? 0 }));
    return { atUs, grants, lanes };
  }

  allocate(step: AllocationStep): Allocation {
    this.allocations += 1;
    const { ring, positionsChangedUs } = this.allocation;
    if (step.kind === 'ring' && step.changedUs === ring.changedUs) {
      this.rings.push(step.after);
      this.allocation = { ...this.allocation, ring: { before: step.before, after: step.after, changedUs: this.nowUs } };
    }
    if (step.kind === 'position' && step.positionsChangedUs === positionsChangedUs)
      this.allocation = { ...this.allocation, positions: step.positions, positionsChangedUs: this.nowUs };
    return { ...this.allocation, atUs: this.nowUs };
  }

  /** An endpoint's call was released. */
  releasedTo(key: string): void {
    const times = this.releasedOf.get(key) ?? [];
    times.push(this.events.now);
    this.releasedOf.set(key, times);
  }

  count(place: number, { sinceUs }: CountRequest): Roster {
    this.lookups += 1;
    const seen = [...this.members.values()].filter(({ seenUs }) => seenUs >= sinceUs);
    this.looks.push({ atMs: this.events.now, live: seen.length });
    return { live: seen.length, rank: seen.filter((one) => one.place < place).length, atUs: this.nowUs };
  }

  /** How far ahead the most reserved lane is. */
  furthestUs(): number {
    return Math.max(...this.lanes.values()) - this.nowUs;
  }

  leave(id: number): void {
    this.members.delete(id);
  }

  /**
   * The guarantee, checked on every window of one second that begins with a release: the most that any held over its
   * capacity (0 or less: it held), and the most that any held.
   */
  worstWindow(): { readonly over: number; readonly most: number } {
    let over = -Infinity;
    let most = 0;
    let end = 0;
    let look = 0;
    const recent: { readonly atMs: number; readonly live: number }[] = [];
    let head = 0;
    this.released.forEach((startMs, index) => {
      while (end < this.released.length && this.released[end]! < startMs + 1000) end += 1;
      for (; look < this.looks.length && this.looks[look]!.atMs <= startMs + 1000; look += 1) {
        // The largest of the last life, as a falling queue.
        while (recent.length > head && recent.at(-1)!.live <= this.looks[look]!.live) recent.pop();
        recent.push(this.looks[look]!);
      }
      while (head < recent.length && recent[head]!.atMs < startMs + 1000 - LIFE_US / 1000) head += 1;
      const { perSecond } = capacity(recent[head]?.live ?? 0, this.limits);
      over = Math.max(over, end - index - Math.max(1, perSecond));
      most = Math.max(most, end - index);
    });
    return { over, most };
  }

  private way(): number {
    const { wayMs, slowWay, slowestMs } = this.weather;
    const moreMs = slowWay > 0 && this.chance.happens(slowWay) ? this.chance.between(0, slowestMs) : 0;
    return this.chance.between(...wayMs) + moreMs;
  }
}

/** One instance: a queue with a clock of its own, which may stop, be frozen, or be killed. */
export class Instance {
  readonly queue: TokenQueues<Done>;
  granted = 0;
  alive = true;
  private readonly originMs: number;
  private readonly drift: number;
  private frozenUntil = 0;
  private alarm = 0;

  constructor(
    private readonly fleet: Fleet,
    readonly id: number,
    readonly place: number,
    limits: Limits,
  ) {
    this.queue = new TokenQueues(limits, place);
    this.originMs = fleet.chance.between(0, 1e7);
    this.drift = fleet.chance.between(-1, 1) * fleet.weather.driftPpm * 1e-6;
  }

  /** The instance's monotonic clock: it goes on while the instance is frozen. */
  get nowMs(): number {
    return this.originMs + this.fleet.events.now * (1 + this.drift);
  }

  take(maxWaitMs: number, done: Done, priority?: Priority, endpoint?: Endpoint): void {
    this.run(() => {
      const caller: Done = (turn, atMs) => {
        if (turn !== 'unanswered' && turn.granted && endpoint !== undefined) this.fleet.releasedTo(endpoint.key);
        done(turn, atMs);
      };
      const refused = this.queue.join(this.nowMs, { caller, maxWaitMs, priority, endpoint });
      if (refused !== undefined) this.tell(refused);
      if (refused === undefined || this.queue.countWanted) this.step();
    });
  }

  throttle(releasedMs: number, retryAfterMs: number): void {
    this.run(() => {
      this.queue.throttle(this.nowMs, releasedMs, retryAfterMs);
      this.step();
    });
  }

  freeze(forMs: number): void {
    this.frozenUntil = this.fleet.events.now + forMs;
  }

  kill(): void {
    this.alive = false;
  }

  /** SIGTERM: the instance leaves. */
  end(): void {
    this.alive = false;
    this.fleet.leave(this.id);
  }

  private step(): void {
    const { settled, commit, count, allocation, wakeMs } = this.queue.step(this.nowMs);
    for (const one of settled) this.tell(one);
    if (count !== undefined) this.count(count);
    if (allocation !== undefined) this.allocate(allocation);
    if (commit !== undefined) this.commit(commit);
    const alarm = (this.alarm += 1);
    if (wakeMs === undefined) return;
    const { weather, chance } = this.fleet;
    const lateMs = chance.happens(weather.lateTimer) ? chance.between(0, weather.latestTimerMs) : 0;
    this.fleet.events.after((wakeMs - this.nowMs) / (1 + this.drift) + lateMs + 0.01, () =>
      this.run(() => {
        if (alarm === this.alarm) this.step();
      }),
    );
  }

  private commit(commit: Commit): void {
    const sentMs = this.nowMs;
    this.fleet.ask(
      1,
      () => this.fleet.commit(this.id, this.place, commit),
      (answer) =>
        this.run(() => {
          if (answer !== undefined) this.queue.committed(commit, sentMs, this.nowMs, answer);
          else this.queue.uncommitted(commit, this.nowMs, 'lost', true).forEach((one) => this.tell(one));
          this.step();
        }),
    );
  }

  private allocate(step: AllocationStep): void {
    const sentMs = this.nowMs;
    this.fleet.ask(
      1,
      () => (this.fleet.unread.has(this.id) ? undefined : this.fleet.allocate(step)),
      (answer) =>
        this.run(() => {
          if (answer === undefined) this.queue.allocationFailed(this.nowMs);
          else if (step.kind === 'allocation') this.queue.allocationRead(answer, sentMs, this.nowMs);
          else this.queue.allocationWritten();
          this.step();
        }),
    );
  }

  private count(count: CountRequest): void {
    this.fleet.ask(
      2,
      () => (this.fleet.blind ? undefined : this.fleet.count(this.place, count)),
      (roster) =>
        this.run(() => {
          if (roster !== undefined) this.queue.counted(roster);
          else this.queue.countFailed(this.nowMs);
          this.step();
        }),
    );
  }

  /** Runs code of the instance: now, when it thaws, or never. */
  private run(code: () => void): void {
    if (!this.alive) return;
    if (this.frozenUntil > this.fleet.events.now) {
      this.fleet.events.at(this.frozenUntil, () => this.run(code));
      return;
    }
    code();
  }

  private tell(settled: Settled<Done>): void {
    const { now } = this.fleet.events;
    if (!('turn' in settled)) {
      settled.caller('unanswered', now);
      return;
    }
    if (settled.turn.granted) {
      this.granted += 1;
      this.fleet.released.push(now);
    }
    settled.caller(settled.turn, now);
  }
}

/** Callers of an instance that come back as soon as they are through, for ever. */
export function busy(
  instance: Instance,
  fleet: Fleet,
  callers: number,
  maxWaitMs = 60_000,
  serviceMs = 0,
  endpointOf: (caller: number) => Endpoint | undefined = () => undefined,
): void {
  for (let caller = 0; caller < callers; caller += 1) {
    const again = (turn: Turn | 'unanswered'): void => {
      if (!instance.alive) return;
      const pauseMs = turn === 'unanswered' ? 100 : turn.granted ? serviceMs : Math.min(turn.retryAfterMs, 1000);
      fleet.events.after(pauseMs, () => instance.take(maxWaitMs, again, undefined, endpointOf(caller)));
    };
    instance.take(maxWaitMs, again, undefined, endpointOf(caller));
  }
}
