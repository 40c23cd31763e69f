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

/** Milliseconds of one try; the client's own repeats would go on for minutes. */
const ONE_TRY_MS = 3000;
const MOST_TRIES = 3;
const PAUSE_MS = 200;

type Cause = readonly [reason: string, words: string];

const HOPELESS: ReadonlyMap<string, Cause> = new Map([
  ['NOT_FOUND', ['TOPIC_MISSING', 'the topic does not exist; create it or correct the setting']],
  [
    'PERMISSION_DENIED',
    ['TOPIC_PERMISSION_DENIED', 'the service account may not publish to the topic; grant roles/pubsub.publisher on it'],
  ],
  ['INVALID_ARGUMENT', ['MESSAGE_REFUSED', 'Pub/Sub refuses the message']],
]);

/**
 * Pub/Sub by its real client. The low-level one: a message is a call of its own, so that it is known to be published
 * before anything is acknowledged, and no timer batches it.
 */
export function pubsub(way: GoogleClientOptions): Publisher {
  // An emulator knows no credentials to tell the project by.
  const project = way.emulatorHost === undefined ? {} : { projectId: 'emulator' };
  const client = new v1.PublisherClient({ ...project, ...restOptions(way) }, REST);
  return {
    async publish(topic, { data, attributes, orderingKey = '' }) {
      const message = { data: Buffer.from(data), attributes, orderingKey };
      for (let tries = 1; ; tries += 1) {
        try {
          await withTimeout(ONE_TRY_MS, client.publish({ topic, messages: [message] }, NO_RETRY));
          return;
        } catch (cause) {
          const error = translated(topic, cause);
          if (!error.retryable || tries >= MOST_TRIES) throw error;
          await pause(PAUSE_MS * tries);
        }
      }
    },
  };
}

function translated(topic: string, cause: unknown): ConnectorError {
  const status = grpcStatusOf(cause);
  if (status === 'FAULT') return toConnectorError(cause);
  const hopeless = HOPELESS.get(status);
  if (hopeless !== undefined)
    return new ConnectorError('FAILED_PRECONDITION', `${topic}: ${hopeless[1]}`, { reason: hopeless[0], cause });
  const why = status === 'UNAUTHENTICATED' ? `: ${NO_CREDENTIALS}` : '';
  return new ConnectorError('UNAVAILABLE', `Pub/Sub did not take the message; nothing is acknowledged${why}`, {
    reason: 'PUBSUB_UNAVAILABLE',
    retryAfterMs: 1000,
    cause,
  });
}
