import { OAuth2Client } from 'google-auth-library';
import { ConnectorError } from '../../../errors.ts';
import type { IdTokenVerifier } from '../../../ports/id-tokens.ts';

/**
 * Verifies Google's ID tokens: signature, issuer, audience and expiry. Google's certificates are cached for the time that
 * their response allows. https://cloud.google.com/docs/authentication/token-types#id
 *
 * @param certificates URL of Google's certificates, for tests
 */
export function idTokenVerifier(certificates?: string): IdTokenVerifier {
  const client = new OAuth2Client(
    certificates === undefined ? {} : { endpoints: { oauth2FederatedSignonPemCertsUrl: certificates } },
  );
  return async (idToken, audience) => {
    try {
      const ticket = await client.verifyIdToken({ idToken, audience });
      return ticket.getPayload() ?? {};
    } catch (cause) {
      if (cause instanceof Error && cause.message.startsWith('Failed to retrieve verification certificates'))
        throw new ConnectorError('UNAVAILABLE', "Google's certificates cannot be read; retry the call", {
          reason: 'ADMIN_CERTIFICATES',
          cause,
        });
      throw new ConnectorError('PERMISSION_DENIED', `the ID token is not valid for ${audience}`, {
        reason: 'ADMIN_CALLER',
        cause,
      });
    }
  };
}
