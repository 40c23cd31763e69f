/** Checks the parameters of a new session that do not depend on its line items. */
import { badRequest } from '../api-error.ts';
import type { Context } from '../context.ts';
import { DAY } from '../seconds.ts';

/** Minimum number of seconds until a session expires. The maximum and the default are a day. */
const MIN_SESSION_SECONDS = 1_800;

/** Returns the time in Unix seconds at which a new session expires. */
export function readExpiry({ params, now }: Context): number {
  const expiresAt = params['expires_at'] === undefined ? now + DAY : Number(params['expires_at']);
  if (expiresAt >= now + MIN_SESSION_SECONDS && expiresAt <= now + DAY) return expiresAt;
  throw badRequest(
    'The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation.',
    { param: 'expires_at' },
  );
}

/** Rejects customer parameters that exclude each other or that the mode does not allow. */
export function checkCustomerParams(mode: string, params: Context['params']): void {
  if (params['customer'] !== undefined && params['customer_email'] !== undefined)
    throw badRequest('You may only specify one of these parameters: customer, customer_email.', {
      param: 'customer_email',
    });
  if (params['customer_creation'] !== undefined && mode === 'subscription')
    throw badRequest('`customer_creation` can only be used in `payment` and `setup` mode.', {
      param: 'customer_creation',
    });
}

/** Returns whether the customer pays on a page of the shop. The default is a page of Stripe. */
export function isEmbedded({ ui_mode: ui }: Context['params']): boolean {
  return ui !== undefined && ui !== 'hosted_page';
}

/** Checks the URLs to which the customer returns. */
export function checkUrls(params: Context['params']): void {
  const requiredUrl = isEmbedded(params) ? 'return_url' : 'success_url';
  if (params[requiredUrl] === undefined && params['redirect_on_completion'] !== 'never')
    throw badRequest(`Missing required param: ${requiredUrl}.`, { code: 'parameter_missing', param: requiredUrl });
  for (const param of ['success_url', 'cancel_url', 'return_url'])
    if (params[param] !== undefined && !/^https?:\/\/\S/.test(String(params[param])))
      throw badRequest('Not a valid URL', { code: 'url_invalid', param });
}
