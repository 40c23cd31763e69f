import type { Connector } from '../operations/connector.ts';
import { settingsInvalid } from '../errors.ts';
import type { DeadLetter } from '../ports/dead-letter-store.ts';
import type { Message } from '../ports/publisher.ts';
import { RETRY_OF } from './commands.ts';

/**
 * Publishes the message of a dead letter again under its operation id, with the key version of its failure. An
 * operation that has succeeded in the meantime is replayed from its record. A failure is retried once.
 */
export async function redrive(
  { settings, deps, publisher, deadLetters, clock }: Connector,
  deadLetter: DeadLetter,
): Promise<string> {
  if (deadLetter.original === null)
    return 'not replayed: its message was not stored, because it had credentials or card data, or could not be stored exactly';
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
    attributes: { ...attributes, operationId, [RETRY_OF]: String(keyVersion) },
    orderingKey: orderingKey === '' ? undefined : orderingKey,
  };
}
