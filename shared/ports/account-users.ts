/** A connection that uses API keys of a Stripe account. */
export interface AccountUser {
  readonly connection: string;
  /** Requests a second that the connection sends at most. */
  readonly perSecond: number;
  /** True if the connection has the setting `account_ceiling`. */
  readonly hasCeiling: boolean;
  /** When the connection wrote this entry, in milliseconds since 1970. */
  readonly seenMs: number;
}

/**
 * The connections in a database, by the Stripe account that they use. `account` is a fingerprint, from which neither the
 * key nor the account can be derived. Both methods throw the errors of `store-errors.ts`.
 */
export interface AccountUsers {
  read(account: string): Promise<readonly AccountUser[]>;
  /** Adds the entry of a connection or replaces its previous one. */
  write(account: string, user: AccountUser): Promise<void>;
}
