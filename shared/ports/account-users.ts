/** A connection that uses API keys of a Stripe account. */
export interface AccountUser {
  readonly connection: string;
  /** Maximum number of requests a second that the connection sends. */
  readonly perSecond: number;
  /** True if the connection has the setting `account_ceiling`. */
  readonly hasCeiling: boolean;
  /** When the connection wrote this entry, in milliseconds since 1970. */
  readonly seenMs: number;
}

/**
 * Records which connections use which Stripe account. All connections with the same database share the entries.
 * `account` is a fingerprint, from which neither the API key nor the account can be derived. Both methods throw the
 * errors of `store-errors.ts`.
 */
export interface AccountUsers {
  /** Returns the connections that use an account. */
  read(account: string): Promise<readonly AccountUser[]>;
  /** Adds the entry of a connection or replaces its previous one. */
  write(account: string, user: AccountUser): Promise<void>;
}
