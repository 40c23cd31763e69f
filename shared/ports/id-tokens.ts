/**
 * Returns the claims of a Google ID token. Throws ADMIN_CALLER if the token is invalid or is for another audience, and
 * ADMIN_CERTIFICATES if Google's certificates cannot be read.
 */
export type IdTokenVerifier = (idToken: string, audience: string) => Promise<IdTokenClaims>;

/** The claims that the connector reads. https://developers.google.com/identity/openid-connect/openid-connect#an-id-tokens-payload */
export interface IdTokenClaims {
  readonly email?: string | undefined;
  readonly email_verified?: boolean | undefined;
}
