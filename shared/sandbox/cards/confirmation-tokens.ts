import { makeObject, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import { badRequest, noSuchObject } from '../api-error.ts';
import { isHash, type StoredObject } from '../store.ts';
import { checkUsable } from './method-state.ts';
import { requestedMethod } from './payment-methods.ts';

/** Seconds until a token expires. */
const LIFETIME_SECONDS = 12 * 3600;

/** POST /v1/test_helpers/confirmation_tokens. https://docs.stripe.com/api/confirmation_tokens/test_create */
function createConfirmationToken(context: Context): StoredObject {
  const { payment_method: _id, payment_method_data: _data, ...params } = context.params;
  const method = requestedMethod(context);
  if (method === undefined)
    throw badRequest(
      'One of the following params should be provided for this request: payment_method or payment_method_data.',
    );
  checkUsable(context, method);
  const token = makeObject(context, 'ConfirmationToken', params);
  const {
    id: _methodId,
    object: _object,
    created: _created,
    livemode: _live,
    metadata: _metadata,
    ...preview
  } = method;
  Object.assign(token, {
    expires_at: context.now + LIFETIME_SECONDS,
    payment_intent: null,
    payment_method_preview: structuredClone(preview),
    setup_intent: null,
    use_stripe_sdk: true,
  });
  context.account.privateData.set(token.id, method.id);
  return token;
}

/**
 * Replaces the parameter `confirmation_token` of a confirmation by the values in the token: the payment method, and
 * `return_url`, `setup_future_usage` and `shipping` if the request does not set them. A token can be used once.
 * https://docs.stripe.com/payments/build-a-two-step-confirmation
 */
export function withConfirmationToken(context: Context, intent: StoredObject): Context {
  const id = context.params['confirmation_token'];
  if (typeof id !== 'string') return context;
  const token = context.account.get('confirmation_token', id);
  if (token === undefined) throw noSuchObject('confirmation_token', id, 'confirmation_token', true);
  if (token['payment_intent'] !== null || token['setup_intent'] !== null)
    throw badRequest(`The ConfirmationToken ${id} has already been used.`, { param: 'confirmation_token' });
  if (Number(token['expires_at']) <= context.now)
    throw badRequest(`The ConfirmationToken ${id} has expired.`, { param: 'confirmation_token' });
  token[intent.object] = intent.id;
  const { confirmation_token: _token, ...params } = context.params;
  const namesFromToken = ['return_url', 'setup_future_usage', 'shipping'].filter(
    (name) => params[name] === undefined && (typeof token[name] === 'string' || isHash(token[name])),
  );
  const tokenParams = Object.fromEntries(namesFromToken.map((name) => [name, token[name]]));
  return {
    ...context,
    params: { ...params, ...tokenParams, payment_method: context.account.privateData.get(id) },
  };
}

export const confirmationTokens: Feature = {
  entities: { 'TestHelpers.ConfirmationToken': { create: createConfirmationToken } },
};
