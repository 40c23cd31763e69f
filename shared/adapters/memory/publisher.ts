import type { Log } from '../../ports/log.ts';
import type { Publisher } from '../../ports/publisher.ts';

/** Replaces Pub/Sub in local development: logs the attributes of a message instead of publishing it. */
export function memoryPublisher(log: Log): Publisher {
  return {
    publish(topic, { attributes, orderingKey }) {
      log.write('INFO', 'pubsub not configured, message dropped', { topic, attributes, orderingKey });
      return Promise.resolve();
    },
  };
}
