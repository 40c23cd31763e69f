import { ConnectorError } from '../errors.ts';
import type { SecretKind, Secrets } from '../ports/secrets.ts';

/** A secret that the environment gave: for a laptop only, the composition root sees to that. */
export function envSecret(value: string, kind: SecretKind): Secrets {
  return {
    rotates: false,
    read() {
      if (kind.pattern.test(value)) return Promise.resolve(value);
      const message = `the environment ${kind.label}`;
      return Promise.reject(new ConnectorError('FAILED_PRECONDITION', message, { reason: kind.reason }));
    },
  };
}
