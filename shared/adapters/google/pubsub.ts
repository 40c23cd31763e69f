import { setTimeout as pause } from 'node:timers/promises';
import { v1 } from '@google-cloud/pubsub';
import { ConnectorError, toConnectorError } from '../../errors.ts';
import type { Publisher } from '../../ports/publisher.ts';
import {
  NO_CREDENTIALS,
  NO_RETRY,
  REST,
  restOptions,
  grpcStatusOf,
  withTimeout,
  type GoogleClientOptions,
} from './rest.ts';

/** Per attempt. The client's own retries would go on for minutes. */
const PUBLISH_TIMEOUT_MS = 3000;
const MAX_PUBLISH_ATTEMPTS = 3;
const PAUSE_MS = 200;

type PublishProblem = readonly [reason: string, words: string];

const HOPELESS: ReadonlyMap<string, PublishProblem> = new Map([
  ['NOT_FOUND', ['TOPIC_MISSING', 'the topic does not exist; create it or correct the setting']],
  [
    'PERMISSION_DENIED',
    ['TOPIC_PERMISSION_DENIED', 'the service account may not publish to the topic; grant roles/pubsub.publisher on it'],
  ],
  [
    'INVALID_ARGUMENT',
    ['MESSAGE_REFUSED', 'Pub/Sub rejected the message as invalid; check its attributes and its size'],
  ],
]);

/**
 * Publishes with Google's low-level Pub/Sub client.
 *
 * Each message is one request. The caller therefore knows that it is published before it acknowledges anything, and no
 * timer delays it in a batch.
 *
 * @throws ConnectorError FAILED_PRECONDITION for a permanent failure, UNAVAILABLE (retryable) for others
 */
export function pubsub(way: GoogleClientOptions): Publisher {
  // An emulator has no credentials from which the client could read the project.
  const project = way.emulatorHost === undefined ? {} : { projectId: 'emulator' };
  const client = new v1.PublisherClient({ ...project, ...restOptions(way) }, REST);
  return {
    async publish(topic, { data, attributes, orderingKey = '' }) {
      const message = { data: Buffer.from(data), attributes, orderingKey };
      for (let tries = 1; ; tries += 1) {
        try {
          await withTimeout(PUBLISH_TIMEOUT_MS, client.publish({ topic, messages: [message] }, NO_RETRY));
          return;
        } catch (cause) {
          const error = toPublishError(topic, cause);
          if (!error.retryable || tries >= MAX_PUBLISH_ATTEMPTS) throw error;
          await pause(PAUSE_MS * tries);
        }
      }
    },
  };
}

function toPublishError(topic: string, cause: unknown): ConnectorError {
  const status = grpcStatusOf(cause);
  if (status === 'FAULT') return toConnectorError(cause);
  const hopeless = HOPELESS.get(status);
  if (hopeless !== undefined)
    return new ConnectorError('FAILED_PRECONDITION', `${topic}: ${hopeless[1]}`, { reason: hopeless[0], cause });
  const why = status === 'UNAUTHENTICATED' ? `: ${NO_CREDENTIALS}` : '';
  return new ConnectorError(
    'UNAVAILABLE',
    `Pub/Sub did not accept the message, so nothing was acknowledged${why}; retry`,
    {
      reason: 'PUBSUB_UNAVAILABLE',
      retryAfterMs: 1000,
      cause,
    },
  );
}
