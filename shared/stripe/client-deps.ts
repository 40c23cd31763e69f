import type { Clock, Random } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { Limiter } from '../rate-limiter/limiter.ts';
import type { RecentRequests } from './activity/recent-requests.ts';
import type { ObjectLocks } from './object-locks.ts';
import type { CachedSecret } from './secrets/cached-secret.ts';
import type { StripeTransport } from './transport.ts';
import type { WritePolicy } from './write-policy/enforce.ts';

/** The parts and the settings that the Stripe client needs. */
export interface StripeClientDeps {
  readonly stripe: StripeTransport;
  readonly apiKey: CachedSecret;
  readonly limiter: Limiter;
  readonly objects: ObjectLocks;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly maxWaitMs: number;
  readonly policy: WritePolicy;
  /** Records every attempt, and every call that got no permit. */
  readonly recentRequests?: RecentRequests;
  /** 1 to 5: from 3 the log shows the headers of each request, from 4 its body, at 5 the connection. */
  readonly verbosity?: number;
}
