import { handleMessage } from '../../automation/handle-message.ts';
import { redrive, replayOf } from '../../automation/redrive.ts';
import type { FunctionRow } from '../../catalog/function-rows.ts';
import type { Connector } from '../../operations/connector.ts';
import type { DeadLetter } from '../../ports/dead-letter-store.ts';
import { isObject } from '../../is-object.ts';

/**
 * Publishes the message of a dead letter again. A local server without `automation_topic` executes the message at once
 * instead. Returns a text that says what happened.
 */
export async function replayDeadLetter(
  connector: Connector,
  letter: DeadLetter,
  functions: readonly FunctionRow[],
): Promise<string> {
  const { deadLetters, settings, local, clock, deps } = connector;
  if (!local || settings.automationTopic !== undefined || letter.original === null) return redrive(connector, letter);
  const { data, attributes, orderingKey } = replayOf(letter.original, letter.operationId, letter.keyVersion);
  const message = {
    id: letter.id,
    // A dead letter stores the text of the message. Pub/Sub sends it as base64.
    data: Buffer.from(data, 'utf8').toString('base64'),
    attributes,
    publishedMs: undefined,
    orderingKey: orderingKey ?? '',
    deliveryAttempt: undefined,
  };
  const { results, retry } = await handleMessage(connector, message, functions);
  if (retry !== undefined) throw retry;
  const failed = results.find(({ outcome }) => outcome === 'failed');
  // If the replay failed with the same key version, it replaced this dead letter. The new one has the new reason.
  const latest = (await deadLetters.get(letter.id)) ?? letter;
  await deadLetters.put({ ...latest, replayedMs: clock.epochMs() }, deps.operationRetentionUs / 1000);
  if (failed === undefined) return 'executed again and succeeded';
  const { error } = failed;
  return `executed again and failed: ${isObject(error) ? String(error['message']) : 'see its dead letter'}`;
}
