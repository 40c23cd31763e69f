import type { Endpoint } from '../endpoints/endpoint.ts';
import type { EndpointLanes } from '../endpoints/queue-lanes.ts';
import type { Now } from '../gcra.ts';
import type { NodeState } from '../node.ts';
import { TokenQueue } from './token-queue.ts';

/**
 * A queue of one endpoint is removed when it had no use for this many milliseconds, and no caller waits in it or is
 * admitted to it.
 */
const KEPT_MS = 60_000;

/**
 * If a caller of a lower class has a slot that is due within this time, a caller of a higher class takes that slot and
 * reserves none. The lanes that reads leave to payments then stay free. Microseconds.
 */
const SOON_US = 250_000;

interface SeparateQueue<C> {
  readonly endpoint: Endpoint;
  readonly queue: TokenQueue<C>;
  usedMs: number;
}

/**
 * The queues of one instance: one for all calls, and one for each endpoint whose ceiling is below the number of lanes
 * in use.
 */
export class QueueSet<C> {
  private readonly shared: TokenQueue<C>;
  private readonly separate = new Map<string, SeparateQueue<C>>();
  /** The ring (number of lanes) by which callers were last assigned to queues. */
  private ring: number | undefined;

  constructor(
    private readonly node: NodeState,
    private readonly lanes: EndpointLanes,
  ) {
    this.shared = new TokenQueue(node, lanes.of(undefined), () => this.unordered());
  }

  /** The queue of an endpoint's calls. */
  queueOf(nowMs: number, endpoint: Endpoint | undefined): TokenQueue<C> {
    if (endpoint === undefined || !this.lanes.isSeparate(endpoint, this.node.lowerBoundNow(nowMs)?.earliestUs))
      return this.shared;
    const found = this.separate.get(endpoint.key);
    if (found !== undefined) {
      found.usedMs = nowMs;
      return found.queue;
    }
    const queue = new TokenQueue<C>(this.node, this.lanes.of(endpoint), () => this.unordered());
    this.separate.set(endpoint.key, { endpoint, queue, usedMs: nowMs });
    return queue;
  }

  /** All queues, those with callers of the highest class first. */
  all(): TokenQueue<C>[] {
    const ranked = this.unordered().map((queue) => ({ queue, rank: queue.headRank }));
    return ranked.sort((a, b) => (a.rank === b.rank ? 0 : a.rank - b.rank)).map(({ queue }) => queue);
  }

  private unordered(): TokenQueue<C>[] {
    return [this.shared, ...[...this.separate.values()].map(({ queue }) => queue)];
  }

  /** Number of waiting callers. */
  get callers(): number {
    return this.all().reduce((sum, queue) => sum + queue.length, 0);
  }

  /** The endpoints whose callers wait in a separate queue. */
  get waitingEndpoints(): Endpoint[] {
    return [...this.separate.values()].filter(({ queue }) => queue.length > 0).map(({ endpoint }) => endpoint);
  }

  /** After a change of the ring, moves callers to the queue that their endpoint has now. */
  regroup(nowMs: number, now: Now | undefined): void {
    const { allocation } = this.lanes;
    if (allocation === undefined || now === undefined) return;
    const ring = allocation.ringAt(now.earliestUs);
    if (ring === this.ring) return;
    this.ring = ring;
    for (const waiter of this.unordered().flatMap((queue) => queue.takeWaiting()))
      this.queueOf(nowMs, waiter.endpoint).receive(waiter);
  }

  /** Removes idle queues of endpoints that had no use for `KEPT_MS`. */
  removeIdle(nowMs: number): void {
    for (const [key, { queue, usedMs }] of this.separate)
      if (queue.isIdle && nowMs - usedMs > KEPT_MS) this.separate.delete(key);
  }
}

/**
 * Moves slots that are due within `SOON_US` from callers of a lower class to callers of a higher class, if the endpoint
 * of the higher class may use the slot's lane.
 */
export function exchangeSlots<C>(queues: readonly TokenQueue<C>[], now: Now): void {
  for (const queue of queues) queue.borrow(now, now.earliestUs + SOON_US);
}

/** A lower class gets a slot within this many milliseconds, although other classes and endpoints of the node wait too. */
const SERVED_MS = 8_500;

/** The part of a node's slots that serves lower classes in time: an endpoint may use some of the lanes only. */
const USABLE_PART = 0.5;

/**
 * Lets lower classes precede all classes early, if so many of them wait that the node could not serve each in time.
 * `perSecond`: slots of the node in a second.
 */
export function promoteMany<C>(queues: readonly TokenQueue<C>[], nowMs: number, perSecond: number): void {
  const unservedMs = queues.flatMap((queue) => queue.unservedMs).sort((a, b) => a - b);
  const isLate = (sinceMs: number, index: number): boolean =>
    nowMs + ((index + 1) * 1000) / (USABLE_PART * perSecond) > sinceMs + SERVED_MS;
  const last = unservedMs.findLast(isLate);
  if (last !== undefined) for (const queue of queues) queue.promote(nowMs, last);
}
