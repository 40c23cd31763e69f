import type { FunctionRow } from '../catalog/function-rows.ts';
import { ConnectorError, settingsInvalid } from '../errors.ts';
import { yieldIfLarge } from '../http/event-loop.ts';
import { priorEffect } from '../http/prior-effect.ts';
import { REPEAT_WINDOW_US } from '../idempotency/record/claim.ts';
import type { Connector } from '../operations/connector.ts';
import type { Severity } from '../ports/log.ts';
import { isDeclined } from '../stripe/errors.ts';
import { parseCommands, type Command } from './commands.ts';
import { toDeadLetter, lastRetriedKeyVersionOf } from './dead-letter.ts';
import { finalOutcome, executeCommand, type CommandOutcome } from './execute.ts';
import { truncateSummary, type CommandSummary } from './message-log.ts';
import { withBulkFailure } from './partial-failure.ts';
import type { PubsubMessage } from './push-message.ts';
import { MESSAGE_SHAPES } from './shapes/index.ts';
import type { MessageShapes } from './shapes/message-shape.ts';
import { resultBody, publishResult, type FinalOutcome } from './results.ts';

/** Maximum time for the commands of a message, below the ten minutes that Pub/Sub waits for an acknowledgement. */
export const MESSAGE_TIMEOUT_MS = 540_000;

/**
 * Age after which a message is not executed. By then, the idempotency keys of an earlier delivery may have expired at
 * Stripe, so the operation could take effect twice.
 */
const MAX_MESSAGE_AGE_MS = REPEAT_WINDOW_US / 1000;

/** The outcomes of all items of a message, and the error that makes Pub/Sub redeliver the message, if there is one. */
export interface MessageResult {
  readonly results: readonly CommandSummary[];
  readonly retry: ConnectorError | undefined;
  /** Log lines, one per item. */
  readonly lines: readonly OutcomeLine[];
}

export interface OutcomeLine {
  readonly severity: Severity;
  readonly operationId: string;
  readonly outcome: CommandOutcome['kind'];
}

/** Executes the commands of a message one after another. Resolves when all final outcomes are published. */
export async function handleMessage(
  connector: Connector,
  message: PubsubMessage,
  functions: readonly FunctionRow[],
  shapes: MessageShapes = MESSAGE_SHAPES,
): Promise<MessageResult> {
  const { settings, clock } = connector;
  if (!connector.open && settings.deadLetterTopic === undefined)
    throw settingsInvalid('dead_letter_topic is required for automation; set it to a Pub/Sub topic');
  const untilMs = clock.monotonicMs() + MESSAGE_TIMEOUT_MS;
  const bounds = { maxBytes: settings.maxBodyBytes, maxItems: connector.deps.limits.maxMessageItems };
  const results: CommandSummary[] = [];
  const lines: OutcomeLine[] = [];
  let retry: ConnectorError | undefined;
  for (const command of parseCommands(message, bounds, functions, shapes)) {
    const outcome = await finalizeCommand(connector, message, command, untilMs);
    results.push({ operationId: command.operationId, outcome: outcome.kind, ...resultBody(command, outcome) });
    lines.push({ severity: outcomeSeverity(outcome), operationId: command.operationId, outcome: outcome.kind });
    if (outcome.kind === 'retry') retry ??= outcome.error;
  }
  return { results: truncateSummary(results), lines, retry };
}

/** Executes one item and publishes its outcome. If publishing fails, the message is redelivered. */
async function finalizeCommand(
  connector: Connector,
  message: PubsubMessage,
  command: Command,
  untilMs: number,
): Promise<CommandOutcome> {
  await yieldIfLarge(message.data.length);
  const outcome = isTooOld(connector, message)
    ? await expiredOutcome(connector, command)
    : finalOnLastDelivery(
        connector,
        message,
        withBulkFailure(await executeCommand(connector, command, lastRetriedKeyVersionOf(message), untilMs)),
      );
  if (outcome.kind === 'retry') return outcome;
  try {
    if (outcome.kind === 'failed') await toDeadLetter(connector, message, command, outcome.error);
    await publishResult(connector, command, { ...outcome, kind: outcome.kind } as FinalOutcome);
    return outcome;
  } catch (cause) {
    return { kind: 'retry', call: outcome.call, error: unpublished(cause) };
  }
}

/**
 * Makes the outcome final on the last permitted delivery, so that the connector dead-letters the message with its
 * reason. Pub/Sub's own dead-letter policy would forward the message without a reason.
 */
function finalOnLastDelivery(
  { settings }: Connector,
  { deliveryAttempt }: PubsubMessage,
  outcome: CommandOutcome,
): CommandOutcome {
  if (outcome.kind !== 'retry' || deliveryAttempt === undefined) return outcome;
  return deliveryAttempt < settings.maxDeliveryAttempts ? outcome : finalOutcome(outcome.call, outcome.error);
}

function isTooOld({ clock }: Connector, { publishedMs }: PubsubMessage): boolean {
  return publishedMs !== undefined && clock.epochMs() - publishedMs > MAX_MESSAGE_AGE_MS;
}

/**
 * Returns the outcome of an expired message. The effect is `done` if the record of the operation says so, and `unknown`
 * otherwise.
 */
async function expiredOutcome(connector: Connector, { operationId }: Command): Promise<CommandOutcome> {
  const error = new ConnectorError(
    'FAILED_PRECONDITION',
    'the message is older than 20 hours and is not executed; replay its dead letter to determine the outcome',
    { reason: 'MESSAGE_EXPIRED' },
  );
  const recorded = await priorEffect(connector, error, { operationId, fresh: false });
  error.operationId = operationId;
  error.effect = recorded === 'done' ? 'done' : 'unknown';
  return finalOutcome('automation', error);
}

function unpublished(cause: unknown): ConnectorError {
  return new ConnectorError(
    'UNAVAILABLE',
    'the outcome could not be published, so the message is not acknowledged; Pub/Sub redelivers it',
    {
      reason: 'RESULT_PUBLISH_FAILED',
      retryAfterMs: 1000,
      cause,
    },
  );
}

/** Returns the severity to log. A declined card is a WARNING, because an ERROR would trigger the alert. */
function outcomeSeverity(outcome: CommandOutcome): Severity {
  if (outcome.kind === 'succeeded') return 'INFO';
  return outcome.kind === 'retry' || isDeclined(outcome.error.details.stripe ?? {}) ? 'WARNING' : 'ERROR';
}
