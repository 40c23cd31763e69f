import type { Facts } from '../ports/log.ts';
import type { StripeAnswer, StripeRequest } from '../ports/stripe.ts';

/** Characters of a body that a line shows at most: an entry of Cloud Logging holds 256 KB. */
const MOST_SHOWN = 50_000;

/** What a transaction's line shows besides: from verbosity 3 the heads, from 4 the bodies, at 5 the connection. Never the key. */
export function verbose(verbosity: number, request: StripeRequest, answer: StripeAnswer): Facts {
  if (verbosity < 3) return {};
  const { method, path, idempotencyKey, account } = request;
  const head = {
    method,
    path,
    ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
    ...(account === undefined ? {} : { 'stripe-account': account }),
  };
  const bodies =
    verbosity < 4
      ? [{}, {}]
      : [{ body: shown(request.params) }, { body: answer.ok ? shown(answer.body) : answer.message }];
  const { status, headers } = answer.seen ?? { headers: {} };
  const tls = verbosity < 5 ? undefined : answer.seen?.tls?.();
  return {
    request: { ...head, ...bodies[0] },
    response: { ...(status === undefined ? {} : { status }), headers, ...bodies[1] },
    ...(tls === undefined ? {} : { tls }),
  };
}

function shown(body: object): unknown {
  const text = JSON.stringify(body);
  return text.length <= MOST_SHOWN ? body : `${text.slice(0, MOST_SHOWN)}...`;
}
