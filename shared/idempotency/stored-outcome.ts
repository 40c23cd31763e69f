import { ConnectorError } from '../errors.ts';
import type { StripeObject, StripeRequest } from '../stripe/transport.ts';
import type { CallContext } from '../stripe/call-context.ts';
import { hasMaskedFields, stripSensitiveFields, restoreSensitiveFields } from '../stripe/sensitive-fields.ts';
import type { StripeClient } from '../stripe/client.ts';

/** What an answer shows of the object: all of it, or its id alone. */
export type ExpectedRequest = 'object' | 'id';

/** Bytes of an outcome that are kept (a document holds 1 MiB); of a larger one only the id, and a replay reads the object again. */
const LARGEST_OUTCOME = 500_000;

/** What is kept of an object, as JSON. Never a client secret. */
export function toStoredOutcome(body: StripeObject): string {
  const whole = JSON.stringify({ whole: stripSensitiveFields(body) });
  return Buffer.byteLength(whole) <= LARGEST_OUTCOME ? whole : JSON.stringify({ id: body['id'] });
}

/** A kept outcome, and whether it was made with the expansions that are asked for now. */
export interface StoredOutcome {
  readonly outcome: string;
  readonly sameExpand: boolean;
}

/**
 * The object of a done operation. What was not kept (client secrets, a very large object, other expansions) is read again,
 * through the limiter, if the answer shows it.
 */
export async function replayOutcome(
  stripe: StripeClient,
  request: StripeRequest,
  { outcome, sameExpand }: StoredOutcome,
  call: CallContext,
  wanted: ExpectedRequest,
): Promise<StripeObject> {
  const { whole, id = whole?.['id'] } = parsed(outcome);
  if (wanted === 'id' && (whole !== undefined || id !== undefined)) return { id: id ?? null };
  const path = objectPath(request.path, id);
  const needsSecrets = call.withoutSecrets !== true && hasMaskedFields(outcome);
  if (whole !== undefined && (path === undefined || (sameExpand && !needsSecrets))) return whole;
  if (whole === undefined && path === undefined) throw outcomeNotStored();
  const { expand } = request.params;
  const { body } = await stripe.request(
    {
      method: 'GET',
      path: path ?? request.path,
      params: expand === undefined ? {} : { expand },
      ...(request.account === undefined ? {} : { account: request.account }),
    },
    call,
  );
  return whole === undefined || !sameExpand ? body : restoreSensitiveFields(whole, body);
}

function parsed(outcome: string): { whole?: StripeObject; id?: unknown } {
  return outcome === '' ? {} : (JSON.parse(outcome) as { whole?: StripeObject; id?: unknown });
}

export const OUTCOME_NOT_KEPT = 'OUTCOME_NOT_KEPT';

/** The answer came, but was not kept; or an operator settled the operation without naming its object. */
export function outcomeNotStored(): ConnectorError {
  return new ConnectorError('FAILED_PRECONDITION', 'its result was not kept; look at the object at Stripe', {
    reason: OUTCOME_NOT_KEPT,
  });
}

/** Where the object of an outcome is read: its own path, or the collection it was made in. */
function objectPath(path: string, id: unknown): string | undefined {
  if (typeof id !== 'string') return undefined;
  const segments = path.split('/');
  const at = segments.indexOf(encodeURIComponent(id));
  if (at > 0) return segments.slice(0, at + 1).join('/');
  return /^\/v\d(\/[a-z_]+)+$/.test(path) ? `${path}/${encodeURIComponent(id)}` : undefined;
}
