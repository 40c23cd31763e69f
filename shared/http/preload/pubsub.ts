/**
 * As `before-request`, for a function that Pub/Sub calls: it takes the largest message that there is, because one that
 * is refused here would be delivered again and again. What is too large for the connection the function itself puts
 * aside, once.
 */
import { takeBodies } from './http.ts';
import { withDomains } from './domains.ts';

/** Bytes: 10 MB in base64, with attributes. https://cloud.google.com/pubsub/quotas#resource_limits */
export const LARGEST_MESSAGE = 15_000_000;

takeBodies(() => LARGEST_MESSAGE);
withDomains();
