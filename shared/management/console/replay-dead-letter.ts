import { handleMessage } from '../../automation/function.ts';
import { redrive, replayOf } from '../../automation/redrive.ts';
import type { FunctionRow } from '../../catalog/function-rows.ts';
import type { Connector } from '../../operations/connector.ts';
import { requireDeadLetter } from '../admin/dead-letter-methods.ts';

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
  const letter = await requireDeadLetter(connector, id);
  if (!local || settings.automationTopic !== undefined || letter.original === null)
    return { result: await redrive(connector, letter) };
  const { data, attributes, orderingKey } = replayOf(letter.original, letter.operationId, letter.keyVersion);
  const message = {
    id: letter.id,
    // A letter keeps the text; a message of Pub/Sub has it in base64.
    data: Buffer.from(data, 'utf8').toString('base64'),
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
