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

/** Timeout of an attempt. The client's own retries, which are disabled, would take minutes. */
const PUBLISH_TIMEOUT_MS = 3000;
/** Maximum number of attempts to publish a message. */
const MAX_PUBLISH_ATTEMPTS = 3;
/** Pause after the first failed attempt. The second pause is twice as long. */
const BACKOFF_MS = 200;

type PublishProblem = readonly [reason: string, description: string];

const PERMANENT_PROBLEMS: ReadonlyMap<string, PublishProblem> = new Map([
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
 * Each message is sent in a request of its own, so it does not wait for a batch. When `publish` resolves, Pub/Sub has
 * the message. The caller can then acknowledge the request that caused the message.
 *
 * @throws ConnectorError FAILED_PRECONDITION for the failures in `PERMANENT_PROBLEMS`, INTERNAL if Node rejected the
 * request, UNAVAILABLE (retryable) for all others
 */
export function pubsub(options: GoogleClientOptions): Publisher {
  // An emulator has no credentials from which the client could read the project.
  const project = options.emulatorHost === undefined ? {} : { projectId: 'emulator' };
  const client = new v1.PublisherClient({ ...project, ...restOptions(options) }, REST);
  return {
    async publish(topic, { data, attributes, orderingKey = '' }) {
      const message = { data: Buffer.from(data), attributes, orderingKey };
      for (let attempt = 1; ; attempt += 1) {
        try {
          await withTimeout(PUBLISH_TIMEOUT_MS, client.publish({ topic, messages: [message] }, NO_RETRY));
          return;
        } catch (cause) {
          const error = toPublishError(topic, cause);
          if (!error.retryable || attempt >= MAX_PUBLISH_ATTEMPTS) throw error;
          await pause(BACKOFF_MS * attempt);
        }
      }
    },
  };
}

/** Converts a failed attempt to the error of `publish`. */
function toPublishError(topic: string, cause: unknown): ConnectorError {
  const status = grpcStatusOf(cause);
  if (status === 'FAULT') return toConnectorError(cause);
  const problem = PERMANENT_PROBLEMS.get(status);
  if (problem !== undefined)
    return new ConnectorError('FAILED_PRECONDITION', `${topic}: ${problem[1]}`, { reason: problem[0], cause });
  const hint = status === 'UNAUTHENTICATED' ? `: ${NO_CREDENTIALS}` : '';
  return new ConnectorError(
    'UNAVAILABLE',
    `Pub/Sub did not accept the message, so nothing was acknowledged${hint}; retry`,
    {
      reason: 'PUBSUB_UNAVAILABLE',
      retryAfterMs: 1000,
      cause,
    },
  );
}
