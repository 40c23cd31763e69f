import type { StripeErrorInfo } from '../errors.ts';
import type { LogFields } from '../ports/log.ts';

/** A parameter tree as Stripe takes it; `''` clears a field. */
export type Params = Readonly<Record<string, unknown>>;

/** A file as a part of a multipart form. */
export interface FilePart {
  /** The name of the part: Stripe's parameter. */
  readonly part: string;
  readonly name: string;
  /** Its media type. */
  readonly type: string;
  readonly bytes: Uint8Array;
  /** Of the bytes, in hexadecimal: what stands for them wherever they must not stand. */
  readonly sha256: string;
}

/** One request to Stripe, as a value: what a plan is made of. Sending it is one transaction. */
export interface StripeRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Already checked and encoded; begins with /v1/, or with /v2/, which speaks JSON. */
  readonly path: string;
  /** Body of a POST, query of anything else. */
  readonly params: Params;
  /** Makes the request a multipart form, to Stripe's host of files. https://docs.stripe.com/api/files/create */
  readonly file?: FilePart;
  /** The media type of the file that is answered, by Stripe's host of files, in place of JSON. */
  readonly answers?: string;
  /** Of every POST, and of every write of API v2. At most 255 visible ASCII characters. */
  readonly idempotencyKey?: string;
  /** Connect account: sent as Stripe-Account. */
  readonly account?: string;
}

export type StripeObject = Readonly<Record<string, unknown>>;

/** What only a verbose log asks for. */
export interface WireInfo {
  readonly status?: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Of the connection to Stripe, and to the proxy; undefined in clear, or where it is gone. */
  readonly tls?: () => LogFields | undefined;
}

export interface StripeSuccess {
  readonly ok: true;
  /** Of a request that `answers` a file: `content`, base64, and `content_type`. */
  readonly body: StripeObject;
  /** Members of the body that were nested deeper than an answer of Stripe can be: they are null. */
  readonly truncated?: readonly string[];
  readonly requestId?: string;
  readonly wire?: WireInfo;
}

/**
 * Why there is no answer to use.
 * `refused`: Stripe answered with an error of its own. `unsent`: the request never left (no connection, or it cannot be
 * written). `lost`: it may have arrived (reset, timeout, or an answer that is not Stripe's; then `httpStatus` is known).
 */
export interface StripeFailure {
  readonly ok: false;
  readonly kind: 'refused' | 'unsent' | 'lost';
  readonly httpStatus?: number;
  readonly message: string;
  readonly stripeError: StripeErrorInfo;
  readonly wire?: WireInfo;
  /** Milliseconds, from Retry-After. */
  readonly retryAfterMs?: number;
  /** The way ended at the proxy: it cannot be reached, refuses the way, or refuses our credentials. */
  readonly proxy?: 'UNREACHABLE' | 'REFUSED' | 'AUTH';
  /** Stripe-Should-Retry, where Stripe sent it. */
  readonly shouldRetry?: boolean;
  /** Stripe marked the answer as the saved result of an earlier request with this key (`Idempotent-Replayed`). */
  readonly replayed?: boolean;
  /** The time limit of the request was over before its answer was whole. */
  readonly timedOut?: boolean;
  /** The request cannot be written, so no repeat of it can help. */
  readonly unwritable?: boolean;
}

export type StripeResult = StripeSuccess | StripeFailure;

/** What we need of Stripe: one request, one try, one answer. Never throws for what Stripe or the network does. */
export interface StripeTransport {
  /** Loads what sending needs, so that a request leaves as soon as its permit is granted. Throws a ConnectorError. */
  ready(apiKey: string): Promise<void>;
  send(request: StripeRequest, apiKey: string, timeoutMs: number): Promise<StripeResult>;
}
