import type { Log } from '../../ports/log.ts';
import type { Publisher } from '../../ports/publisher.ts';

/** No Pub/Sub: for a laptop. What would be published stands in the log. */
export function memoryPublisher(log: Log): Publisher {
  return {
    publish(topic, { attributes, orderingKey }) {
      log.write('INFO', 'pubsub not configured, message dropped', { topic, attributes, orderingKey });
      return Promise.resolve();
    },
  };
}
