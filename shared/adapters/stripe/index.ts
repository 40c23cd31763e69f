/** Stripe's SDK in a file of its own: what refuses a call never loads it. */
export { stripeSdk } from './sdk-transport.ts';
export { stripeSignatures } from './signatures.ts';
