import { ConnectorError } from '../errors.ts';
import type { Secrets } from '../ports/secrets.ts';

/** The API key that the environment gave: for a laptop only, the composition root sees to that. */
export function environmentKey(key: string): Secrets {
  return {
    rotates: false,
    read() {
      if (/^(sk|rk)_(test|live)_[A-Za-z0-9]+$/.test(key)) return Promise.resolve(key);
      const message = 'STRIPE_API_KEY holds no Stripe secret or restricted key (sk_... or rk_...)';
      return Promise.reject(new ConnectorError('FAILED_PRECONDITION', message, { reason: 'SECRET_NOT_A_KEY' }));
    },
  };
}
