/**
 * The preload of a function that Pub/Sub pushes to. It accepts the largest possible message, because Pub/Sub would
 * redeliver a rejected one. The function dead-letters a message that exceeds the connection's limit.
 */
import { setBodyLimit } from './http.ts';

/** Bytes: 10 MB in base64, with attributes. https://cloud.google.com/pubsub/quotas#resource_limits */
export const MAX_MESSAGE_BYTES = 15_000_000;

setBodyLimit(() => MAX_MESSAGE_BYTES);
