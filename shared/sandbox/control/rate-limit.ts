import { StripeApiError } from '../api-error.ts';

/** Limits the requests per second, if the admin API sets a limit. https://docs.stripe.com/rate-limits */
export class RateLimit {
  /** Maximum requests per second. Undefined if there is no limit. */
  perSecond: number | undefined;
  /** The second, in Unix time, whose requests are counted. */
  private second = 0;
  private count = 0;

  /** Counts a request at `now`, in Unix seconds. Throws 429 if this second has more requests than the limit. */
  check(now: number): void {
    if (this.perSecond === undefined) return;
    const second = Math.floor(now);
    this.count = second === this.second ? this.count + 1 : 1;
    this.second = second;
    if (this.count <= this.perSecond) return;
    throw new StripeApiError(
      429,
      {
        type: 'invalid_request_error',
        code: 'rate_limit',
        message:
          'Request rate limit exceeded. You can learn more about rate limits here https://stripe.com/docs/rate-limits.',
        doc_url: 'https://stripe.com/docs/error-codes/rate-limit',
      },
      { 'stripe-rate-limited-reason': 'global-rate' },
    );
  }
}
