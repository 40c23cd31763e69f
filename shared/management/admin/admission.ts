import { hash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { ConnectorError } from '../../errors.ts';
import type { IdTokenVerifier } from '../../ports/id-tokens.ts';

type AdminRequest = Pick<IncomingMessage, 'headers'>;

/**
 * Admits a request to the admin methods and returns the caller for the log. Throws PERMISSION_DENIED if the caller is
 * not permitted.
 */
export type AdminAdmission = (request: AdminRequest) => Promise<string>;

/** The header of the local server's token. A page of another origin cannot send it without a preflight request. */
export const ADMIN_TOKEN_HEADER = 'x-admin-token';

/**
 * Admits requests with the token that the local server wrote to a file at its start. Only programs of the same user can
 * read the file. A request with an Origin must come from the server's own page, because the pages of other local servers
 * are not trusted. The local server has already checked the Host header.
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
 * Admits the identities that `admin_callers` names. A caller sends a Google ID token for the URL of this function in
 * `Authorization`.
 *
 * A function that is public for Stripe's webhooks accepts any caller, so the signature of the token is checked here. On
 * a private function, Cloud Run checks a token first, and removes the signature from the token that it checked. Callers
 * of a private function therefore send the token twice: Cloud Run checks the one in `X-Serverless-Authorization` and
 * leaves the one in `Authorization` unchanged for the check here.
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

/** Compares two texts in a time that does not depend on their contents. */
function equalTexts(a: string, b: string): boolean {
  return timingSafeEqual(hash('sha256', a, 'buffer'), hash('sha256', b, 'buffer'));
}

function denied(message: string): ConnectorError {
  return new ConnectorError('PERMISSION_DENIED', message, { reason: 'ADMIN_CALLER' });
}
