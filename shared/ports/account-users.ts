/** A connection that uses API keys of a Stripe account. */
export interface AccountUser {
  readonly connection: string;
  /** Requests a second that the connection sends at most. */
  readonly perSecond: number;
  /** True if its settings have an `account_ceiling`. */
  readonly hasCeiling: boolean;
  /** When it last said so, in milliseconds since 1970. */
  readonly seenMs: number;
}

/**
 * The connections of a database by the Stripe account that they use. `account` is a fingerprint: neither the key nor the
 * account can be derived from it. Both calls throw store errors.
 */
export interface AccountUsers {
  read(account: string): Promise<readonly AccountUser[]>;
  /** Adds the connection, or replaces what it said before. */
  write(account: string, user: AccountUser): Promise<void>;
}
