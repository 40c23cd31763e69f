import type { StripeTransport, StripeResult, StripeRequest } from '../../shared/stripe/transport.ts';

/** A Stripe in this process that counts: what each key did, and what was sent under it. */
export interface StripeDouble extends StripeTransport {
  readonly sent: StripeRequest[];
  /** Effects by what had them: the idempotency key of a POST, the path of a DELETE. */
  readonly effects: Map<string, number>;
  /** Stripe's response to a new write: completed, or permanently rejected. */
  declines: boolean;
  /** So many next writes are rejected before Stripe's idempotency layer: access is missing, nothing is looked up or saved. */
  withoutAccess: number;
}

/** Objects that a list answers, for writes by clause. */
export const LISTED = ['cus_listed1', 'cus_listed2', 'cus_listed3'];

export function stripeDouble(): StripeDouble {
  const saved = new Map<string, StripeResult>();
  const gone = new Set<string>();
  const sent: StripeRequest[] = [];
  const effects = new Map<string, number>();
  const took = (what: string): void => void effects.set(what, (effects.get(what) ?? 0) + 1);

  const post = (request: StripeRequest): StripeResult => {
    const key = request.idempotencyKey ?? '';
    const kept = saved.get(key);
    if (kept !== undefined) return kept;
    const answer = double.declines
      ? DECLINED
      : { ok: true as const, body: object(request.path), requestId: `req_${sent.length}` };
    if (answer.ok) took(key);
    saved.set(key, answer);
    return answer;
  };
  const remove = ({ path }: StripeRequest): StripeResult => {
    if (gone.has(path) || double.declines) return MISSING;
    gone.add(path);
    took(path);
    return { ok: true, body: { id: path.split('/').at(-1), deleted: true } };
  };
  const customer = (path: string): StripeResult => {
    const id = path.split('/').at(-1) ?? '';
    if (gone.has(path)) return { ok: true, body: { id, object: 'customer', deleted: true } };
    return double.declines ? MISSING : { ok: true, body: { id, object: 'customer' } };
  };
  const double: StripeDouble = {
    sent,
    effects,
    declines: false,
    withoutAccess: 0,
    ready: () => Promise.resolve(),
    send(request) {
      sent.push(request);
      if (request.method !== 'GET' && double.withoutAccess > 0) {
        double.withoutAccess -= 1;
        return Promise.resolve(NO_ACCESS);
      }
      if (request.method === 'POST') return Promise.resolve(post(request));
      if (request.method === 'DELETE') return Promise.resolve(remove(request));
      if (request.path === '/v1/events')
        return Promise.resolve({ ok: true, body: { object: 'list', data: [], has_more: false } });
      // https://docs.stripe.com/api/customers/retrieve: deleted customers are kept, and say so.
      if (/^\/v1\/customers\/./.test(request.path)) return Promise.resolve(customer(request.path));
      const data = LISTED.map((id) => ({ id, object: 'customer', email: 'a@b.c' }));
      return Promise.resolve({ ok: true, body: { object: 'list', data, has_more: false } });
    },
  };
  return double;
}

function refusal(httpStatus: number, type: string, code: string, message: string): StripeResult {
  return { ok: false, kind: 'refused', httpStatus, message, stripeError: { type, code, requestId: `req_${code}` } };
}

const DECLINED = refusal(402, 'card_error', 'card_declined', 'Your card was declined.');
const NO_ACCESS = refusal(
  403,
  'invalid_request_error',
  'account_invalid',
  'The provided key does not have access to account',
);
const MISSING = refusal(404, 'invalid_request_error', 'resource_missing', 'No such object');

function object(path: string): Record<string, unknown> {
  const id = path
    .split('/')
    .find((part) => /^[a-z]+_\w{5,}$/.test(part) && part !== 'payment_intents' && part !== 'payment_methods');
  return { id: id ?? 'cus_made1234', object: path.split('/')[2]?.replace(/s$/, ''), status: 'succeeded' };
}
