import { handleMessage } from '../../automation/function.ts';
import { redrive, replayOf } from '../../automation/redrive.ts';
import type { FunctionRow } from '../../catalog/function-rows.ts';
import { ConnectorError } from '../../errors.ts';
import type { Connector } from '../../operations/connector.ts';
import { replayEvent } from '../../webhooks/replay.ts';

/**
 * Publishes the message of a dead letter again. The local server without `automation_topic` executes it at once instead.
 * Returns what happened.
 */
export async function replayDeadLetter(
  connector: Connector,
  id: string,
  functions: readonly FunctionRow[],
): Promise<{ readonly result: string }> {
  const { deadLetters, settings, local, clock, deps } = connector;
  const letter = /^[0-9a-f]{32}$/.test(id) ? await deadLetters.get(id) : undefined;
  if (letter === undefined)
    throw new ConnectorError('NOT_FOUND', 'no dead letter has this id', { reason: 'DEAD_LETTER_NOT_FOUND' });
  if (!local || settings.automationTopic !== undefined || letter.original === null)
    return { result: await redrive(connector, letter) };
  const { data, attributes, orderingKey } = replayOf(letter.original, letter.operationId, letter.keyVersion);
  const message = {
    id: letter.id,
    data,
    attributes,
    publishedMs: undefined,
    orderingKey: orderingKey ?? '',
    deliveryAttempt: undefined,
  };
  const { results, retry } = await handleMessage(connector, message, functions);
  if (retry !== undefined) throw retry;
  const failed = results.some(({ outcome }) => outcome === 'failed');
  // A failure wrote the dead letter again, with its new reason.
  const latest = failed ? ((await deadLetters.get(id)) ?? letter) : letter;
  await deadLetters.put({ ...latest, replayedMs: clock.epochMs() }, deps.operationRetentionUs / 1000);
  return { result: failed ? 'executed again and failed again' : 'executed again and succeeded' };
}

/** Reads an event again from Stripe and publishes it to `events_topic`. */
export async function replayInboxEvent(connector: Connector, id: string): Promise<{ readonly result: string }> {
  const entry = /^evt_\w{1,200}$/.test(id) ? (await connector.inbox.read(id)).entry : undefined;
  if (entry === undefined)
    throw new ConnectorError('NOT_FOUND', 'no event with this id arrived in the last 31 days', {
      reason: 'EVENT_NOT_FOUND',
    });
  await replayEvent(connector, entry);
  return { result: 'published again' };
}
