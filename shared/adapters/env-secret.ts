import { ConnectorError } from '../errors.ts';
import type { SecretKind, Secrets } from '../ports/secrets.ts';

/** Returns the secret in an environment variable. The composition root only uses it in local development. */
export function envSecret(value: string, kind: SecretKind): Secrets {
  return {
    rotates: false,
    read() {
      if (kind.pattern.test(value)) return Promise.resolve(value);
      const message = `the secret in the environment ${kind.label}`;
      return Promise.reject(new ConnectorError('FAILED_PRECONDITION', message, { reason: kind.reason }));
    },
  };
}
