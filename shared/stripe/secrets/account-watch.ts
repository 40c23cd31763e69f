import { createHmac } from 'node:crypto';
import type { AccountUser, AccountUsers } from '../../ports/account-users.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import { ACCOUNT_LIMITS } from '../../rate-limiter/capacity.ts';

const HOUR_MS = 3_600_000;
/**
 * Time between two checks of one instance, so that it reads the store four times a day. A check that failed is repeated
 * at the next use of the key.
 */
const ACCOUNT_CHECK_MS = 6 * HOUR_MS;
/** Age at which an active connection writes its entry again: twice a day, well before the entry expires. */
const RENEWAL_MS = 12 * HOUR_MS;
/** An older entry is ignored. Its connection would have written it again if it still used the account. */
const ENTRY_LIFE_MS = 48 * HOUR_MS;

export interface AccountWatchOptions {
  readonly users: AccountUsers;
  readonly clock: Pick<Clock, 'epochMs'>;
  readonly log: Log;
  readonly own: Omit<AccountUser, 'seenMs'>;
}

/**
 * Reports connections that together may exceed the rate limit of their Stripe account. Each connection has its own rate
 * limiter, so each needs its share of the account's limit in the setting `account_ceiling`. A connection records its
 * account in the database that contains its state. So connections with another database, and other programs, are not
 * found.
 */
export class AccountWatch {
  private nextMs = -Infinity;

  constructor(private readonly options: AccountWatchOptions) {}

  /**
   * Looks for other connections that use the Stripe account of `key`. Returns immediately, works in the background, and
   * never throws. It must not be called for the first request of an instance, because its two requests to Firestore would
   * slow down the cold start.
   */
  checkInBackground(key: string): void {
    const nowMs = this.options.clock.epochMs();
    if (nowMs < this.nextMs) return;
    this.nextMs = nowMs + ACCOUNT_CHECK_MS;
    void this.check(key, nowMs).catch((cause: unknown) => {
      this.nextMs = -Infinity;
      this.options.log.write('INFO', 'users of the Stripe account not read', { cause: String(cause) });
    });
  }

  /**
   * Reads the connections that use the account, renews the entry of this connection if it is due, and warns if the
   * rates may exceed the limit.
   */
  private async check(key: string, nowMs: number): Promise<void> {
    const { users, log, own } = this.options;
    const account = accountFingerprint(key);
    const entries = await users.read(account);
    const ownEntry = entries.find(({ connection }) => connection === own.connection);
    if (ownEntry === undefined || nowMs - ownEntry.seenMs > RENEWAL_MS || isOutdated(ownEntry, own))
      await users.write(account, { ...own, seenMs: nowMs });
    const others = entries.filter(
      ({ connection, seenMs }) => connection !== own.connection && nowMs - seenMs < ENTRY_LIFE_MS,
    );
    const all = [own, ...others];
    const total = all.reduce((sum, { perSecond }) => sum + perSecond, 0);
    const limit = key.includes('_test_') ? ACCOUNT_LIMITS.test : ACCOUNT_LIMITS.live;
    const withoutCeiling = all.filter(({ hasCeiling }) => !hasCeiling);
    // If each connection has a ceiling, an operator chose the shares. Their sum may exceed Stripe's default limit, because
    // Stripe can raise the limit of an account.
    if (others.length === 0 || withoutCeiling.length === 0 || total <= limit) return;
    log.write('WARNING', 'connections share a Stripe account without account_ceiling', {
      connections: all.map(({ connection }) => connection),
      without: withoutCeiling.map(({ connection }) => connection),
      perSecond: total,
      limit,
    });
  }
}

/** Returns whether a stored entry differs from the current settings. */
function isOutdated(entry: AccountUser, own: Omit<AccountUser, 'seenMs'>): boolean {
  return entry.perSecond !== own.perSecond || entry.hasCeiling !== own.hasCeiling;
}

/**
 * Returns a hash that is the same for two keys of one account and mode. Stripe does not document the format of its
 * keys. Current keys contain the id of their account without `acct_`, as in `sk_test_51Nv0FGQ9RKHgCVdK...`. If a key
 * has another format, the hash is computed from the whole key.
 */
export function accountFingerprint(key: string): string {
  const [, mode, account] = /^[sr]k_(live|test)_5(1[A-Za-z0-9]{15})[A-Za-z0-9]{16,}$/.exec(key) ?? [];
  const identity = account === undefined ? key : `${mode} ${account}`;
  return createHmac('sha256', 'stripe-connector: account of an API key').update(identity).digest('hex').slice(0, 40);
}
