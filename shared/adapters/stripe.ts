/** Stripe's SDK in a file of its own: what refuses a call never loads it. */
export { stripeSdk } from './stripe-sdk.ts';
export { stripeSignatures } from './stripe-signatures.ts';
