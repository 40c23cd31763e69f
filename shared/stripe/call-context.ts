import type { Admission, Priority } from '../rate-limiter/limiter.ts';
import type { StripeRequest } from './transport.ts';
import { ownError, toConnectorError, type ConnectorError, type Effect } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';

/** One call of one function, from the request to the response. */
export interface CallContext {
  /** Name of the call in the log: `ConfirmPaymentIntent`, `Customer.List`. */
  readonly name: string;
  /** Milliseconds of the monotonic clock. */
  readonly deadlineAt: number;
  readonly clock: Clock;
  /** Writes only: the idempotency key for a repeat. */
  readonly operationId?: string;
  /** True if the operationId was generated for this call, so no earlier call can have used it. */
  readonly freshId?: true;
  /** True if the response must not hold secrets (a message, an agent): a replay does not read them again. */
  readonly withoutSecrets?: true;
  /** True for one row of a larger operation. */
  readonly part?: true;
  /** Returns the milliseconds until the operation's lease ends. No request is sent after it. */
  readonly leaseLeftMs?: () => number;
  /** Maximum wait for a permit in milliseconds. Default: the connection's `max_wait_ms`. */
  readonly maxWaitMs?: number;
  /** Its first request was admitted by the rate limiter before the call's record was begun. */
  readonly admission?: Admission;
  /** Connect account of this call. */
  readonly account?: string;
  readonly outputFormat: 'connector' | 'native';
  /** Validate and plan the call, send nothing, and return the requests. */
  readonly dryRun?: boolean;
  /**
   * A definite failure under a later key version than this one is replayed and not retried. Undefined: every failure may
   * be retried under the next key.
   */
  readonly retriesAfter?: number;
  /** Columns of the response's rows. All if undefined. */
  readonly fields?: readonly string[] | undefined;
  /** References that Stripe expands. */
  readonly expand?: readonly string[] | undefined;
  /** Facts for the response headers, added as they happen: `replayed`, and what slowed the call down. */
  readonly responseFlags?: Set<string>;
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
  { operationId, part }: Pick<CallContext, 'operationId' | 'part'>,
  { method, params }: Pick<StripeRequest, 'method' | 'params'>,
): Priority {
  if (part === true) return 'bulk';
  if (method !== 'GET' || operationId !== undefined) return 'interactive';
  return LATER_PAGE.some((name) => params[name] !== undefined) ? 'bulk' : 'read';
}
