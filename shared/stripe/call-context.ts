import { goesBefore, type Admission, type CapacityBound, type Priority } from '../rate-limiter/limiter.ts';
import type { StripeRequest } from './transport.ts';
import { ownError, toConnectorError, type ConnectorError, type Effect } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';

export { goesBefore, PRIORITIES, type Priority } from '../rate-limiter/wait-queue.ts';

/** One call of one function, from the request to the response. */
export interface CallContext {
  /** Name of the call in the log: `ConfirmPaymentIntent`, `Customer.List`. */
  readonly name: string;
  /** Milliseconds of the monotonic clock. */
  readonly deadlineAt: number;
  readonly clock: Clock;
  /** Writes only: the idempotency key for a repeat. */
  readonly operationId?: string | undefined;
  /** True if the operationId was generated for this call, so no earlier call can have used it. */
  readonly freshId?: boolean | undefined;
  /** True if the response must not hold secrets (a message, an agent): a replay does not read them again. */
  readonly withoutSecrets?: boolean | undefined;
  /** True for one row of a larger operation. */
  readonly part?: boolean | undefined;
  /** Returns the milliseconds until the operation's lease ends. No request is sent after it. */
  readonly leaseLeftMs?: (() => number) | undefined;
  /** Maximum wait for a permit in milliseconds. Default: the connection's `max_wait_ms`. */
  readonly maxWaitMs?: number | undefined;
  /** Its first request was admitted by the rate limiter before the call's record was begun. */
  readonly admission?: Admission | undefined;
  /** No request of the call waits in a higher class than this. Never part of the payload. */
  readonly priority?: Priority | undefined;
  /** Connect account of this call. */
  readonly account?: string | undefined;
  readonly outputFormat: 'connector' | 'native';
  /** Validate and plan the call, send nothing, and return the requests. */
  readonly dryRun?: boolean | undefined;
  /**
   * A definite failure under a later key version than this one is replayed and not retried. Undefined: every failure may
   * be retried under the next key.
   */
  readonly retriesAfter?: number | undefined;
  /** Columns of the response's rows. All if undefined. */
  readonly fields?: readonly string[] | undefined;
  /** References that Stripe expands. */
  readonly expand?: readonly string[] | undefined;
  /** Facts for the response headers, added as they happen: `replayed`, and what slowed the call down. */
  readonly responseFlags?: Set<string> | undefined;
  /** Collects what the call waits for. */
  readonly waits?: WaitReport | undefined;
}

/**
 * What a request waits for: the connection's rate, Stripe's ceiling for the account or an endpoint, the reduced pace after Stripe's 429, or other
 * requests to an object that Stripe reported as locked.
 */
export type WaitReason = CapacityBound | 'stripe' | 'object';

/** A shorter wait is the way to the store, not a wait for a turn. */
export const MIN_WAIT_MS = 50;

/** The class of a call's requests, and what they waited for. */
export class WaitReport {
  private readonly ms = new Map<WaitReason, number>();
  private priority: Priority | undefined;

  /** Adds a wait of one request. */
  add(priority: Priority, reason: WaitReason, ms: number): void {
    this.priority ??= priority;
    if (ms >= MIN_WAIT_MS) this.ms.set(reason, (this.ms.get(reason) ?? 0) + ms);
  }

  /** Whether a request waited at all. */
  get waited(): boolean {
    return this.ms.size > 0;
  }

  /** `interactive; rate=350; object=120`: the class of the first request, and milliseconds. Undefined before a request. */
  toHeader(): string | undefined {
    if (this.priority === undefined) return undefined;
    return [this.priority, ...[...this.ms].map(([reason, ms]) => `${reason}=${Math.round(ms)}`)].join('; ');
  }
}

export function remainingMs(call: CallContext): number {
  return call.deadlineAt - call.clock.monotonicMs();
}

/** The lease of the call has ended: another instance may hold the operation. */
export function isLapsed({ leaseLeftMs }: CallContext): boolean {
  return leaseLeftMs !== undefined && leaseLeftMs() <= 0;
}

/** Adds key and effect to the error of a write. Copies the error, because concurrent calls can share one. */
export function annotateError(
  error: ConnectorError,
  call: Pick<CallContext, 'operationId'>,
  effect: Effect,
): ConnectorError {
  if (call.operationId === undefined) return error;
  const own = ownError(error);
  own.operationId = call.operationId;
  own.effect ??= effect;
  return own;
}

/** Shapes the response of a call after Stripe's response. A failure here does not change the effect `done`. */
export function shapedAfter<T>(call: CallContext, fieldType: () => T): T {
  try {
    return fieldType();
  } catch (cause) {
    throw annotateError(toConnectorError(cause), call, 'done');
  }
}

/** List parameters of every page after the first. https://docs.stripe.com/api/pagination */
const LATER_PAGE = ['starting_after', 'ending_before', 'page'];

/**
 * Priority class of a request. `interactive`: requests of writes and actions; `read`: Get and the first page of a List;
 * `bulk`: further pages, and the rows of a clause.
 */
export function priorityOf(
  { operationId, part, priority }: Pick<CallContext, 'operationId' | 'part' | 'priority'>,
  request: Pick<StripeRequest, 'method' | 'params'>,
): Priority {
  const own = part === true ? 'bulk' : ownPriority(operationId, request);
  return priority !== undefined && goesBefore(own, priority) ? priority : own;
}

function ownPriority(
  operationId: string | undefined,
  { method, params }: Pick<StripeRequest, 'method' | 'params'>,
): Priority {
  if (method !== 'GET' || operationId !== undefined) return 'interactive';
  return LATER_PAGE.some((name) => params[name] !== undefined) ? 'bulk' : 'read';
}
