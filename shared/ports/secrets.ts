/** Reads one secret. */
export interface Secrets {
  /** Returns the current value. Throws a ConnectorError that says what is wrong and never contains the secret. */
  read(): Promise<string>;
  /** True if the setting names the version `latest`, so that a later read may return a newer value. */
  readonly rotates: boolean;
}

/** The format of a kind of secret, and the error for a value without this format. */
export interface SecretKind {
  readonly pattern: RegExp;
  /** Reason of the error for a value without this format. */
  readonly reason: string;
  /** Predicate in the error's message: `is not a ...`. */
  readonly label: string;
  /** The setting that names the secret version. */
  readonly setting: string;
}

export const API_KEY: SecretKind = {
  pattern: /^(sk|rk)_(test|live)_[A-Za-z0-9]+$/,
  reason: 'SECRET_NOT_A_KEY',
  label: 'is not a Stripe secret or restricted key (sk_... or rk_...)',
  setting: 'api_key',
};

export const SIGNING_SECRET: SecretKind = {
  pattern: /^whsec_[A-Za-z0-9+/=_-]{8,}$/,
  reason: 'SECRET_NOT_A_SIGNING_SECRET',
  label: 'is not a webhook signing secret (whsec_...)',
  setting: 'webhook_secrets',
};

export const PROXY_PASSWORD: SecretKind = {
  pattern: /^[^\r\n]{1,1024}$/,
  reason: 'SECRET_NOT_A_PASSWORD',
  label: 'is not a single-line password of at most 1024 characters',
  setting: 'proxy_password',
};
