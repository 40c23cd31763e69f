import { createHash } from 'node:crypto';
import { Refusal } from '../refusal.ts';
import { failureAnswer, type Answer } from './answer.ts';

interface Kept {
  readonly fingerprint: string;
  /** Unix seconds. */
  readonly since: number;
  answer?: { readonly status: number; readonly body: unknown; readonly requestId: string };
}

const MAX_KEY = 255;

/** Keys are removed from the system after they are at least 24 hours old. */
const KEPT_SECONDS = 24 * 3600;

/** One write under a key: where, with which parameters, when. */
export interface Keyed {
  readonly scope: string;
  readonly key: string;
  /** What a repeat must have in common with the first request. */
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
   * parameters did not begin, and leaves the key free.
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
      if (error instanceof Refusal && error.began) this.keep(keyed, failureAnswer(error));
      else this.keys.delete(nameOf(keyed));
      throw error;
    }
  }

  /** The kept answer of a repeat; undefined for a first request, which now holds the key. */
  private begin(keyed: Keyed): Kept['answer'] {
    const { key, same, now } = keyed;
    if (key.length > MAX_KEY)
      throw new Refusal(400, {
        type: 'idempotency_error',
        message: `Idempotency keys can be at most ${MAX_KEY} characters long, but the key that was given has ${key.length}.`,
      });
    const fingerprint = createHash('sha256').update(same).digest('hex');
    if (this.inFlight.has(nameOf(keyed))) throw inUse(key);
    const kept = this.keys.get(nameOf(keyed));
    if (kept === undefined || now - kept.since >= KEPT_SECONDS) {
      this.keys.set(nameOf(keyed), { fingerprint, since: now });
      return undefined;
    }
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
    message: `There is currently another in-progress request using this idempotent key (that probably means you submitted twice, and the other request is still going through): ${key}. Please try again later.`,
  });
}

function nameOf({ scope, key }: Pick<Keyed, 'scope' | 'key'>): string {
  return `${scope}\n${key}`;
}
