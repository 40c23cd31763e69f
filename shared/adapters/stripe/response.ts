/**
 * Classifies an HTTP response: a success of Stripe, an error of Stripe, or a response of a proxy, a gateway or a web
 * page.
 *
 * The SDK only looks at the field `error` and ignores the status. Source: https://docs.stripe.com/api/errors,
 * https://docs.stripe.com/api-v2-overview
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { StripeErrorInfo } from '../../errors.ts';
import type { LogFields } from '../../ports/log.ts';
import type { WireInfo, StripeResult, StripeFailure, StripeObject, StripeRequest } from '../../stripe/transport.ts';
import { isAnswerTo } from './write-responses.ts';

/** A complete HTTP response. The SDK returns an object of this class unchanged, because it has no field `error`. */
export class RawResponse {
  constructor(
    readonly status: number,
    readonly headers: IncomingHttpHeaders,
    /** The JSON value, or undefined if the body is not JSON. */
    readonly json: unknown,
    readonly tls: () => LogFields | undefined,
    /** The unchanged body. */
    readonly bytes: Uint8Array = new Uint8Array(),
  ) {}
}

/** Maximum nesting of each member of a response. Stripe's responses have fewer than twenty levels. */
const MAX_RESPONSE_DEPTH = 64;

/** Classifies a response to the request `to`. Never throws. */
export function parseResponse(
  { status, headers, json, tls }: RawResponse,
  to: Pick<StripeRequest, 'method' | 'path'> = { method: 'GET', path: '' },
): StripeResult {
  const wire: WireInfo = { status, headers: headers as WireInfo['headers'], tls };
  const requestId = nonEmptyText(headers['request-id']);
  const body = asObject(json);
  if (status >= 200 && status < 300 && body !== undefined && isListOrResource(body) && isAnswerTo(to, body)) {
    const { shallowBody, cutNames } = cutDeepMembers(body);
    return {
      ok: true,
      body: shallowBody,
      truncated: cutNames.length === 0 ? undefined : cutNames,
      requestId,
      wire,
    };
  }
  const replayed = headers['idempotent-replayed'] === 'true' && status >= 400 && status < 600;
  const error = replayed || isErrorStatus(status) ? stripeError(body, requestId) : undefined;
  if (error === undefined)
    return {
      ok: false,
      kind: 'lost',
      httpStatus: status,
      message: `the response did not come from Stripe (HTTP ${status})`,
      stripeError: { requestId },
      wire,
      ...retryHeaders(headers),
    };
  return {
    ok: false,
    kind: 'refused',
    httpStatus: status,
    message: nonEmptyText(error['message']) ?? `Stripe rejected the request (HTTP ${status})`,
    stripeError: toStripeErrorInfo(error, requestId),
    wire,
    ...retryHeaders(headers),
    replayed,
  };
}

/**
 * Returns whether Stripe returns errors with this status.
 *
 * A gateway may send its own errors (405, 407, 413, 451) in Stripe's format after Stripe has executed the request.
 * https://docs.stripe.com/api/errors
 */
function isErrorStatus(status: number): boolean {
  return CLIENT_ERRORS.has(status) || (status >= 500 && status < 600);
}
const CLIENT_ERRORS: ReadonlySet<number> = new Set([400, 401, 402, 403, 404, 409, 424, 429]);

/** Returns a JSON value if it is an object, and undefined otherwise. */
function asObject(json: unknown): StripeObject | undefined {
  return typeof json === 'object' && json !== null && !Array.isArray(json) ? (json as StripeObject) : undefined;
}

/**
 * Returns whether a body has `id`, `object`, `deleted` or, as a list of API v2, `data`. Every object of Stripe has one
 * of these fields.
 */
function isListOrResource(body: StripeObject): boolean {
  return (
    typeof body['id'] === 'string' ||
    typeof body['object'] === 'string' ||
    body['deleted'] === true ||
    Array.isArray(body['data'])
  );
}

/**
 * Returns the error object of a Stripe response, or undefined.
 *
 * Stripe's errors have a string `type`. Errors of API v2 may only have a `code`, which gateways also send. Such an
 * error counts as Stripe's only with the request id that Stripe adds to every response.
 * https://docs.stripe.com/api/request_ids
 */
function stripeError(body: StripeObject | undefined, requestId: string | undefined): StripeObject | undefined {
  const error = asObject(body?.['error']);
  if (error === undefined) return undefined;
  const type = nonEmptyText(error['type']) ?? (requestId === undefined ? undefined : nonEmptyText(error['code']));
  return type === undefined ? undefined : error;
}

/** Returns a text, or undefined if it is empty, because card errors have `decline_code: ""`. */
function nonEmptyText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function toStripeErrorInfo(error: StripeObject, requestId: string | undefined): StripeErrorInfo {
  return {
    type: nonEmptyText(error['type']),
    code: nonEmptyText(error['code']),
    declineCode: nonEmptyText(error['decline_code']),
    param: nonEmptyText(error['param']),
    requestId,
    docUrl: nonEmptyText(error['doc_url']),
    objectId: existingObjectId(error),
  };
}

/**
 * Returns the id of the object that exists although the request failed, such as the payment intent of a declined
 * payment. https://docs.stripe.com/api/errors
 */
function existingObjectId(error: StripeObject): string | undefined {
  const ids = ['payment_intent', 'setup_intent'].map((name) => nonEmptyText(asObject(error[name])?.['id']));
  return ids.find((id) => id !== undefined) ?? nonEmptyText(error['charge']);
}

/** Returns what the headers of a response say about retries. */
function retryHeaders(
  headers: IncomingHttpHeaders,
): Pick<StripeFailure, 'retryAfterMs' | 'shouldRetry' | 'rateLimitedReason'> {
  const seconds = Number(headers['retry-after']);
  const should = headers['stripe-should-retry'];
  const isDelay = headers['retry-after'] !== undefined && Number.isFinite(seconds) && seconds >= 0;
  return {
    retryAfterMs: isDelay ? Math.min(seconds * 1000, MAX_RETRY_AFTER_MS) : undefined,
    shouldRetry: should === 'true' || should === 'false' ? should === 'true' : undefined,
    rateLimitedReason: nonEmptyText(headers['stripe-rate-limited-reason']),
  };
}

/** Limit of Retry-After: one day. */
const MAX_RETRY_AFTER_MS = 86_400_000;

/**
 * Replaces members that are nested deeper than `MAX_RESPONSE_DEPTH` by null, because later code is recursive. Returns
 * the new body and the names of the replaced members.
 */
function cutDeepMembers(body: StripeObject): {
  readonly shallowBody: StripeObject;
  readonly cutNames: readonly string[];
} {
  const cutNames = Object.keys(body).filter((name) => isDeeperThan(body[name], MAX_RESPONSE_DEPTH));
  if (cutNames.length === 0) return { shallowBody: body, cutNames };
  return { shallowBody: { ...body, ...Object.fromEntries(cutNames.map((name) => [name, null])) }, cutNames };
}

/** Returns whether a value has more than `max` levels. It visits level by level, without recursion. */
function isDeeperThan(value: unknown, max: number): boolean {
  let level: readonly unknown[] = [value];
  for (let depth = 0; depth <= max; depth += 1) {
    const next: unknown[] = [];
    for (const value of level)
      if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) next.push(inner);
    if (next.length === 0) return false;
    level = next;
  }
  return true;
}
