import { StripeApiError } from '../api-error.ts';

/** Throws 401 for a missing or invalid key. https://docs.stripe.com/api/authentication */
export function checkKey(key: string, isKey: (key: string) => boolean): void {
  if (key === '') {
    throw new StripeApiError(401, {
      type: 'invalid_request_error',
      message:
        "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for details, or we can help at https://support.stripe.com/.",
    });
  }
  if (isKey(key)) return;
  // https://docs.stripe.com/error-codes#secret-key-required
  if (key.startsWith('pk_'))
    throw new StripeApiError(401, {
      type: 'invalid_request_error',
      code: 'secret_key_required',
      doc_url: 'https://stripe.com/docs/error-codes/secret-key-required',
      message:
        'This API call cannot be made with a publishable API key. Please use a secret API key. You can find a list of your API keys at https://dashboard.stripe.com/account/apikeys.',
    });
  throw new StripeApiError(401, {
    type: 'invalid_request_error',
    message: `Invalid API Key provided: ${key.slice(0, 8)}****${key.slice(-4)}`,
  });
}
