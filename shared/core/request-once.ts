import { fingerprintOf, stripeKey } from '../idempotency/operation.ts';
import type { StripeObject, StripeRequest } from '../ports/stripe.ts';
import type { Call } from './call.ts';
import { withoutSecrets, withSecretsOf } from './client-secrets.ts';
import { once, type OnceParts } from './once.ts';
import { readBack } from './read-back.ts';
import type { Door } from './run.ts';

/** Bytes of an outcome that are kept (a document holds 1 MiB); of a larger one only the id, and a replay reads the object anew. */
const LARGEST_OUTCOME = 500_000;

/** One write to Stripe as one operation, under the call's id. Reads are sent as they are. */
export function requestOnce(
  parts: OnceParts & { readonly door: Door },
  request: StripeRequest,
  call: Call,
): Promise<StripeObject> {
  const { operationId } = call;
  if (request.method === 'GET' || operationId === undefined)
    return parts.door.run(request, call).then(({ body }) => body);
  parts.door.prepare();
  const { method, path, params, account } = request;
  const operation = { id: operationId, fingerprint: fingerprintOf({ method, path, params, account }) };
  return once(parts, operation, call, {
    work(lease, leased) {
      // Only POSTs carry a key.
      const key = request.idempotencyKey === undefined ? {} : { idempotencyKey: stripeKey(operationId, lease) };
      const sent = parts.door.run({ ...request, ...key }, leased, lease.repeats ? 'unknown' : 'none');
      return sent.then(({ body, requestId }) => ({
        result: body,
        ended: { effect: 'done', outcome: outcomeOf(body), requestId },
      }));
    },
    replay: (outcome) => replay(parts.door, request, outcome, call),
    async readBack(period) {
      const found = await readBack(parts.door, request, stripeKey(operationId, period), period, call);
      return found === undefined ? undefined : outcomeOf(found);
    },
  });
}

/** What is kept of an object. Never a client secret. */
function outcomeOf(body: StripeObject): string {
  const whole = JSON.stringify({ whole: withoutSecrets(body) });
  return Buffer.byteLength(whole) <= LARGEST_OUTCOME ? whole : JSON.stringify({ id: body['id'] });
}

/** The kept object. What was not kept (client secrets, a very large object) is read anew, through the limiter. */
async function replay(door: Door, request: StripeRequest, outcome: string, call: Call): Promise<StripeObject> {
  const { whole, id = whole?.['id'] } = JSON.parse(outcome) as { whole?: StripeObject; id?: unknown };
  const path = objectPath(request.path, id);
  if (whole !== undefined && (path === undefined || !outcome.includes('"client_secret":'))) return whole;
  const { expand } = request.params;
  const { body } = await door.run(
    {
      method: 'GET',
      path: path ?? request.path,
      params: expand === undefined ? {} : { expand },
      ...(request.account === undefined ? {} : { account: request.account }),
    },
    call,
  );
  return whole === undefined ? body : withSecretsOf(whole, body);
}

/** Where the object of an outcome is read: its own path, or the collection it was made in. */
function objectPath(path: string, id: unknown): string | undefined {
  if (typeof id !== 'string') return undefined;
  const segments = path.split('/');
  const at = segments.indexOf(encodeURIComponent(id));
  if (at > 0) return segments.slice(0, at + 1).join('/');
  return /^\/v\d(\/[a-z_]+)+$/.test(path) ? `${path}/${encodeURIComponent(id)}` : undefined;
}
