import { ConnectorError } from '../errors.ts';
import type { StripeObject, StripeRequest } from '../stripe/transport.ts';
import { noteWritten, type CallContext } from '../stripe/call-context.ts';
import { hasMaskedFields, stripSensitiveFields, restoreSensitiveFields } from '../stripe/sensitive-fields.ts';
import type { StripeClient } from '../stripe/client.ts';

/** What the response needs of the object: all fields or only its id. */
export type ExpectedResponse = 'object' | 'id';

/**
 * A Firestore document holds 1 MiB. For a larger object only the id is stored, and a replay reads the object from
 * Stripe.
 */
const MAX_OUTCOME_BYTES = 500_000;

/** What a record stores of the response: the setting `operation_record`. */
export type RecordedPart = 'object' | 'id';

/**
 * Serializes the response to a request for the operation record, as JSON and without secrets. Of an object that is too
 * large, only the id is stored.
 *
 * If `part` is `id`, only the id is stored of any object, provided that the object can be read from Stripe later. This
 * excludes the response to a deletion, and an object with a value that Stripe shows only once.
 */
export function toStoredOutcome({ method, path }: StripeRequest, body: StripeObject, part: RecordedPart): string {
  const stripped = stripSensitiveFields(body);
  const whole = JSON.stringify({ whole: stripped });
  const isReadable = stripped === body || hasMaskedFields(whole);
  const byId = part === 'id' && method !== 'DELETE' && isReadable && objectPath(path, body['id']) !== undefined;
  return !byId && Buffer.byteLength(whole) <= MAX_OUTCOME_BYTES ? whole : JSON.stringify({ id: body['id'] });
}

/** A recorded outcome, and whether its expansions are those of the current call. */
export interface StoredOutcome {
  readonly outcome: string;
  readonly sameExpand: boolean;
}

/**
 * Returns the object of a succeeded operation.
 *
 * Data that was not stored (client secrets, very large objects, expansions that the first call did not request) is read
 * from Stripe, through the rate limiter, if the response needs it.
 *
 * @throws ConnectorError FAILED_PRECONDITION (OUTCOME_NOT_KEPT) if neither the object nor its id was stored
 */
export async function replayOutcome(
  stripe: StripeClient,
  request: StripeRequest,
  { outcome, sameExpand }: StoredOutcome,
  call: CallContext,
  expected: ExpectedResponse,
): Promise<StripeObject> {
  const { whole, id = whole?.['id'] } = parseOutcome(outcome);
  if (whole !== undefined) noteWritten(call, whole);
  if (expected === 'id' && (whole !== undefined || id !== undefined)) return { id: id ?? null };
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
      account: request.account,
    },
    call,
  );
  return whole === undefined || !sameExpand ? body : restoreSensitiveFields(whole, body);
}

/**
 * Parses an outcome. It has the object (`whole`), or only its `id`: if `operation_record` says so, if the object was too
 * large, or if an operator resolved the operation. An empty outcome has neither.
 */
function parseOutcome(outcome: string): { whole?: StripeObject; id?: unknown } {
  return outcome === '' ? {} : (JSON.parse(outcome) as { whole?: StripeObject; id?: unknown });
}

export const OUTCOME_NOT_KEPT = 'OUTCOME_NOT_KEPT';

/**
 * Returns the error for a succeeded operation whose result was not stored, for example because an operator resolved the
 * operation without an object id.
 */
export function outcomeNotStored(): ConnectorError {
  return new ConnectorError('FAILED_PRECONDITION', 'the result was not stored; check the object at Stripe', {
    reason: OUTCOME_NOT_KEPT,
  });
}

/** Returns the path to read an object from: its own path, or the collection in which it was created plus its id. */
function objectPath(path: string, id: unknown): string | undefined {
  if (typeof id !== 'string') return undefined;
  const segments = path.split('/');
  const idIndex = segments.indexOf(encodeURIComponent(id));
  if (idIndex > 0) return segments.slice(0, idIndex + 1).join('/');
  return /^\/v\d(\/[a-z_]+)+$/.test(path) ? `${path}/${encodeURIComponent(id)}` : undefined;
}
