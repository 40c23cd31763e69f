/**
 * The preload of the webhook endpoint. An event contains a whole Stripe object, so it may be larger than a caller's
 * body. The endpoint verifies the signature before it parses the event.
 */
import { setBodyLimit } from './http.ts';

/** Limit of an event in bytes. `reconcile-events` publishes larger events. */
export const MAX_EVENT_BYTES = 1_048_576;

setBodyLimit(() => MAX_EVENT_BYTES);
