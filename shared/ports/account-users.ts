/** A connection that uses API keys of a Stripe account. */
export interface AccountUser {
  readonly connection: string;
  /** Requests a second that the connection sends at most. */
  readonly perSecond: number;
  /** True if its settings have an `account_ceiling`. */
  readonly hasCeiling: boolean;
  /** When the connection wrote this entry, in milliseconds since 1970. */
  readonly seenMs: number;
}

/**
 * The connections in a database, by the Stripe account that they use. `account` is a fingerprint, from which neither the
 * key nor the account can be derived. Both calls throw store errors.
 */
export interface AccountUsers {
  read(account: string): Promise<readonly AccountUser[]>;
  /** Adds the entry of a connection or replaces its previous one. */
  write(account: string, user: AccountUser): Promise<void>;
}
