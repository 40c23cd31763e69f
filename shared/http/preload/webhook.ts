/**
 * As `before-request`, for the webhook endpoint: an event carries a whole object of Stripe's, so it may be larger than
 * what callers send; it is parsed only after its signature is checked.
 */
import { setBodyLimit } from './http.ts';

/** Bytes. What is larger still is left to `reconcile-events`. */
export const MAX_EVENT_BYTES = 1_048_576;

setBodyLimit(() => MAX_EVENT_BYTES);
