import { Refusal } from '../refusal.ts';

/** A limit on the requests of each second, switched on by the admin API. https://docs.stripe.com/rate-limits */
export class RateLimit {
  /** Undefined: no limit. */
  perSecond: number | undefined;
  private second = 0;
  private count = 0;

  /** Counts a request at a moment, in Unix seconds; rejects it beyond the limit. */
  check(now: number): void {
    if (this.perSecond === undefined) return;
    const second = Math.floor(now);
    this.count = second === this.second ? this.count + 1 : 1;
    this.second = second;
    if (this.count <= this.perSecond) return;
    throw new Refusal(
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
