import type { StripeErrorInfo } from '../errors.ts';
import type { LogFields } from '../ports/log.ts';

/** A parameter tree in Stripe's format. `''` unsets a field. */
export type Params = Readonly<Record<string, unknown>>;

/** A file in a multipart form. */
export interface FilePart {
  /** Name of the part: Stripe's parameter. */
  readonly part: string;
  readonly name: string;
  /** Media type. */
  readonly type: string;
  readonly bytes: Uint8Array;
  /** SHA-256 of the bytes, hexadecimal. Replaces the bytes in logs and previews. */
  readonly sha256: string;
}

/** One request to Stripe. */
export interface StripeRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Validated and encoded. It begins with `/v1/`, or with `/v2/` for API v2, whose bodies are JSON. */
  readonly path: string;
  /** The body of a POST, the query of any other method. */
  readonly params: Params;
  /** Makes the request a multipart form to Stripe's files host. https://docs.stripe.com/api/files/create */
  readonly file?: FilePart | undefined;
  /** Media type of the response, if Stripe's files host returns a file instead of JSON. */
  readonly responseFileType?: string | undefined;
  /** Required for every POST and every write of API v2. At most 255 visible ASCII characters. */
  readonly idempotencyKey?: string | undefined;
  /** Connect account, sent as Stripe-Account. */
  readonly account?: string | undefined;
}

export type StripeObject = Readonly<Record<string, unknown>>;

/** Details of the HTTP exchange for verbose logs. */
export interface WireInfo {
  readonly status?: number | undefined;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** TLS to Stripe and to the proxy; undefined for plaintext or a closed connection. */
  readonly tls?: (() => LogFields | undefined) | undefined;
}

export interface StripeSuccess {
  readonly ok: true;
  /** For a request with `responseFileType`: `content` in base64, and `content_type`. */
  readonly body: StripeObject;
  /**
   * Names of members of `body` that were replaced by null, because they were nested deeper than a response of Stripe
   * can be.
   */
  readonly truncated?: readonly string[] | undefined;
  readonly requestId?: string | undefined;
  readonly wire?: WireInfo | undefined;
}

/**
 * Why there is no usable response. `refused`: Stripe returned an error. `unsent`: the request was not sent (no
 * connection, or it cannot be encoded). `lost`: Stripe may have received the request (reset, timeout, or a response of
 * another server; then `httpStatus` is set).
 */
export interface StripeFailure {
  readonly ok: false;
  readonly kind: 'refused' | 'unsent' | 'lost';
  readonly httpStatus?: number | undefined;
  readonly message: string;
  readonly stripeError: StripeErrorInfo;
  readonly wire?: WireInfo | undefined;
  /** Retry-After in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  /** The request ended at the proxy: it is unreachable, rejects the tunnel, or rejects the credentials. */
  readonly proxy?: 'UNREACHABLE' | 'REFUSED' | 'AUTH' | undefined;
  /** Stripe-Rate-Limited-Reason of a 429: `global-rate`, `endpoint-rate`, `resource-specific` ... */
  readonly rateLimitedReason?: string | undefined;
  /** Stripe-Should-Retry, if Stripe sent it. */
  readonly shouldRetry?: boolean | undefined;
  /** The response is the saved result of an earlier request with this key (`Idempotent-Replayed`). */
  readonly replayed?: boolean | undefined;
  /** The request timed out before the response was complete. */
  readonly timedOut?: boolean | undefined;
  /** The request cannot be encoded, so a retry cannot help. */
  readonly unwritable?: boolean | undefined;
}

export type StripeResult = StripeSuccess | StripeFailure;

/** Sends one request once. A failure of Stripe or the network is a result, not an exception. */
export interface StripeTransport {
  /** Loads what `send` needs, so that a request is sent as soon as its permit is granted. Throws a ConnectorError. */
  ready(apiKey: string): Promise<void>;
  send(request: StripeRequest, apiKey: string, timeoutMs: number): Promise<StripeResult>;
}
