import { createHmac } from 'node:crypto';
import type { AccountUser, AccountUsers } from '../../ports/account-users.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import { ACCOUNT_LIMITS } from '../../rate-limiter/capacity.ts';

const HOUR_MS = 3_600_000;
/** Time between two looks of one instance. A failed look is repeated when the key is next used. */
const LOOK_MS = 6 * HOUR_MS;
/** A record is renewed after this time, so an active connection writes twice a day. */
const RENEWAL_MS = 12 * HOUR_MS;
/** A connection counts for this time after its record. */
const LIFE_MS = 48 * HOUR_MS;

export interface AccountWatchOptions {
  readonly users: AccountUsers;
  readonly clock: Pick<Clock, 'epochMs'>;
  readonly log: Log;
  readonly own: Omit<AccountUser, 'seenMs'>;
}

/**
 * Reports connections that together may exceed the limit of their Stripe account. Each connection has a rate limiter of
 * its own, so each must know its share: `account_ceiling`. A connection records which account it uses in the database of
 * its state. Connections of other databases, and other programs, are not seen: Stripe's 429 shows them.
 */
export class AccountWatch {
  private nextMs = -Infinity;

  constructor(private readonly options: AccountWatchOptions) {}

  /**
   * The API key was used again. Looks in the background, and never fails. The first request of an instance does not look,
   * because a cold start would be slower by two requests to Firestore.
   */
  keyReused(key: string): void {
    const nowMs = this.options.clock.epochMs();
    if (nowMs < this.nextMs) return;
    this.nextMs = nowMs + LOOK_MS;
    void this.look(key, nowMs).catch((cause: unknown) => {
      this.nextMs = -Infinity;
      this.options.log.write('INFO', 'users of the Stripe account not read', { cause: String(cause) });
    });
  }

  private async look(key: string, nowMs: number): Promise<void> {
    const { users, log, own } = this.options;
    const account = accountFingerprint(key);
    const found = await users.read(account);
    const before = found.find(({ connection }) => connection === own.connection);
    if (before === undefined || nowMs - before.seenMs > RENEWAL_MS || isOutdated(before, own))
      await users.write(account, { ...own, seenMs: nowMs });
    const others = found.filter(({ connection, seenMs }) => connection !== own.connection && nowMs - seenMs < LIFE_MS);
    const all = [own, ...others];
    const total = all.reduce((sum, { perSecond }) => sum + perSecond, 0);
    const limit = key.includes('_test_') ? ACCOUNT_LIMITS.test : ACCOUNT_LIMITS.live;
    const without = all.filter(({ hasCeiling }) => !hasCeiling);
    // Where each has a ceiling, the account may have a higher limit: Stripe raises it on request.
    if (others.length === 0 || without.length === 0 || total <= limit) return;
    log.write('WARNING', 'connections share a Stripe account without account_ceiling', {
      connections: all.map(({ connection }) => connection),
      without: without.map(({ connection }) => connection),
      perSecond: total,
      limit,
    });
  }
}

function isOutdated(before: AccountUser, own: Omit<AccountUser, 'seenMs'>): boolean {
  return before.perSecond !== own.perSecond || before.hasCeiling !== own.hasCeiling;
}

/**
 * Returns a hash that two keys of one account and mode share. Stripe documents no structure of its keys; those of today
 * begin with the id of their account without `acct_`, as in `sk_test_51Nv0FGQ9RKHgCVdK...`. Of another form only the same
 * key has the same hash.
 */
export function accountFingerprint(key: string): string {
  const [, mode, account] = /^[sr]k_(live|test)_5(1[A-Za-z0-9]{15})[A-Za-z0-9]{16,}$/.exec(key) ?? [];
  const identity = account === undefined ? key : `${mode} ${account}`;
  return createHmac('sha256', 'stripe-connector: account of an API key').update(identity).digest('hex').slice(0, 40);
}
