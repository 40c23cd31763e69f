import { badRequest } from '../api-error.ts';
import { hashOrEmpty } from '../billing/values.ts';
import { objectInPath, type Context } from '../context.ts';
import { DAY } from '../seconds.ts';
import type { StoredObject } from '../store.ts';

/** Seconds for which the recovery URL of an expired session is valid. https://docs.stripe.com/payments/checkout/abandoned-carts */
const RECOVERY_SECONDS = 30 * DAY;

/** POST /v1/checkout/sessions/{id}/expire. The session must be open. https://docs.stripe.com/api/checkout/sessions/expire */
export function expireSession(context: Context, id: string): StoredObject {
  const session = objectInPath(context, 'checkout.session', id, 'session');
  if (session['status'] !== 'open')
    throw badRequest(
      `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of ${String(session['status'])}.`,
      { param: 'session' },
    );
  expireOpenSession(context, session);
  return session;
}

/** Expires a session if it is open. With `after_expiration[recovery]`, the session gets a recovery URL. */
export function expireOpenSession(context: Context, session: StoredObject): void {
  if (session['status'] !== 'open') return;
  Object.assign(session, { status: 'expired', url: null });
  const recovery = hashOrEmpty(hashOrEmpty(session['after_expiration'])['recovery']);
  if (recovery['enabled'] === true)
    session['after_expiration'] = {
      recovery: {
        allow_promotion_codes: recovery['allow_promotion_codes'] === true,
        enabled: true,
        expires_at: context.now + RECOVERY_SECONDS,
        url: `${context.origin}/_sandbox/recover/${session.id}`,
      },
    };
}
