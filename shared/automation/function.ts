import type { Request, Response } from '@google-cloud/functions-framework';
import type { FunctionRow } from '../catalog/function-rows.ts';
import type { Connector } from '../operations/connector.ts';
import { ConnectorError, settingsInvalid, toConnectorError } from '../errors.ts';
import { isDeclined } from '../stripe/errors.ts';
import { REPEAT_WINDOW_US } from '../idempotency/record.ts';
import type { Severity } from '../ports/log.ts';
import { exitDomain } from '../http/preload/framework-domain.ts';
import { onShutdown, rejectWhenDraining } from '../http/preload/graceful-shutdown.ts';
import { priorEffect } from '../http/prior-effect.ts';
import { parseJsonBody } from '../http/body/json-body.ts';
import { requirePost } from '../http/endpoint.ts';
import { sendError } from '../http/send-error.ts';
import { runWithTrace } from '../http/trace-context.ts';
import { parsePushRequest, type PubsubMessage } from './push-message.ts';
import { parseCommands, type Command } from './commands.ts';
import { toDeadLetter, retryOf } from './dead-letter.ts';
import { resultBody, publishResult, type FinalOutcome } from './results.ts';
import { truncateSummary, type CommandSummary } from './message-log.ts';
import { betweenWalks } from '../http/event-loop.ts';
import { isUnfinished } from './partial-failure.ts';
import { finalOutcome, executeCommand, type CommandOutcome } from './execute.ts';

/** Milliseconds that a message is held at most: below the ten minutes that Pub/Sub waits for its acknowledgement. */
export const NACK_HOLD_MS = 540_000;

/** Milliseconds after which a message is not worked on any more: what it asked for may have been done meanwhile. */
const OLDEST_MS = REPEAT_WINDOW_US / 1000;

/** What a message came to: every item's outcome, or why it must be delivered again. */
export interface MessageResult {
  readonly results: readonly CommandSummary[];
  readonly retry?: ConnectorError;
  /** What the log says, one an item. */
  readonly lines: readonly Line[];
}

interface Line {
  readonly severity: Severity;
  readonly operationId: string;
  readonly outcome: CommandOutcome['kind'];
}

/**
 * Pub/Sub in, results out. As an HTTP function behind a push subscription or Eventarc it answers 200 to acknowledge; as a
 * CloudEvent function it returns. `functions`: the rows of the manifest, which messages may name.
 */
export function automationFunction(connector: () => Connector, functions: readonly FunctionRow[]) {
  return async (...args: readonly unknown[]): Promise<void> => {
    exitDomain();
    const [input, second] = args;
    if (isResponse(second)) return overHttp(connector, functions, input as Request, second);
    const { lines, retry: again } = await handled(connector(), functions, () => parsePushRequest(input));
    if (again !== undefined) throw again;
    report(connector(), lines);
  };
}

async function overHttp(
  connector: () => Connector,
  functions: readonly FunctionRow[],
  request: Request,
  response: Response,
): Promise<void> {
  try {
    requirePost(request);
    const built = connector();
    const { results, retry: again } = await runWithTrace(built, request, async () => {
      await betweenWalks(request.rawBody?.length ?? 0);
      const done = await handled(built, functions, () =>
        parsePushRequest(parseJsonBody(request), { header: (name) => request.get(name) }),
      );
      report(built, done.lines);
      return done;
    });
    if (again === undefined) response.status(200).json({ results });
    else await sendError(connector, response, again, undefined);
  } catch (cause) {
    await sendError(connector, response, toConnectorError(cause), undefined);
  }
}

function handled(
  connector: Connector,
  functions: readonly FunctionRow[],
  arrive: () => PubsubMessage,
): Promise<MessageResult> {
  onShutdown(connector);
  rejectWhenDraining();
  try {
    return handleMessage(connector, arrive(), functions);
  } catch (error) {
    connector.log.write('ERROR', 'invalid pubsub delivery', { cause: toConnectorError(error).message });
    throw error;
  }
}

/** Works on a message, item by item. Everything is published before it can be acknowledged. */
export async function handleMessage(
  connector: Connector,
  message: PubsubMessage,
  functions: readonly FunctionRow[],
): Promise<MessageResult> {
  const { settings, clock } = connector;
  if (!connector.open && settings.deadLetterTopic === undefined)
    throw settingsInvalid('dead_letter_topic is required for automation');
  const untilMs = clock.monotonicMs() + NACK_HOLD_MS;
  const results: CommandSummary[] = [];
  const lines: Line[] = [];
  let again: ConnectorError | undefined;
  for (const command of parseCommands(message, settings.maxBodyBytes, functions)) {
    const outcome = await settledOutcome(connector, message, command, untilMs);
    results.push({ operationId: command.operationId, outcome: outcome.kind, ...resultBody(command, outcome) });
    lines.push({ severity: severityOf(outcome), operationId: command.operationId, outcome: outcome.kind });
    if (outcome.kind === 'again') again ??= outcome.error;
  }
  return { results: truncateSummary(results), lines, ...(again === undefined ? {} : { retry: again }) };
}

/** One item: worked on, its outcome published. What cannot be published comes again. */
async function settledOutcome(
  connector: Connector,
  message: PubsubMessage,
  command: Command,
  untilMs: number,
): Promise<CommandOutcome> {
  await betweenWalks(message.data.length);
  const outcome = isTooOld(connector, message)
    ? await tooOld(connector, command)
    : lastDelivery(
        connector,
        message,
        isUnfinished(await executeCommand(connector, command, retryOf(message), untilMs)),
      );
  if (outcome.kind === 'again') return outcome;
  try {
    if (outcome.kind === 'failed') await toDeadLetter(connector, message, command, outcome.error);
    await publishResult(connector, command, { ...outcome, kind: outcome.kind } as FinalOutcome);
    return outcome;
  } catch (cause) {
    return { kind: 'again', call: outcome.call, error: unpublished(cause) };
  }
}

/** The last delivery that the subscription's policy allows: better a dead letter with its reason than one without. */
function lastDelivery(
  { settings }: Connector,
  { deliveryAttempt }: PubsubMessage,
  outcome: CommandOutcome,
): CommandOutcome {
  if (outcome.kind !== 'again' || deliveryAttempt === undefined) return outcome;
  return deliveryAttempt < settings.maxDeliveryAttempts ? outcome : finalOutcome(outcome.call, outcome.error);
}

function isTooOld({ clock }: Connector, { publishedMs }: PubsubMessage): boolean {
  return publishedMs !== undefined && clock.epochMs() - publishedMs > OLDEST_MS;
}

/** It may have been worked on in time: then its record says that it is done. Without one its effect is not known. */
async function tooOld(connector: Connector, { operationId }: Command): Promise<CommandOutcome> {
  const error = new ConnectorError(
    'FAILED_PRECONDITION',
    'the message is older than 20 hours: it is not worked on any more. A replay settles what became of it',
    { reason: 'MESSAGE_EXPIRED' },
  );
  const recorded = await priorEffect(connector, error, { operationId, fresh: false });
  error.operationId = operationId;
  error.effect = recorded === 'done' ? 'done' : 'unknown';
  return finalOutcome('automation', error);
}

function unpublished(cause: unknown): ConnectorError {
  return new ConnectorError('UNAVAILABLE', 'the outcome could not be published; the message is not acknowledged', {
    reason: 'RESULT_PUBLISH_FAILED',
    retryAfterMs: 1000,
    cause,
  });
}

function report({ log }: Connector, lines: readonly Line[]): void {
  for (const { severity, ...details } of lines) log.write(severity, 'pubsub message processed', details);
}

/** A declined card is the payer's affair: an ERROR would count for the alert. */
function severityOf(outcome: CommandOutcome): Severity {
  if (outcome.kind === 'succeeded') return 'INFO';
  return outcome.kind === 'again' || isDeclined(outcome.error.details.stripe ?? {}) ? 'WARNING' : 'ERROR';
}

function isResponse(value: unknown): value is Response {
  return typeof value === 'object' && value !== null && 'status' in value && typeof value.status === 'function';
}
