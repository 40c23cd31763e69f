import { createHash } from 'node:crypto';
import { Refusal } from '../refusal.ts';

interface Kept {
  readonly fingerprint: string;
  /** Unix seconds. */
  readonly since: number;
  answer?: { readonly status: number; readonly body: unknown; readonly requestId: string };
}

const MAX_KEY = 255;

/** Keys are removed from the system after they are at least 24 hours old. */
const KEPT_SECONDS = 24 * 3600;

/** Stripe's idempotency layer: one outcome a key. https://docs.stripe.com/api/idempotent_requests */
export class Idempotency {
  private readonly keys = new Map<string, Kept>();

  /** The kept answer of a repeat; undefined for a first request, which now holds the key. */
  begin(scope: string, key: string, request: string, now: number): Kept['answer'] {
    if (key.length > MAX_KEY)
      throw new Refusal(400, {
        type: 'idempotency_error',
        message: `Idempotency keys can be at most ${MAX_KEY} characters long, but the key that was given has ${key.length}.`,
      });
    const fingerprint = createHash('sha256').update(request).digest('hex');
    const kept = this.keys.get(`${scope}\n${key}`);
    if (kept === undefined || now - kept.since >= KEPT_SECONDS) {
      this.keys.set(`${scope}\n${key}`, { fingerprint, since: now });
      return undefined;
    }
    if (kept.fingerprint !== fingerprint) {
      throw new Refusal(400, {
        type: 'idempotency_error',
        message: `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
      });
    }
    if (kept.answer === undefined) {
      throw new Refusal(409, {
        type: 'idempotency_error',
        code: 'idempotency_key_in_use',
        message: `There is currently another in-progress request using this idempotent key (that probably means you submitted twice, and the other request is still going through): ${key}. Please try again later.`,
      });
    }
    return kept.answer;
  }

  keep(scope: string, key: string, answer: NonNullable<Kept['answer']>): void {
    const kept = this.keys.get(`${scope}\n${key}`);
    if (kept !== undefined) kept.answer = answer;
  }

  /** A request that failed its checks did not begin: the key is free again. */
  release(scope: string, key: string): void {
    this.keys.delete(`${scope}\n${key}`);
  }
}
