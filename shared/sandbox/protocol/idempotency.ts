import { createHash } from 'node:crypto';
import { Refusal } from '../refusal.ts';
import { DAY } from '../seconds.ts';
import { failureAnswer, type Answer } from './answer.ts';

interface Kept {
  readonly endpoint: string;
  readonly fingerprint: string;
  /** Unix seconds. */
  readonly since: number;
  answer?: { readonly status: number; readonly body: unknown; readonly requestId: string };
}

const MAX_KEY = 255;

/** Keys are removed after 24 hours; those of API v2 after 30 days. https://docs.stripe.com/api-v2-overview#idempotency */
const KEPT_SECONDS = DAY;
const KEPT_SECONDS_V2 = 30 * DAY;

/** One write under a key: where, with which parameters, when. */
export interface Keyed {
  readonly scope: string;
  readonly key: string;
  readonly isV2: boolean;
  /** A repeat must have the same path, */
  readonly endpoint: string;
  /** and the same method and parameters. */
  readonly same: string;
  readonly now: number;
  readonly requestId: string;
}

/** Stripe's idempotency layer: one outcome a key. https://docs.stripe.com/api/idempotent_requests */
export class Idempotency {
  private readonly keys = new Map<string, Kept>();
  private readonly inFlight = new Set<string>();

  /** A request that takes its time holds its key until the function that this returns is called. */
  hold(keyed: Pick<Keyed, 'scope' | 'key'>): () => void {
    const name = nameOf(keyed);
    if (this.inFlight.has(name)) return () => undefined;
    this.inFlight.add(name);
    return () => void this.inFlight.delete(name);
  }

  /**
   * Runs a request once. A repeat gets the first outcome, also where that was an error; what failed the check of its
   * parameters did not begin, and leaves the key free. In API v2 every request that failed is run again.
   */
  once(keyed: Keyed, run: () => Answer): Answer {
    const kept = this.begin(keyed);
    if (kept !== undefined) {
      const { requestId, ...answer } = kept;
      return { ...answer, headers: { 'idempotent-replayed': 'true', 'original-request': requestId } };
    }
    try {
      const answer = run();
      this.keep(keyed, answer);
      return answer;
    } catch (error) {
      if (error instanceof Refusal && error.began && !keyed.isV2)
        this.keep(keyed, failureAnswer(error, keyed.requestId));
      else this.keys.delete(nameOf(keyed));
      throw error;
    }
  }

  /** The kept answer of a repeat; undefined for a first request, which now holds the key. */
  private begin(keyed: Keyed): Kept['answer'] {
    const { key, endpoint, same, now } = keyed;
    if (key.length > MAX_KEY)
      throw new Refusal(400, {
        type: 'idempotency_error',
        message: `Idempotency keys can be at most ${MAX_KEY} characters long, but the key that was given has ${key.length}.`,
      });
    const fingerprint = createHash('sha256').update(same).digest('hex');
    if (this.inFlight.has(nameOf(keyed))) throw inUse(key);
    const kept = this.keys.get(nameOf(keyed));
    if (kept === undefined || now - kept.since >= (keyed.isV2 ? KEPT_SECONDS_V2 : KEPT_SECONDS)) {
      this.keys.set(nameOf(keyed), { endpoint, fingerprint, since: now });
      return undefined;
    }
    if (kept.endpoint !== endpoint)
      throw new Refusal(400, {
        type: 'idempotency_error',
        message: `Keys for idempotent requests can only be used for the same endpoint they were first used for ('${endpoint}' vs '${kept.endpoint}'). Try using a key other than '${key}' if you meant to execute a different request.`,
      });
    if (kept.fingerprint !== fingerprint) {
      throw new Refusal(400, {
        type: 'idempotency_error',
        message: `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
      });
    }
    if (kept.answer === undefined) throw inUse(key);
    return kept.answer;
  }

  private keep(keyed: Keyed, { status, body }: Answer): void {
    const kept = this.keys.get(nameOf(keyed));
    if (kept !== undefined) kept.answer = { status, body, requestId: keyed.requestId };
  }
}

/** https://docs.stripe.com/error-codes#idempotency-key-in-use */
function inUse(key: string): Refusal {
  return new Refusal(409, {
    type: 'idempotency_error',
    code: 'idempotency_key_in_use',
    doc_url: 'https://stripe.com/docs/error-codes/idempotency-key-in-use',
    message: `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}. Please try again later.`,
  });
}

function nameOf({ scope, key }: Pick<Keyed, 'scope' | 'key'>): string {
  return `${scope}\n${key}`;
}
