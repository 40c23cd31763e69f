import { goesBefore, type Admission, type CapacityBound, type Priority } from '../rate-limiter/limiter.ts';
import type { StripeObject, StripeRequest } from './transport.ts';
import { copyError, toConnectorError, type ConnectorError, type Effect } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';

export { goesBefore, PRIORITIES, type Priority } from '../rate-limiter/queue/priority.ts';

/** One call of one function, from the request to the response. */
export interface CallContext {
  /** Name of the call in the log: `ConfirmPaymentIntent`, `Customer.List`. */
  readonly name: string;
  /** The deadline of the call, in milliseconds of the monotonic clock. */
  readonly deadlineAt: number;
  readonly clock: Clock;
  /** Writes only: the id under which the call can be repeated without a second effect. */
  readonly operationId?: string | undefined;
  /** True if the operationId was generated for this call, so no earlier call can have used it. */
  readonly freshId?: boolean | undefined;
  /**
   * True if the response must not contain secrets, because it goes to a topic or an AI agent. A replay of the operation
   * then does not read the secrets from Stripe.
   */
  readonly withoutSecrets?: boolean | undefined;
  /** True if a missing object is a normal outcome of the call and not an error. */
  readonly mayBeMissing?: boolean | undefined;
  /**
   * True if the call is a part of a larger operation, such as one row of a bulk write, or works in the background. All
   * its requests have the class `bulk`.
   */
  readonly part?: boolean | undefined;
  /** Returns the milliseconds until the operation's lease ends. No request is sent after the lease has ended. */
  readonly leaseLeftMs?: (() => number) | undefined;
  /** Maximum wait for a permit in milliseconds. Default: the connection's `max_wait_ms`. */
  readonly maxWaitMs?: number | undefined;
  /** Set if the call's first request was admitted (`StripeClient.admit`) before the operation's record was claimed. */
  readonly admission?: Admission | undefined;
  /** The highest class that a request of the call may have. Not part of the payload. */
  readonly priority?: Priority | undefined;
  /** Connect account of this call. */
  readonly account?: string | undefined;
  readonly outputFormat: 'connector' | 'native';
  /** True to return the requests that the call would send, and send none. */
  readonly dryRun?: boolean | undefined;
  /**
   * The last version of the operation's idempotency key whose failure is retried, with the next version. A failure
   * under a later version is returned without a new attempt. Undefined: every failure is retried.
   */
  readonly lastRetriedKeyVersion?: number | undefined;
  /** Columns of the response's rows. All if undefined. */
  readonly fields?: readonly string[] | undefined;
  /** References that Stripe expands. */
  readonly expand?: readonly string[] | undefined;
  /** Collects flags for the response headers: `replayed`, and what slowed down the call. */
  readonly responseFlags?: Set<string> | undefined;
  /** Collects the waits of the call. */
  readonly waits?: WaitReport | undefined;
  /** Filled in when the call sends a write. */
  readonly written?: WriteReport | undefined;
}

/** What is known about the write of a call. Times are milliseconds since 1970. */
export interface WriteReport {
  /** Only for a repeated call: when the earlier call claimed the operation, by the clock of the store. */
  repeatedMs?: number;
  /** When this call sent the first request that may have taken effect, by the clock of this instance. */
  sentMs?: number;
  /** How far Stripe's clock is ahead of this instance's; negative if it is behind. */
  stripeAheadMs?: number;
  /** The object in Stripe's response. */
  object?: { readonly id: unknown; readonly status: unknown; readonly type: unknown };
  /** Stripe's id of the request. The events that the request caused contain this id. */
  requestId?: string | undefined;
}

/**
 * Records how far Stripe's clock is ahead, from the `Date` header of a response that arrived at `nowMs`. The header has
 * whole seconds, so a time that is at most a second behind `nowMs` does not count as a difference.
 */
export function noteStripeTime(written: WriteReport, date: string | undefined, nowMs: number): void {
  const aheadMs = Date.parse(date ?? '') - nowMs;
  if (aheadMs > 0 || aheadMs < -1000) written.stripeAheadMs = aheadMs;
}

/** Records the object in Stripe's response to a write. For a repeated call it is the object in the stored response. */
export function noteWritten(
  { written }: Pick<CallContext, 'written'>,
  { id, status, object }: StripeObject,
  requestId?: string,
): void {
  if (written === undefined) return;
  written.object = { id, status, type: object };
  written.requestId = requestId;
}

/**
 * What a request waits for: a limit of the connection (`CapacityBound`) or of one endpoint (`endpoint`), the reduced
 * rate after Stripe's 429 (`stripe`), or other requests to an object that Stripe reported as locked (`object`).
 */
export type WaitReason = CapacityBound | 'endpoint' | 'stripe' | 'object';

/** A shorter wait does not count as a wait for a permit, because it is the latency of the limiter's store. */
export const MIN_WAIT_MS = 50;

/** The class of a call's requests, and what they waited for. */
export class WaitReport {
  /**
   * The part of the call's maximum wait that was used up before the call was handled, in milliseconds. It shortens the wait
   * of the first request only, so this is 0 after the first permit.
   */
  lateMs = 0;
  private readonly ms = new Map<WaitReason, number>();
  private priority: Priority | undefined;

  /** Adds a wait of one request. */
  add(priority: Priority, reason: WaitReason, ms: number): void {
    this.priority ??= priority;
    if (ms >= MIN_WAIT_MS) this.ms.set(reason, (this.ms.get(reason) ?? 0) + ms);
  }

  /** True if a request waited for at least `MIN_WAIT_MS`. */
  get waited(): boolean {
    return this.ms.size > 0;
  }

  /**
   * Returns the value of a header, such as `interactive; rate=350; object=120`: the class of the first request, and for
   * each reason the milliseconds that requests waited. Undefined before the first request.
   */
  toHeader(): string | undefined {
    if (this.priority === undefined) return undefined;
    return [this.priority, ...[...this.ms].map(([reason, ms]) => `${reason}=${Math.round(ms)}`)].join('; ');
  }
}

/** Returns the milliseconds until the deadline of a call; negative after it. */
export function remainingMs(call: CallContext): number {
  return call.deadlineAt - call.clock.monotonicMs();
}

/** Returns whether the call's lease on the operation has ended. Another instance may then hold the lease. */
export function isLeaseExpired({ leaseLeftMs }: CallContext): boolean {
  return leaseLeftMs !== undefined && leaseLeftMs() <= 0;
}

/**
 * Returns a copy of a write's error with the operation id, and with the effect if the error has none. Calls can share
 * an error object, so it must not be changed.
 */
export function annotateError(
  error: ConnectorError,
  call: Pick<CallContext, 'operationId'>,
  effect: Effect,
): ConnectorError {
  if (call.operationId === undefined) return error;
  const copy = copyError(error);
  copy.operationId = call.operationId;
  copy.effect ??= effect;
  return copy;
}

/** Builds the row of a write that has taken effect. If `buildRow` fails, the error reports the effect `done`. */
export function withAppliedEffect<T>(call: CallContext, buildRow: () => T): T {
  try {
    return buildRow();
  } catch (cause) {
    throw annotateError(toConnectorError(cause), call, 'done');
  }
}

/** Parameters that only requests for later pages of a list have. https://docs.stripe.com/api/pagination */
const PAGE_PARAMS = ['starting_after', 'ending_before', 'page'];

/**
 * Returns the priority class of a request. If the call has a `priority`, the class is never higher than that.
 *
 *   interactive  writes, and reads that belong to a write
 *   read         all other reads, such as Get and the first page of a List
 *   bulk         later pages of a List, and all requests of a call that is a `part`
 */
export function priorityOf(
  { operationId, part, priority }: Pick<CallContext, 'operationId' | 'part' | 'priority'>,
  request: Pick<StripeRequest, 'method' | 'params'>,
): Priority {
  const requestPriority = part === true ? 'bulk' : priorityOfRequest(operationId, request);
  return priority !== undefined && goesBefore(requestPriority, priority) ? priority : requestPriority;
}

function priorityOfRequest(
  operationId: string | undefined,
  { method, params }: Pick<StripeRequest, 'method' | 'params'>,
): Priority {
  if (method !== 'GET' || operationId !== undefined) return 'interactive';
  return PAGE_PARAMS.some((name) => params[name] !== undefined) ? 'bulk' : 'read';
}
