import { MAX_LOG_TEXT, type LogFields } from '../ports/log.ts';
import { MARK, redactValue } from '../redact.ts';
import type { StripeResult, StripeObject, StripeRequest } from './transport.ts';
import { answeredFileFacts, fileFacts } from './file-part.ts';

/** What a transaction's line shows besides: from verbosity 3 the heads, from 4 the bodies, at 5 the connection. Never the key. */
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

/** Of a file its length and hash. */
function shownAnswer({ answers }: StripeRequest, body: StripeObject): unknown {
  return shown(answers === undefined ? body : answeredFileFacts(body));
}

/** Stripe's Secret Store keeps for its callers what they hide. https://docs.stripe.com/api/apps/secret_store */
function withoutPayload({ path, params }: StripeRequest): object {
  return path.startsWith('/v1/apps/secrets') && 'payload' in params ? { ...params, payload: MARK } : params;
}

/** A large body goes to the log as text, without the secrets that are known by the names of its fields: the log cuts it. */
function shown(body: object): unknown {
  const text = JSON.stringify(body);
  return text.length <= MAX_LOG_TEXT ? body : JSON.stringify(redactValue(body));
}
