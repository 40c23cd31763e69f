import StripeSdk from 'stripe';
import type { SignatureVerifier } from '../../stripe/secrets/webhook-signatures.ts';

/** Maximum difference between a signature's timestamp and the clock. Five minutes are the default of Stripe's libraries. */
const TOLERANCE_S = 300;

/** Verifies signatures with Stripe's SDK: an HMAC over timestamp and raw body, compared in constant time. */
export function signatureVerifier(): SignatureVerifier {
  const { signature } = StripeSdk.webhooks;
  if (signature === null) throw new Error("this build of Stripe's SDK cannot verify webhook signatures");
  return {
    // oxlint-disable-next-line typescript/require-await -- the port waits for the SDK to be loaded
    async verify(body, header, secret, nowMs) {
      const atS = timestampOf(header);
      if (atS === undefined) return 'unreadable';
      try {
        signature.verifyHeader(Buffer.from(body), header, secret, TOLERANCE_S, undefined, nowMs);
        // The SDK only rejects timestamps in the past.
        return atS * 1000 > nowMs + TOLERANCE_S * 1000 ? 'too new' : 'right';
      } catch (error) {
        const message = error instanceof Error ? error.message : '';
        if (message.startsWith('Timestamp outside')) return 'too old';
        return /^(Unable to extract|No signatures found with|No stripe-signature)/.test(message)
          ? 'unreadable'
          : 'wrong';
      }
    },
  };
}

/** Returns the Unix seconds of `t=`. Undefined if `t=` is missing, repeated or not a number. */
function timestampOf(header: string): number | undefined {
  const times = header.split(',').filter((part) => part.trimStart().startsWith('t='));
  const digits = /^\s*t=(\d{1,15})\s*$/.exec(times[0] ?? '')?.[1];
  return times.length === 1 && digits !== undefined ? Number(digits) : undefined;
}
