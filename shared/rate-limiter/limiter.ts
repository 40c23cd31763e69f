import { ConnectorError, toConnectorError } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { isStoreFault, isStoreUnavailable } from '../ports/store-errors.ts';
import type { Member, StoreAnswer, TokenStore } from './store.ts';
import type { CapacityBound, Limits, LimitView } from './capacity.ts';
import { isSuspended, LOOK_AGAIN_MS } from './suspension.ts';
import type { Commit, CountRequest } from './commits.ts';
import { TokenQueues } from './queues.ts';
import { singleUseAdmission, type Admission } from './queue/admissions.ts';
import type { AllocationStep } from './endpoints/allocation-steps.ts';
import type { Endpoint } from './endpoints/endpoint.ts';
import type { AllocationStore } from './endpoints/ring.ts';
import type { Priority } from './queue/priority.ts';
import type { RefusedTurn, Settled, Turn } from './queue/turn.ts';

export { singleUseAdmission, type Admission } from './queue/admissions.ts';
export type { CapacityBound } from './capacity.ts';
export type { Endpoint } from './endpoints/endpoint.ts';
export { goesBefore, type Priority } from './queue/priority.ts';
export type { RefusedTurn, Turn } from './queue/turn.ts';

export interface LimiterOptions {
  readonly member: Member;
  readonly limits: Limits;
  readonly store: TokenStore;
  /**
   * Stores which endpoints use which lanes. It is not called if the capacity never exceeds the ceiling of an endpoint.
   */
  readonly allocations: AllocationStore;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * A caller of `take`. `outcome` returns the caller's turn if it is known already, and otherwise a promise of the turn.
 */
class Caller {
  private turn: Turn | undefined;
  private waits: { readonly settle: (turn: Turn) => void; readonly fail: (error: Error) => void } | undefined;
  private failure: Error | undefined;

  settle(turn: Turn): void {
    this.turn = turn;
    this.waits?.settle(turn);
  }

  fail(error: Error): void {
    this.failure = error;
    this.waits?.fail(error);
  }

  outcome(): Turn | Promise<Turn> {
    if (this.turn !== undefined) return this.turn;
    return new Promise((settle, fail) => {
      if (this.failure === undefined) this.waits = { settle, fail };
      else fail(this.failure);
    });
  }
}

/**
 * Grants a connection's permits to the callers of one instance. `TokenQueues` makes the decisions. This class adds the
 * clock, the store and promises. It runs no timer while no caller waits.
 */
export class Limiter {
  private readonly queues: TokenQueues<Caller>;
  private cancelTimer = (): void => undefined;
  private timerAtMs = Infinity;
  private joined = false;
  private leaving = false;
  private suspendedUntilMs = -Infinity;
  private lacksAllocation = false;

  constructor(private readonly options: LimiterOptions) {
    this.queues = new TokenQueues(options.limits, options.member.place);
  }

  /**
   * Grants a permit after a wait of at most `maxWaitMs`. If the wait would be longer, the caller is rejected as soon as
   * that is known. While the store does not respond, the caller may wait longer (`Request.patienceMs`).
   */
  take(maxWaitMs: number, patienceMs?: number, priority?: Priority, endpoint?: Endpoint): Turn | Promise<Turn> {
    if (this.nowMs() < this.suspendedUntilMs) return Promise.reject(suspended());
    const caller = new Caller();
    const refused = this.queues.join(this.nowMs(), { caller, maxWaitMs, patienceMs, priority, endpoint });
    if (refused !== undefined) settleCaller(refused);
    if (refused === undefined || this.queues.countWanted) this.advance();
    return caller.outcome();
  }

  /**
   * Admits a call that still has work to do before it takes a permit. Returns a rejection instead if its permit would
   * come after `maxWaitMs`. The store is called only after a rejection, and only if the nodes are not counted: the count
   * may show a larger capacity.
   */
  admit(maxWaitMs: number, priority: Priority, endpoint?: Endpoint): Admission | RefusedTurn {
    const admitted = this.queues.admit(this.nowMs(), { maxWaitMs, priority, endpoint });
    if ('granted' in admitted) {
      if (this.queues.countWanted) this.advance();
      return admitted;
    }
    return singleUseAdmission(admitted.sinceMs, () => this.queues.leaveAdmission(admitted, this.nowMs()));
  }

  /**
   * Slows down the whole connection, because Stripe returned 429 to a request that was released at `releasedMs`. This
   * instance starts no request, and the store grants no slot, before `retryAfterMs` has passed (30 s at most). A 429 to a
   * request that was released before the last slowdown is ignored. Returns the pace.
   */
  throttle(releasedMs: number, retryAfterMs: number): number {
    this.queues.throttle(this.nowMs(), releasedMs, retryAfterMs);
    this.advance();
    return this.queues.pace(this.nowMs());
  }

  /** Returns what bounds the rate of calls to an endpoint. */
  boundOf(endpoint: Endpoint): CapacityBound | 'endpoint' {
    return this.queues.boundOf(this.nowMs(), endpoint);
  }

  /**
   * Ends the pause between two checks of a suspended connection, because the connection was resumed on this instance.
   * The next call reads the store at once.
   */
  resumed(): void {
    this.suspendedUntilMs = -Infinity;
  }

  /** Returns the limit as this instance sees it. */
  view(): LimitView {
    return this.queues.view(this.nowMs());
  }

  /** Learns the store's time from the response to another component's call, so the first permit needs no extra call. */
  learnTime(sentMs: number, receivedMs: number, storeUs: number): void {
    this.queues.learnTime(sentMs, receivedMs, storeUs);
  }

  /** Ends the membership, so that the other nodes no longer count this one. */
  async leave(): Promise<void> {
    this.leaving = true;
    if (this.joined) await this.options.store.leave(this.options.member);
  }

  /** Runs the next step: settles callers, sends the calls that the step returns, and sets the timer. */
  private advance(): void {
    const { settled, commit, count, allocation, wakeMs } = this.queues.step(this.nowMs());
    for (const one of settled) settleCaller(one);
    if (count !== undefined) void this.countMembers(count);
    if (allocation !== undefined) void this.allocate(allocation);
    if (commit !== undefined) void this.commit(commit);
    this.wakeAt(wakeMs ?? Infinity);
  }

  /** Sends a commit, applies its answer and runs the next step. */
  private async commit(commit: Commit): Promise<void> {
    const sentMs = this.nowMs();
    try {
      const answer = await this.send(commit);
      this.joined = true;
      if (isSuspended(answer)) this.suspend(commit, sentMs, answer);
      else this.queues.committed(commit, sentMs, this.nowMs(), answer);
    } catch (cause) {
      const canHelp = isStoreUnavailable(cause);
      for (const one of this.queues.uncommitted(commit, this.nowMs(), cause, canHelp)) settleCaller(one);
    }
    this.advance();
  }

  /**
   * Handles the answer to a reservation on a suspended connection: learns the store's time, drops the reserved slots
   * and rejects all callers.
   */
  private suspend(commit: Commit, sentMs: number, { atUs }: StoreAnswer): void {
    this.suspendedUntilMs = this.nowMs() + LOOK_AGAIN_MS;
    this.queues.committed(commit, sentMs, this.nowMs(), { atUs });
    for (const caller of this.queues.dismiss()) caller.fail(suspended());
  }

  /** Sends a commit to the store and returns the answer. */
  private send(commit: Commit): ReturnType<TokenStore['join']> {
    const { store, member } = this.options;
    switch (commit.kind) {
      case 'join':
        return store.join(member);
      case 'reserve':
        return store.reserve({ member, ...commit, renew: commit.renew && !this.leaving });
      case 'throttle':
        return store.throttle({ connection: member.connection, ...commit });
    }
  }

  /** Reads or changes which endpoints use which lanes. */
  private async allocate(step: AllocationStep): Promise<void> {
    const { allocations, member, log } = this.options;
    const sentMs = this.nowMs();
    try {
      if (step.kind === 'allocation')
        this.queues.allocationRead(await allocations.read(member.connection), sentMs, this.nowMs());
      else {
        if (step.kind === 'ring') await allocations.changeRing(member.connection, step);
        else await allocations.replacePositions(member.connection, step);
        this.queues.allocationWritten();
      }
      this.lacksAllocation = false;
    } catch (cause) {
      this.queues.allocationFailed(this.nowMs());
      // Of several failures in a row, only the first is logged.
      if (!this.lacksAllocation)
        log.write('WARNING', 'failed to read which endpoints use which lanes', {
          cause: cause instanceof Error ? cause.message : String(cause),
        });
      this.lacksAllocation = true;
    }
    this.advance();
  }

  /** Counts the live nodes and runs the next step. */
  private async countMembers({ sinceUs }: CountRequest): Promise<void> {
    const { store, member, log } = this.options;
    try {
      this.queues.counted(await store.countMembers(member, sinceUs));
    } catch (cause) {
      this.queues.countFailed(this.nowMs());
      log.write('WARNING', 'failed to count active instances, falling back to min_nodes', {
        cause: cause instanceof Error ? cause.message : String(cause),
      });
    }
    this.advance();
  }

  /** Sets the only timer, which runs only while a caller waits. */
  private wakeAt(atMs: number): void {
    if (atMs === this.timerAtMs) return;
    this.cancelTimer();
    this.timerAtMs = atMs;
    if (atMs === Infinity) return;
    this.cancelTimer = this.options.clock.setTimer(atMs - this.nowMs(), () => {
      this.timerAtMs = Infinity;
      this.advance();
    });
  }

  private nowMs(): number {
    return this.options.clock.monotonicMs();
  }
}

/** Gives a caller its turn, or the error of the store. */
function settleCaller(settled: Settled<Caller>): void {
  if ('turn' in settled) settled.caller.settle(settled.turn);
  else settled.caller.fail(storeDown(settled.unanswered));
}

/** Returns the error for a call on a suspended connection. */
function suspended(): ConnectorError {
  return new ConnectorError(
    'FAILED_PRECONDITION',
    'the connection is suspended; nothing was sent; repeat the call when an operator has resumed it (stripe-connector resume)',
    {
      reason: 'CONNECTION_SUSPENDED',
    },
  );
}

/** Returns the error for a caller that got no permit because the store failed or did not respond. */
function storeDown(cause: unknown): ConnectorError {
  if (isStoreFault(cause)) return toConnectorError(cause);
  return new ConnectorError(
    'UNAVAILABLE',
    'the store of the rate limiter did not respond; nothing was sent to Stripe; retry the call',
    {
      reason: 'LIMITER_UNAVAILABLE',
      cause,
    },
  );
}
