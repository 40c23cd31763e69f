import { createHash } from 'node:crypto';
import { StripeApiError } from '../api-error.ts';
import { DAY } from '../seconds.ts';
import { errorResponse, type ApiResponse } from './api-response.ts';

interface KeyRecord {
  readonly endpoint: string;
  /** SHA-256 of `KeyedRequest.parameters`. */
  readonly fingerprint: string;
  /** Unix seconds of the first request. */
  readonly claimedAt: number;
  response?: { readonly status: number; readonly body: unknown; readonly requestId: string };
}

/** Maximum length of a key. https://docs.stripe.com/api/idempotent_requests */
const MAX_KEY_CHARACTERS = 255;

/** Seconds after which Stripe removes a key of API v1. https://docs.stripe.com/api-v2-overview#idempotency */
const KEPT_SECONDS = DAY;
/** Seconds after which Stripe removes a key of API v2. */
const KEPT_SECONDS_V2 = 30 * DAY;

/** A write with an idempotency key. */
export interface KeyedRequest {
  /** The account in `Stripe-Account`. Empty for the platform. */
  readonly scope: string;
  readonly key: string;
  readonly isV2: boolean;
  /** The path. A repeat must have the same path. */
  readonly endpoint: string;
  /** Method and sorted parameters. A repeat must have the same method and parameters. */
  readonly parameters: string;
  readonly now: number;
  readonly requestId: string;
}

/** Stores the first response to each idempotency key and returns it to repeats. https://docs.stripe.com/api/idempotent_requests */
export class Idempotency {
  private readonly keys = new Map<string, KeyRecord>();
  private readonly inFlight = new Set<string>();

  /** Marks a key as in use, so that a request with the key gets 409. Returns a function that releases the key. */
  markKeyInUse(request: Pick<KeyedRequest, 'scope' | 'key'>): () => void {
    const name = scopedKey(request);
    if (this.inFlight.has(name)) return () => undefined;
    this.inFlight.add(name);
    return () => void this.inFlight.delete(name);
  }

  /**
   * Runs a request once. A repeat gets the first response, even an error. There are two exceptions. If the parameters
   * of a request were rejected, the endpoint has not run, so the repeat runs. In API v2, the repeat of any failed
   * request runs.
   */
  runOnce(request: KeyedRequest, run: () => ApiResponse): ApiResponse {
    const recorded = this.claimKey(request);
    if (recorded !== undefined) {
      const { requestId, ...response } = recorded;
      return { ...response, headers: { 'idempotent-replayed': 'true', 'original-request': requestId } };
    }
    try {
      const response = run();
      this.recordResponse(request, response);
      return response;
    } catch (error) {
      if (error instanceof StripeApiError && error.isFromEndpoint && !request.isV2)
        this.recordResponse(request, errorResponse(error, request.requestId));
      else this.keys.delete(scopedKey(request));
      throw error;
    }
  }

  /**
   * Returns the recorded response of a repeat. For a first request, reserves the key and returns undefined. Throws if
   * the key is too long, is in use, or belongs to a different request.
   */
  private claimKey(request: KeyedRequest): KeyRecord['response'] {
    const { key, endpoint, parameters, now } = request;
    if (key.length > MAX_KEY_CHARACTERS)
      throw new StripeApiError(400, {
        type: 'idempotency_error',
        message: `Idempotency keys can be at most ${MAX_KEY_CHARACTERS} characters long, but the key that was given has ${key.length}.`,
      });
    const fingerprint = createHash('sha256').update(parameters).digest('hex');
    if (this.inFlight.has(scopedKey(request))) throw keyInUse(key);
    const record = this.keys.get(scopedKey(request));
    const keptSeconds = request.isV2 ? KEPT_SECONDS_V2 : KEPT_SECONDS;
    if (record === undefined || now - record.claimedAt >= keptSeconds) {
      this.keys.set(scopedKey(request), { endpoint, fingerprint, claimedAt: now });
      return undefined;
    }
    if (record.endpoint !== endpoint)
      throw new StripeApiError(400, {
        type: 'idempotency_error',
        message: `Keys for idempotent requests can only be used for the same endpoint they were first used for ('${endpoint}' vs '${record.endpoint}'). Try using a key other than '${key}' if you meant to execute a different request.`,
      });
    if (record.fingerprint !== fingerprint) {
      throw new StripeApiError(400, {
        type: 'idempotency_error',
        message: `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
      });
    }
    if (record.response === undefined) throw keyInUse(key);
    return record.response;
  }

  /** Stores the response that repeats of a request get. */
  private recordResponse(request: KeyedRequest, { status, body }: ApiResponse): void {
    const record = this.keys.get(scopedKey(request));
    if (record !== undefined) record.response = { status, body, requestId: request.requestId };
  }
}

/** Returns the error for a key that a request in progress uses. https://docs.stripe.com/error-codes#idempotency-key-in-use */
function keyInUse(key: string): StripeApiError {
  return new StripeApiError(409, {
    type: 'idempotency_error',
    code: 'idempotency_key_in_use',
    doc_url: 'https://stripe.com/docs/error-codes/idempotency-key-in-use',
    message: `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}. Please try again later.`,
  });
}

function scopedKey({ scope, key }: Pick<KeyedRequest, 'scope' | 'key'>): string {
  return `${scope}\n${key}`;
}
