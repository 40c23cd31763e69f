import type { Connector } from '../operations/connector.ts';
import { settingsInvalid } from '../errors.ts';
import type { DeadLetter } from '../ports/dead-letter-store.ts';
import type { Message } from '../ports/publisher.ts';
import { RETRY_OF } from './commands.ts';

/**
 * Publishes a dead letter's message again, under its original operation id, and says which failure it comes after: what
 * is done is answered from its record, and a failure is tried again once.
 */
export async function redrive(
  { settings, deps, publisher, deadLetters, clock }: Connector,
  deadLetter: DeadLetter,
): Promise<string> {
  if (deadLetter.original === null)
    return 'not replayed: it held credentials or card data, which are kept nowhere, or could not be kept as it was written';
  if (settings.automationTopic === undefined)
    throw settingsInvalid('automation_topic is required: a replay goes there');
  await publisher.publish(
    settings.automationTopic,
    replayOf(deadLetter.original, deadLetter.operationId, deadLetter.keyVersion),
  );
  await deadLetters.put({ ...deadLetter, replayedMs: clock.epochMs() }, deps.operationsKeptUs / 1000);
  return `published again under ${deadLetter.operationId}`;
}

/** The message that a replay publishes. */
export function replayOf(
  { data, attributes, orderingKey }: NonNullable<DeadLetter['original']>,
  operationId: string,
  keyVersion: number,
): Message {
  return {
    data,
    attributes: { ...attributes, operationId, [RETRY_OF]: String(keyVersion) },
    ...(orderingKey === '' ? {} : { orderingKey }),
  };
}
