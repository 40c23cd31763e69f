import { toConnectorError } from '../errors.ts';
import { annotateError, type CallContext } from '../stripe/call-context.ts';
import type { StripeClient } from '../stripe/client.ts';
import { effectOf } from '../stripe/effect.ts';
import type { StripeRequest } from '../stripe/transport.ts';

/**
 * Runs an operation whose first request to Stripe is `request`, if the rate limiter admits it. For a rejected operation
 * the store is not read. The error therefore does not rule out that an earlier call with the same id took effect.
 */
export async function withAdmission<T>(
  stripe: Pick<StripeClient, 'admit'>,
  request: StripeRequest,
  call: CallContext,
  run: (admitted: CallContext) => Promise<T>,
): Promise<T> {
  // A part belongs to a bulk write, which has already been admitted.
  const admission = call.part === true ? undefined : admit(stripe, request, call);
  if (admission === undefined) return run(call);
  try {
    return await run({ ...call, admission });
  } finally {
    // Ends the admission if `run` sent no request.
    admission.use();
  }
}

/** Returns the admission of an operation. The error of a rejected operation gets the operation id and the effect. */
function admit(
  stripe: Pick<StripeClient, 'admit'>,
  request: StripeRequest,
  call: CallContext,
): ReturnType<NonNullable<StripeClient['admit']>> {
  try {
    return stripe.admit?.(request, call);
  } catch (cause) {
    const unread = { prior: 'unread', event: 'not attempted', method: 'POST' } as const;
    throw annotateError(toConnectorError(cause), call, effectOf({ ...unread, freshId: call.freshId === true }).effect);
  }
}
