/**
 * A publisher with Pub/Sub's limits: the emulator enforces none of these limits.
 * https://cloud.google.com/pubsub/quotas#resource_limits (bytes, not characters; a request carries its data as base64)
 */
import { ConnectorError } from '../../shared/errors.ts';
import type { Message, Publisher } from '../../shared/ports/publisher.ts';
import type { Published } from './connector.ts';

const LARGEST_REQUEST = 10_485_760;
const MOST_ATTRIBUTES = 100;
const LONGEST_KEY = 256;
const LONGEST_VALUE = 1024;

export function limitedPublisher(): Publisher & { readonly published: Published[] } {
  const published: Published[] = [];
  return {
    published,
    publish(topic, message) {
      const problem = problemOf(message);
      if (problem !== undefined) {
        const error = new ConnectorError('FAILED_PRECONDITION', problem, { reason: 'MESSAGE_REFUSED' });
        return Promise.reject(error);
      }
      published.push({ topic, ...message });
      return Promise.resolve();
    },
  };
}

function problemOf({ data, attributes, orderingKey = '' }: Message): string | undefined {
  const entries = Object.entries(attributes);
  const sent = { data: Buffer.from(data).toString('base64'), attributes, orderingKey };
  if (Buffer.byteLength(JSON.stringify({ messages: [sent] })) > LARGEST_REQUEST) return 'the request is too large';
  if (entries.length > MOST_ATTRIBUTES) return 'too many attributes';
  if (Buffer.byteLength(orderingKey) > LONGEST_VALUE) return 'the ordering key is too long';
  for (const [key, value] of entries) {
    if (key === '' || key.startsWith('goog') || Buffer.byteLength(key) > LONGEST_KEY) return `the key ${key}`;
    if (Buffer.byteLength(value) > LONGEST_VALUE) return `the value of ${key} is too long`;
    if (/\p{Surrogate}/u.test(value)) return `the value of ${key} is no text`;
  }
  return data === '' && entries.length === 0 ? 'a message must have data or attributes' : undefined;
}
