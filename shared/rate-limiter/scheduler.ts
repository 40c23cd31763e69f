import { lazy } from '../memoize.ts';
import type { Commit, Look, Step } from './commits.ts';
import type { Reservation, Roster, StoreAnswer } from './store.ts';
import { capacity, laneCount, LANES_PER_SHARD, type LimitView, shardCount, type Limits } from './capacity.ts';
import { lastUseUs, LIFE_US, Membership } from './membership.ts';
import { brake, stretch, type Brake } from './throttle.ts';
import { Admissions, type Admitted } from './admissions.ts';
import { Arrivals } from './arrivals.ts';
import { assignedLanes } from './lanes/assigned.ts';
import { slotsOf } from './lanes/granted-slots.ts';
import { LaneSelector, type Demand, type FleetView } from './lanes/selector.ts';
import { StoreTime } from './server-clock.ts';
import { blurUs, isBlurred, LATENESS_US, ROUND_US, slotAt, slotWaitMs, type Now } from './gcra.ts';
import { refusal, refusedTurn, WaitingLine, type Priority, type RefusedTurn, type Settled } from './wait-queue.ts';
import { MS_US } from '../ports/time-units.ts';

/** If the next free slot is further ahead than this, a reservation can wait for more callers. */
const AHEAD_US = 500_000;
/** Minimum milliseconds that a caller waits for a response of the store, however short its own wait: one RPC timeout. */
const PATIENCE_MS = 2500;
/** Milliseconds between a call without a response and the next. With counts, at most three calls a second an instance. */
const COMMIT_PAUSE_MS = 400;
const LOOK_PAUSE_MS = 4000;
/** Maximum consecutive calls for a more exact time: each response may be faster than the ones before. */
const SHARPENINGS = 3;
/** Microseconds by which another slot must come sooner than the reserved one to justify a call. */
const MIN_GAIN_US = 150_000;

/**
 * The queue of one instance as a state machine without a clock, a store or promises. Callers and responses of the store
 * are inputs. `step` returns the granted and the rejected callers and the next calls to the store. First come, first served.
 * It fails closed: without a response of the store, only reserved slots are granted.
 */
export class TokenQueue<C> {
  private readonly line = new WaitingLine<C>();
  private readonly time = new StoreTime();
  private readonly membership = new Membership();
  private readonly choice = new LaneSelector();
  private readonly floorLanes: number;
  /** With a single shard the number of other nodes does not matter. */
  private readonly alone: boolean;
  private committing = false;
  private looking = false;
  /** Why the last commit had no response; undefined while the store responds. */
  private trouble: unknown;
  private commitAgainMs = -Infinity;
  private lookAgainMs = -Infinity;
  private sharpenings = 0;
  private readonly arrivals = new Arrivals();
  private readonly admissions = new Admissions();
  private calmUs = 0;
  private slowedMs = -Infinity;
  private brake: Brake | undefined;
  /** While the connection is suspended no slots are taken. A call without slots shows whether it still is. */
  private checking = false;

  constructor(
    private readonly limits: Limits,
    private readonly place: number,
  ) {
    this.floorLanes = laneCount(capacity(0, limits).perSecond);
    this.alone = shardCount(capacity(limits.maxNodes, limits).perSecond) === 1;
  }

  /** Adds a caller. It is rejected at once if its wait is known to be too long. */
  join(
    nowMs: number,
    caller: C,
    maxWaitMs: number,
    patienceMs = PATIENCE_MS,
    priority: Priority = 'interactive',
  ): Settled<C> | undefined {
    const expectedMs = this.expectedWaitMs(nowMs, priority);
    if (expectedMs > maxWaitMs) return refusal(caller, expectedMs, this.pace(nowMs));
    const giveUpMs = nowMs + Math.max(maxWaitMs, Math.min(PATIENCE_MS, patienceMs)) + LATENESS_US / MS_US;
    this.arrivals.add(nowMs);
    this.line.join({ caller, priority, sinceMs: nowMs, untilMs: nowMs + maxWaitMs, giveUpMs });
    return undefined;
  }

  /**
   * Counts a caller that joins the queue later, so that callers in between see it. Returns the rejection if its wait would
   * be too long.
   */
  admit(nowMs: number, maxWaitMs: number, priority: Priority): Admitted | RefusedTurn {
    const place = this.line.placeOf(priority);
    const expectedMs = this.admissionWaitMs(nowMs, place + this.admissions.before(priority));
    // Slots before the admitted callers join are lost to them, unless the queue uses them.
    const lostMs = Math.max(0, this.admissions.leadMs(nowMs) - this.admissionWaitMs(nowMs, place));
    if (expectedMs > 0 && expectedMs + lostMs > maxWaitMs) return refusedTurn(expectedMs, this.pace(nowMs));
    const admitted = { priority, sinceMs: nowMs };
    this.admissions.add(admitted);
    return admitted;
  }

  /** The caller of an admission joins the queue now, or never. */
  leaveAdmission(admitted: Admitted, nowMs: number): void {
    this.admissions.remove(admitted, nowMs);
  }

  /** A lower bound of the wait of a new caller of this class, in milliseconds, if none of a higher class comes. */
  expectedWaitMs(nowMs: number, priority: Priority = 'bulk'): number {
    const byPlaceMs = this.waitAtMs(nowMs, this.line.placeOf(priority)) ?? 0;
    return Math.min(byPlaceMs, this.line.promotionMs(nowMs, priority));
  }

  /** Undefined before the store's time is known. */
  private waitAtMs(nowMs: number, place: number): number | undefined {
    const now = this.now(nowMs);
    return now === undefined ? undefined : this.waitsMs(now, this.fleet(now))(place);
  }

  /** Before the store's time is known: the lanes of the floor, all of them free. */
  private admissionWaitMs(nowMs: number, place: number): number {
    return this.waitAtMs(nowMs, place) ?? (Math.floor(place / this.floorLanes) * ROUND_US) / MS_US;
  }

  /**
   * Stripe returned 429 to a request that was released at `releasedMs`. Further 429s of requests that were released
   * before this slowdown are ignored.
   */
  slow(nowMs: number, releasedMs: number, retryAfterMs: number): void {
    const now = this.now(nowMs);
    if (now === undefined || releasedMs <= this.slowedMs) return;
    this.brake = brake(this.calmUs, now, retryAfterMs * MS_US);
    this.calm(nowMs, this.brake.calmUs);
  }

  /** 1, or 1/2, 1/4, 1/8 while Stripe slows the connection. */
  pace(nowMs: number): number {
    const now = this.now(nowMs);
    return now === undefined ? 1 : 1 / stretch(this.calmUs, now.leastUs);
  }

  step(nowMs: number): Step<C> {
    const now = this.now(nowMs);
    const settled = this.giveUp(nowMs);
    if (now !== undefined) {
      this.line.promote(nowMs);
      settled.push(...this.line.release(nowMs, now, this.pace(nowMs)));
      // Callers that the reserved slots cannot serve in time are rejected at once.
      const soon = this.improvable(nowMs, now);
      const waitMs = lazy(() => this.waitsMs(now, this.fleet(now)));
      settled.push(
        ...this.line.refuse(nowMs, this.pace(nowMs), (place) =>
          place < soon || this.line.slotAt(place) === undefined ? 0 : waitMs()(place),
        ),
      );
    }
    const look = this.nextLook(nowMs, now);
    const commit = this.nextCommit(nowMs, now, settled);
    return { settled, look, commit, wakeMs: this.nextWakeMs(nowMs, now) };
  }

  /** A response of the store to the call of another component. */
  hear(askedMs: number, nowMs: number, saidUs: number): void {
    this.time.learn(askedMs * MS_US, nowMs * MS_US, saidUs);
  }

  /** The response to a commit that was sent at `askedMs`. */
  committed(commit: Commit, askedMs: number, nowMs: number, answer: StoreAnswer | Reservation): void {
    this.committing = false;
    this.trouble = undefined;
    this.hear(askedMs, nowMs, answer.atUs);
    if (commit.ask === 'join') this.membership.renewed(answer.atUs);
    if (commit.ask !== 'reserve' || !('grants' in answer)) return;
    if (commit.renew) this.membership.renewed(answer.atUs);
    this.checking = false;
    this.choice.learn(commit.requests, answer, commit.notBeforeUs, commit.view);
    this.calm(nowMs, Math.max(0, ...answer.grants.map(({ calmUs }) => calmUs)));
    this.line.put(
      commit.requests.flatMap((request, index) => slotsOf(request, answer.grants[index], commit, this.floorLanes)),
    );
  }

  /** A commit had no response. It is repeated after a pause if that can help; otherwise every caller is rejected. */
  uncommitted(commit: Commit, nowMs: number, cause: unknown, canHelp: boolean): Settled<C>[] {
    this.committing = false;
    this.trouble = cause;
    this.commitAgainMs = nowMs + COMMIT_PAUSE_MS;
    if (commit.ask === 'slow' && canHelp) this.brake ??= commit;
    const withoutTime = this.line.takeOut(
      ({ untilMs }, place) => !canHelp || (this.line.slotAt(place) === undefined && untilMs < this.commitAgainMs),
    );
    return withoutTime.map((caller) => ({ caller, unanswered: cause }));
  }

  /** Rejects every caller and drops the reserved slots. */
  dismiss(): C[] {
    this.checking = true;
    this.line.drop();
    return this.line.takeOut(() => true);
  }

  looked(roster: Roster): void {
    this.looking = false;
    this.membership.looked(roster);
  }

  /** Without a count the node uses the lanes of the floor only, which always exist. */
  unlooked(nowMs: number): void {
    this.looking = false;
    this.lookAgainMs = nowMs + LOOK_PAUSE_MS;
  }

  /** The limit as this instance sees it, and the number of its waiting callers. */
  view(nowMs: number): LimitView {
    const now = this.now(nowMs);
    const live = now === undefined ? undefined : this.membership.view(now.leastUs)?.live;
    return { ...capacity(live ?? 0, this.limits), waiting: this.line.length, pace: this.pace(nowMs) };
  }

  private now(nowMs: number): Now | undefined {
    return this.time.now(nowMs * MS_US);
  }

  private fleet(now: Now): FleetView {
    const members = this.membership.view(now.leastUs);
    const { perSecond, nodes } = capacity(members?.live ?? 0, this.limits);
    // Without a count the rank is random; on the only shard each node begins with a lane of its own.
    const live = members?.live ?? (this.alone ? 2 * laneCount(perSecond) : nodes);
    return {
      perSecond,
      live,
      rank: members?.rank ?? Math.floor(this.place * live),
      blurUs: blurUs(now.mostUs - now.leastUs),
      stretch: stretch(this.calmUs, now.leastUs),
    };
  }

  /** A lower bound of the wait at a position: by the reserved slots, then by what is known of the shards. */
  private waitsMs(now: Now, view: FleetView): (place: number) => number {
    const soonestUs = lazy(() => this.choice.soonestUs(now.leastUs, view));
    const furtherMs = (further: number): number => Math.max(0, soonestUs()(further) - now.leastUs) / MS_US;
    return (place) => {
      const slot = this.line.slotAt(place);
      if (slot === undefined) return furtherMs(place - (this.line.length - this.line.uncovered) + 1);
      return this.slotOrSoonerMs(slotWaitMs(slot, now), furtherMs);
    };
  }

  /** A later reservation may find sooner slots than a reserved one: the last of six may be in a lane that others use. */
  private slotOrSoonerMs(waitMs: number, furtherMs: (further: number) => number): number {
    return this.line.uncovered > 0 && waitMs > AHEAD_US / MS_US ? Math.min(waitMs, furtherMs(1)) : waitMs;
  }

  private nextLook(nowMs: number, now: Now | undefined): Look | undefined {
    if (this.alone || this.looking || now === undefined || this.line.length === 0) return undefined;
    if (!this.membership.lookDue(now.leastUs, this.line.length) || nowMs < this.lookAgainMs) return undefined;
    this.looking = true;
    return { sinceUs: now.leastUs - LIFE_US };
  }

  private nextCommit(nowMs: number, now: Now | undefined, settled: Settled<C>[]): Commit | undefined {
    if (this.committing || nowMs < this.commitAgainMs) return undefined;
    const commit =
      now === undefined
        ? this.firstCommit()
        : (this.slowCommit(now) ??
          this.sharpeningCommit(nowMs, now) ??
          this.reserveCommit(nowMs, now, settled) ??
          this.renewalCommit(now));
    this.committing = commit !== undefined;
    return commit;
  }

  private firstCommit(): Commit | undefined {
    return this.line.length > 0 ? { ask: 'join' } : undefined;
  }

  private slowCommit(now: Now): Commit | undefined {
    if (this.brake === undefined) return undefined;
    const commit: Commit = { ask: 'slow', shards: shardCount(this.fleet(now).perSecond), ...this.brake };
    this.brake = undefined;
    return commit;
  }

  /** The time is requested again if it is uncertain, or too uncertain for the next slot. */
  private sharpeningCommit(nowMs: number, now: Now): Commit | undefined {
    const slot = this.line.length > 0 ? this.line.slotAt(0) : undefined;
    const next = slot !== undefined && slot.fromUs - now.leastUs <= AHEAD_US ? slot : undefined;
    if (next === undefined && !this.wantsMore(nowMs, now)) return undefined;
    const blurred = isBlurred(slotAt(0, 0), now);
    if (!blurred) this.sharpenings = 0;
    if (this.sharpenings >= SHARPENINGS || !(next === undefined ? blurred : isBlurred(next, now))) return undefined;
    this.sharpenings += 1;
    return { ask: 'join' };
  }

  /** A member that waits long without a reservation renews all the same, so that its rank stays. */
  private renewalCommit(now: Now): Commit | undefined {
    const overdue = !this.alone && this.line.length > 0 && this.membership.renewalDue(now.leastUs, 2);
    return overdue ? { ask: 'join' } : undefined;
  }

  private reserveCommit(nowMs: number, now: Now, settled: Settled<C>[]): Commit | undefined {
    const members = this.membership.view(now.leastUs);
    const improvable = this.improvable(nowMs, now);
    const wanted = Math.max(this.wantsMore(nowMs, now) ? this.line.uncovered : 0, improvable);
    if (wanted === 0 || (members === undefined && this.looking)) return undefined;
    const view = this.fleet(now);
    // Before slots are reserved for callers that cannot wait for them.
    settled.push(...this.line.refuse(nowMs, this.pace(nowMs), this.waitsMs(now, view)));
    const left = Math.min(wanted, Math.max(this.line.uncovered, Math.min(improvable, this.line.length)));
    if (left <= 0) return undefined;
    const notBeforeUs = now.leastUs + this.time.leadUs();
    return {
      ask: 'reserve',
      requests: this.checking
        ? [{ lane: 0, count: 0, spacingUs: 0 }]
        : this.choice.plan(this.demand(left, nowMs, view, now.leastUs), notBeforeUs, view),
      notBeforeUs,
      renew: !this.alone && this.membership.renewalDue(now.leastUs),
      view,
      lastUseUs: members === undefined ? 0 : lastUseUs(members),
    };
  }

  private demand(wanted: number, nowMs: number, view: FleetView, nowUs: number): Demand {
    const lanes = assignedLanes({ ...view, nowUs }).lanes.length;
    return {
      wanted,
      ahead: this.arrivals.expected(nowMs, lanes, this.line.length, this.line.length - this.line.uncovered),
      patient: this.line.patient,
      rare: this.arrivals.areRare(nowMs, lanes),
    };
  }

  private wantsMore(nowMs: number, now: Now): boolean {
    return this.line.uncovered > 0 && nowMs >= this.nearMs(nowMs, now);
  }

  /** When the next free slot is near enough to reserve it. */
  private nearMs(nowMs: number, now: Now): number {
    const soonestUs = this.choice.soonestUs(now.leastUs, this.fleet(now), this.line.uncovered > 1);
    return nowMs + (soonestUs(1) - AHEAD_US - now.leastUs) / MS_US;
  }

  /** Number of callers that other free lanes could serve sooner than their slots: two nodes took the same lane. */
  private improvable(nowMs: number, now: Now): number {
    const fromUs = now.leastUs + this.time.leadUs();
    const slots = this.line.assignedUs.slice(0, LANES_PER_SHARD);
    if ((slots.at(-1) ?? 0) <= fromUs + MIN_GAIN_US) return 0;
    const view = this.fleet(now);
    const byChance = this.demand(0, nowMs, view, now.leastUs).ahead === undefined;
    return this.choice.improvable(slots, fromUs, MIN_GAIN_US, byChance, view);
  }

  /** The deadline that applies even if the store never responds. */
  private giveUp(nowMs: number): Settled<C>[] {
    const unknown = this.committing || this.trouble !== undefined;
    return this.line
      .takeOut(({ giveUpMs }) => giveUpMs <= nowMs)
      .map((caller) =>
        unknown ? { caller, unanswered: this.trouble } : refusal(caller, this.expectedWaitMs(nowMs), this.pace(nowMs)),
      );
  }

  private calm(nowMs: number, calmUs: number): void {
    if (calmUs <= this.calmUs) return;
    this.calmUs = calmUs;
    this.slowedMs = nowMs;
  }

  private nextWakeMs(nowMs: number, now: Now | undefined): number | undefined {
    const { giveUpMs } = this.line;
    const nextSlot = this.line.slotAt(0);
    if (giveUpMs === undefined) return undefined;
    const times = [giveUpMs];
    if (now !== undefined && nextSlot !== undefined) {
      const slotMs = nowMs + (nextSlot.fromUs - now.leastUs + 1) / MS_US;
      times.push(slotMs, slotMs - AHEAD_US / MS_US);
    }
    if (!this.committing && this.line.uncovered > 0) {
      times.push(this.commitAgainMs);
      if (now !== undefined) times.push(this.nearMs(nowMs, now));
    }
    const next = Math.min(...times.filter((time) => time > nowMs));
    return Number.isFinite(next) ? next : undefined;
  }
}
