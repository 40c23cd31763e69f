/**
 * As `before-request`, for a function that Pub/Sub calls: it takes the largest message that there is, because one that
 * is refused here would be delivered again and again. What is too large for the connection the function itself puts
 * aside, once.
 */
import { setBodyLimit } from './http.ts';
import { restoreDomains } from './domains.ts';

/** Bytes: 10 MB in base64, with attributes. https://cloud.google.com/pubsub/quotas#resource_limits */
export const MAX_MESSAGE_BYTES = 15_000_000;

setBodyLimit(() => MAX_MESSAGE_BYTES);
restoreDomains();
