/**
 * What came back over HTTP, told apart: Stripe's success, Stripe's error, or an answer that is neither (a proxy, a gateway,
 * a page). The SDK decides by the field `error` alone, without the status, so this is decided here.
 * Source of the forms: https://docs.stripe.com/api/errors, https://docs.stripe.com/api-v2-overview
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { StripeErrorInfo } from '../../errors.ts';
import type { LogFields } from '../../ports/log.ts';
import type { WireInfo, StripeResult, StripeFailure, StripeObject, StripeRequest } from '../../stripe/transport.ts';
import { isAnswerTo } from './write-responses.ts';

/** One HTTP answer, read whole. The SDK hands it through: it has no field `error`. */
export class RawResponse {
  constructor(
    readonly status: number,
    readonly headers: IncomingHttpHeaders,
    /** The JSON value; undefined where the body is no JSON. */
    readonly json: unknown,
    readonly tls: () => LogFields | undefined,
    /** The body as it came. */
    readonly bytes: Uint8Array = new Uint8Array(),
  ) {}
}

/** Levels that an object of Stripe's is nested at most; answers of today have fewer than twenty. */
const DEEPEST = 64;

/** Classifies an answer, to this request where it is known. It never throws. */
export function parseResponse(
  { status, headers, json, tls }: RawResponse,
  to: Pick<StripeRequest, 'method' | 'path'> = { method: 'GET', path: '' },
): StripeResult {
  const seen: WireInfo = { status, headers: headers as WireInfo['headers'], tls };
  const requestId = text(headers['request-id']);
  const body = objectOf(json);
  if (status >= 200 && status < 300 && body !== undefined && isResource(body) && isAnswerTo(to, body)) {
    const { whole, cut } = bounded(body);
    return {
      ok: true,
      body: whole,
      ...(cut.length === 0 ? {} : { truncated: cut }),
      ...(requestId === undefined ? {} : { requestId }),
      wire: seen,
    };
  }
  const replayed = headers['idempotent-replayed'] === 'true' && status >= 400 && status < 600;
  const error = replayed || isRefusal(status) ? stripeError(body, requestId) : undefined;
  if (error === undefined)
    return {
      ok: false,
      kind: 'lost',
      httpStatus: status,
      message: `an answer that is not Stripe's (HTTP ${status})`,
      stripeError: requestId === undefined ? {} : { requestId },
      wire: seen,
      ...retryHeaders(headers),
    };
  return {
    ok: false,
    kind: 'refused',
    httpStatus: status,
    message: text(error['message']) ?? `Stripe refused the request (HTTP ${status})`,
    stripeError: said(error, requestId),
    wire: seen,
    ...retryHeaders(headers),
    ...(replayed ? { replayed } : {}),
  };
}

/**
 * Whether Stripe refuses with this status. A gateway may write its own refusals (405, 407, 413, 451) as Stripe does, after
 * Stripe has done the work. https://docs.stripe.com/api/errors
 */
function isRefusal(status: number): boolean {
  return REFUSALS.has(status) || (status >= 500 && status < 600);
}
const REFUSALS: ReadonlySet<number> = new Set([400, 401, 402, 403, 404, 409, 424, 429]);

function objectOf(json: unknown): StripeObject | undefined {
  return typeof json === 'object' && json !== null && !Array.isArray(json) ? (json as StripeObject) : undefined;
}

/** Every object of Stripe's has an `id` or an `object`; a deleted one says so, and a list of API v2 has its `data`. */
function isResource(body: StripeObject): boolean {
  return (
    typeof body['id'] === 'string' ||
    typeof body['object'] === 'string' ||
    body['deleted'] === true ||
    Array.isArray(body['data'])
  );
}

/**
 * Stripe's errors have a `type` as text; those of API v2 may have a `code` alone, which gateways have too: they come with
 * the id that Stripe gives every request. https://docs.stripe.com/api/request_ids
 */
function stripeError(body: StripeObject | undefined, requestId: string | undefined): StripeObject | undefined {
  const error = objectOf(body?.['error']);
  if (error === undefined) return undefined;
  const type = text(error['type']) ?? (requestId === undefined ? undefined : text(error['code']));
  return type === undefined ? undefined : error;
}

/** Empty text counts as absent: card errors carry `decline_code: ""`. */
function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function said(error: StripeObject, requestId: string | undefined): StripeErrorInfo {
  const details = {
    type: text(error['type']),
    code: text(error['code']),
    declineCode: text(error['decline_code']),
    param: text(error['param']),
    requestId,
    docUrl: text(error['doc_url']),
  };
  return Object.fromEntries(Object.entries(details).filter(([, value]) => value !== undefined));
}

function retryHeaders(headers: IncomingHttpHeaders): Pick<StripeFailure, 'retryAfterMs' | 'shouldRetry'> {
  const seconds = Number(headers['retry-after']);
  const should = headers['stripe-should-retry'];
  return {
    ...(headers['retry-after'] !== undefined && Number.isFinite(seconds) && seconds >= 0
      ? { retryAfterMs: Math.min(seconds * 1000, LONGEST_RETRY_AFTER_MS) }
      : {}),
    ...(should === 'true' || should === 'false' ? { shouldRetry: should === 'true' } : {}),
  };
}

/** Milliseconds: a server may not ask for more than a day. */
const LONGEST_RETRY_AFTER_MS = 86_400_000;

/** What works on an object recurses into it: members that are nested deeper than any of Stripe's become null, by name. */
function bounded(body: StripeObject): { readonly whole: StripeObject; readonly cut: readonly string[] } {
  const cut = Object.keys(body).filter((name) => isDeeper(body[name], DEEPEST));
  if (cut.length === 0) return { whole: body, cut };
  return { whole: { ...body, ...Object.fromEntries(cut.map((name) => [name, null])) }, cut };
}

/** Level by level, without recursion. */
function isDeeper(value: unknown, max: number): boolean {
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
