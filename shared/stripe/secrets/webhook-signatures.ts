/** The result of a signature check. */
export type SignatureCheck = 'right' | 'wrong' | 'too old' | 'too new' | 'unreadable';

/** Checks `Stripe-Signature` of a raw body. https://docs.stripe.com/webhooks#verify-manually */
export interface SignatureVerifier {
  /** `nowMs`: milliseconds since 1970, to compare with Stripe's own timestamp. */
  verify(body: Uint8Array, header: string, secret: string, nowMs: number): Promise<SignatureCheck>;
}
