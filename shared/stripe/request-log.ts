import { MAX_LOG_TEXT, type LogFields } from '../ports/log.ts';
import { MARK, redactValue } from '../redact.ts';
import type { StripeResult, StripeObject, StripeRequest } from './transport.ts';
import { answeredFileFacts, fileFacts } from './file-part.ts';

/** Additional log fields of a request: headers from verbosity 3, bodies from 4, the connection at 5. Never the key. */
export function requestLogFields(verbosity: number, request: StripeRequest, result: StripeResult): LogFields {
  if (verbosity < 3) return {};
  const { method, path, idempotencyKey, account, file } = request;
  const head = {
    method,
    path,
    ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
    ...(account === undefined ? {} : { 'stripe-account': account }),
  };
  const bodies =
    verbosity < 4
      ? [{}, {}]
      : [
          { body: shown(withoutPayload(request)), ...(file === undefined ? {} : { file: fileFacts(file) }) },
          { body: result.ok ? shownAnswer(request, result.body) : result.message },
        ];
  const { status, headers } = result.wire ?? { headers: {} };
  const tls = verbosity < 5 ? undefined : result.wire?.tls?.();
  return {
    request: { ...head, ...bodies[0] },
    response: { ...(status === undefined ? {} : { status }), headers, ...bodies[1] },
    ...(tls === undefined ? {} : { tls }),
  };
}

/** A file is logged as its length and hash. */
function shownAnswer({ answers }: StripeRequest, body: StripeObject): unknown {
  return shown(answers === undefined ? body : answeredFileFacts(body));
}

/** The payload of Stripe's Secret Store is the caller's secret. https://docs.stripe.com/api/apps/secret_store */
function withoutPayload({ path, params }: StripeRequest): object {
  return path.startsWith('/v1/apps/secrets') && 'payload' in params ? { ...params, payload: MARK } : params;
}

/** A large body is logged as text without the secrets that its field names show. The log truncates it. */
function shown(body: object): unknown {
  const text = JSON.stringify(body);
  return text.length <= MAX_LOG_TEXT ? body : JSON.stringify(redactValue(body));
}
