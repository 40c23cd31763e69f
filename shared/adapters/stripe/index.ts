/** Stripe's SDK, bundled in a file of its own. A call that is rejected before it is sent does not load it. */
export { sdkTransport } from './sdk-transport.ts';
export { signatureVerifier } from './signatures.ts';
