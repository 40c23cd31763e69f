import type { Connector } from '../../core/connector.ts';
import { settingsInvalid } from '../../errors.ts';
import type { DeadLetter } from '../../ports/dead-letters.ts';
import { RETRIES_AFTER } from './asks.ts';

/**
 * Publishes a dead letter's message again, under its original operation id, and says which failure it comes after: what
 * is done is answered from its record, and a failure is tried again once.
 */
export async function replay(
  { settings, parts, publisher, deadLetters, clock }: Connector,
  letter: DeadLetter,
): Promise<string> {
  if (letter.original === null)
    return 'not replayed: it held credentials or card data, which are kept nowhere, or could not be kept as it was written';
  if (settings.automationTopic === undefined)
    throw settingsInvalid('automation_topic is required: a replay goes there');
  const { data, attributes, orderingKey } = letter.original;
  await publisher.publish(settings.automationTopic, {
    data,
    attributes: { ...attributes, operationId: letter.operationId, [RETRIES_AFTER]: String(letter.generation) },
    ...(orderingKey === '' ? {} : { orderingKey }),
  });
  await deadLetters.put({ ...letter, replayedMs: clock.epochMs() }, parts.operationsKeptUs / 1000);
  return `published again under ${letter.operationId}`;
}
