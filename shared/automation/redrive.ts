import type { Connector } from '../operations/connector.ts';
import { settingsInvalid } from '../errors.ts';
import type { DeadLetter } from '../ports/dead-letter-store.ts';
import type { Message } from '../ports/publisher.ts';
import { LAST_RETRIED_KEY_VERSION } from './commands.ts';

/** Reasons why a dead letter has no message. The record does not say which one applied. */
export const NOT_STORED =
  'its message was not stored, because it has credentials or card data, is not text in base64, is larger than 900,000 bytes as JSON, or a replay would differ from it';

/**
 * Publishes the message of a dead letter again, with the same operation id and with the key version of the failure. If
 * the operation has succeeded in the meantime, the replay returns the recorded result. If it has failed, the replay
 * retries it once.
 */
export async function redrive(
  { settings, deps, publisher, deadLetters, clock }: Connector,
  deadLetter: DeadLetter,
): Promise<string> {
  if (deadLetter.original === null) return `not replayed: ${NOT_STORED}`;
  if (settings.automationTopic === undefined)
    throw settingsInvalid('automation_topic is required for a replay; set it to the topic of the messages');
  await publisher.publish(
    settings.automationTopic,
    replayOf(deadLetter.original, deadLetter.operationId, deadLetter.keyVersion),
  );
  await deadLetters.put({ ...deadLetter, replayedMs: clock.epochMs() }, deps.operationRetentionUs / 1000);
  return `published again under ${deadLetter.operationId}`;
}

/** Returns the message that a replay publishes. */
export function replayOf(
  { data, attributes, orderingKey }: NonNullable<DeadLetter['original']>,
  operationId: string,
  keyVersion: number,
): Message {
  return {
    data,
    attributes: { ...attributes, operationId, [LAST_RETRIED_KEY_VERSION]: String(keyVersion) },
    orderingKey: orderingKey === '' ? undefined : orderingKey,
  };
}
