import type { Admission, Priority } from '../rate-limiter/limiter.ts';
import type { StripeRequest } from './transport.ts';
import { ownError, toConnectorError, type ConnectorError, type Effect } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';

/** One call of one function, from its first byte to its answer. */
export interface CallContext {
  /** `ConfirmPaymentIntent`, `Customer.List`: how the log names it. */
  readonly name: string;
  /** On the monotonic clock, milliseconds. */
  readonly deadlineAt: number;
  readonly clock: Clock;
  /** Writes only: the idempotency key that the caller may repeat with. */
  readonly operationId?: string;
  /** The operationId was made for this very call, so no earlier call can have used it. */
  readonly freshId?: true;
  /** The answer goes where no secret may stand (a message, an agent): a replay does not read secrets again. */
  readonly withoutSecrets?: true;
  /** This is one row of a larger operation. */
  readonly part?: true;
  /** Milliseconds that the operation's lease is still good for: nothing is sent without it. */
  readonly leaseLeftMs?: () => number;
  /** Milliseconds that the call waits for a turn; by default the connection's `max_wait_ms`. */
  readonly maxWaitMs?: number;
  /** Its first request was admitted by the rate limiter before the call's record was begun. */
  readonly admission?: Admission;
  /** Connect account of this call. */
  readonly account?: string;
  readonly outputFormat: 'connector' | 'native';
  /** Check and plan, send nothing, answer what would be sent. */
  readonly dryRun?: boolean;
  /**
   * A definite failure under a later key than this version's is answered as it was, not tried again. Absent: every
   * failure may be tried again, under the next key.
   */
  readonly retriesAfter?: number;
  /** Columns that the answer's rows carry; all where absent. */
  readonly fields?: readonly string[] | undefined;
  /** References that Stripe fills in. */
  readonly expand?: readonly string[] | undefined;
  /** What the answer's head tells, as it happens: `replayed`, and what made the call slower. */
  readonly responseFlags?: Set<string>;
}

export function remainingMs(call: CallContext): number {
  return call.deadlineAt - call.clock.monotonicMs();
}

/** The lease of the call is over: another instance may work on the operation by now. */
export function isLapsed({ leaseLeftMs }: CallContext): boolean {
  return leaseLeftMs !== undefined && leaseLeftMs() <= 0;
}

/** The error of a write with its key and effect, so that its answer tells both. The error itself may be another call's too. */
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

/** Shapes the answer of a call that Stripe has answered: what fails here does not undo a write. */
export function shapedAfter<T>(call: CallContext, fieldType: () => T): T {
  try {
    return fieldType();
  } catch (cause) {
    throw annotateError(toConnectorError(cause), call, 'done');
  }
}

/** Parameters of a list that name a page after the first. https://docs.stripe.com/api/pagination */
const LATER_PAGE = ['starting_after', 'ending_before', 'page'];

/**
 * The class in which a request waits for its turn. `interactive`: what belongs to a write or an action; `read`: Get and
 * the first page of a List; `bulk`: further pages, and the rows of a clause over many.
 */
export function priorityOf(
  { operationId, part }: Pick<CallContext, 'operationId' | 'part'>,
  { method, params }: Pick<StripeRequest, 'method' | 'params'>,
): Priority {
  if (part === true) return 'bulk';
  if (method !== 'GET' || operationId !== undefined) return 'interactive';
  return LATER_PAGE.some((name) => params[name] !== undefined) ? 'bulk' : 'read';
}
