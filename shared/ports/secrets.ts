/** Where a secret comes from. Throws a ConnectorError that says what is wrong and never what the secret is. */
export interface Secrets {
  read(): Promise<string>;
  /** True where a second read may give a newer value (`latest`). */
  readonly rotates: boolean;
}

/** What a secret must look like, and the words for one that does not. */
export interface SecretKind {
  readonly pattern: RegExp;
  readonly reason: string;
  readonly label: string;
  /** The setting that names the secret. */
  readonly setting: string;
}

export const API_KEY: SecretKind = {
  pattern: /^(sk|rk)_(test|live)_[A-Za-z0-9]+$/,
  reason: 'SECRET_NOT_A_KEY',
  label: 'holds no Stripe secret or restricted key (sk_... or rk_...)',
  setting: 'api_key',
};

export const SIGNING_SECRET: SecretKind = {
  pattern: /^whsec_[A-Za-z0-9+/=_-]{8,}$/,
  reason: 'SECRET_NOT_A_SIGNING_SECRET',
  label: 'holds no signing secret of a webhook (whsec_...)',
  setting: 'webhook_secrets',
};

export const PROXY_PASSWORD: SecretKind = {
  pattern: /^[^\r\n]{1,1024}$/,
  reason: 'SECRET_NOT_A_PASSWORD',
  label: 'holds no password of one line',
  setting: 'proxy_password',
};
