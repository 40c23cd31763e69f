/** The bundle with Stripe's SDK. A call that is rejected before it is sent does not load it. */
export { sdkTransport } from './sdk-transport.ts';
export { signatureVerifier } from './signatures.ts';
