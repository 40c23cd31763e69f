import { hash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { ConnectorError } from '../../errors.ts';
import type { IdTokenVerifier } from '../../ports/id-tokens.ts';

type AdminRequest = Pick<IncomingMessage, 'headers'>;

/** Admits a request to the admin methods and returns the caller for the log. Throws PERMISSION_DENIED. */
export type AdminAdmission = (request: AdminRequest) => Promise<string>;

/** The header of the local server's token. A page of another origin cannot send it without a preflight request. */
export const ADMIN_TOKEN_HEADER = 'x-admin-token';

/**
 * Admits the requests of programs of this user: they read the token that the server wrote for this start. The local
 * server has checked the Host header. An Origin must be the server's own, because pages of other local servers are not
 * programs of this user.
 */
export function localAdmission(token: string): AdminAdmission {
  // oxlint-disable-next-line typescript/require-await -- an error must reject
  return async ({ headers }) => {
    const { host = '', origin } = headers;
    if (origin !== undefined && origin.toLowerCase() !== `http://${host}`.toLowerCase())
      throw denied('an admin request must come from this server itself, not from a page of another origin');
    const given = headers[ADMIN_TOKEN_HEADER];
    if (typeof given !== 'string' || !equalTexts(given, token))
      throw denied(
        `the header ${ADMIN_TOKEN_HEADER} must have the token of this start; the command stripe-connector reads it from the user's cache folder`,
      );
    return 'local';
  };
}

/**
 * Admits the identities that `admin_callers` names, by a Google ID token whose signature is checked here: a function that
 * is public for Stripe's webhooks has no check in front of it. The token must be for the URL of this function, so a
 * token for another service is rejected. Cloud Run removes the signature of a token in `X-Serverless-Authorization`;
 * the one in `Authorization` passes unchanged then.
 * https://cloud.google.com/run/docs/authenticating/service-to-service
 */
export function callerAdmission(callers: readonly string[], verify: IdTokenVerifier): AdminAdmission {
  return async ({ headers }) => {
    if (callers.length === 0)
      throw new ConnectorError(
        'PERMISSION_DENIED',
        'the admin methods are disabled; name identities in the setting admin_callers to enable them',
        { reason: 'ADMIN_DISABLED' },
      );
    const [, idToken] = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(headers.authorization ?? '') ?? [];
    if (idToken === undefined) throw denied('an admin request needs a Google ID token in the header Authorization');
    const claims = await verify(idToken, `https://${headers.host ?? ''}`);
    const email = claims.email_verified === true ? claims.email?.toLowerCase() : undefined;
    if (email === undefined || !callers.some((caller) => caller.toLowerCase() === email))
      throw denied('the setting admin_callers does not name the identity of this ID token');
    return email;
  };
}

/** Compares in a time that does not depend on the contents. */
function equalTexts(a: string, b: string): boolean {
  return timingSafeEqual(hash('sha256', a, 'buffer'), hash('sha256', b, 'buffer'));
}

function denied(message: string): ConnectorError {
  return new ConnectorError('PERMISSION_DENIED', message, { reason: 'ADMIN_CALLER' });
}
