import type { Request, Response } from '@google-cloud/functions-framework';
import type { FunctionRow } from '../catalog/function-rows.ts';
import type { Connector } from '../operations/connector.ts';
import { ConnectorError, settingsInvalid, unforeseen } from '../errors.ts';
import { isDeclined } from '../stripe/errors.ts';
import { REPEAT_WINDOW_US } from '../idempotency/record.ts';
import type { Severity } from '../ports/log.ts';
import { leaveDomain } from '../http/preload/domains.ts';
import { atEnd, refuseWhileDraining } from '../http/preload/graceful-shutdown.ts';
import { earlyEffect } from '../http/prior-effect.ts';
import { exactBody } from '../http/body/json-body.ts';
import { checkPost } from '../http/endpoint.ts';
import { refuse } from '../http/send-error.ts';
import { inRequest } from '../http/trace-context.ts';
import { arrivedFrom, type Arrived } from './push-message.ts';
import { asksOf, type Ask } from './commands.ts';
import { deadLetter, retriesAfterOf } from './dead-letter.ts';
import { bodyOf, publishResult, type Settled } from './results.ts';
import { withinBounds, type Told } from './message-log.ts';
import { betweenWalks } from '../http/event-loop.ts';
import { unfinished } from './partial-failure.ts';
import { finalOutcome, workOn, type Outcome } from './execute.ts';

/** Milliseconds that a message is held at most: below the ten minutes that Pub/Sub waits for its acknowledgement. */
export const HOLD_MS = 540_000;

/** Milliseconds after which a message is not worked on any more: what it asked for may have been done meanwhile. */
const OLDEST_MS = REPEAT_WINDOW_US / 1000;

/** What a message came to: every item's outcome, or why it must be delivered again. */
export interface Handled {
  readonly results: readonly Told[];
  readonly again?: ConnectorError;
  /** What the log says, one an item. */
  readonly lines: readonly Line[];
}

interface Line {
  readonly severity: Severity;
  readonly operationId: string;
  readonly outcome: Outcome['kind'];
}

/**
 * Pub/Sub in, results out. As an HTTP function behind a push subscription or Eventarc it answers 200 to acknowledge; as a
 * CloudEvent function it returns. `functions`: the rows of the manifest, which messages may name.
 */
export function automationFunction(connector: () => Connector, functions: readonly FunctionRow[]) {
  return async (...args: readonly unknown[]): Promise<void> => {
    leaveDomain();
    const [given, second] = args;
    if (isResponse(second)) return overHttp(connector, functions, given as Request, second);
    const { lines, again } = await handled(connector(), functions, () => arrivedFrom(given));
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
    checkPost(request);
    const built = connector();
    const { results, again } = await inRequest(built, request, async () => {
      await betweenWalks(request.rawBody?.length ?? 0);
      const done = await handled(built, functions, () =>
        arrivedFrom(exactBody(request), { header: (name) => request.get(name) }),
      );
      report(built, done.lines);
      return done;
    });
    if (again === undefined) response.status(200).json({ results });
    else await refuse(connector, response, again, undefined);
  } catch (cause) {
    await refuse(connector, response, unforeseen(cause), undefined);
  }
}

function handled(connector: Connector, functions: readonly FunctionRow[], arrive: () => Arrived): Promise<Handled> {
  atEnd(connector);
  refuseWhileDraining();
  try {
    return handleMessage(connector, arrive(), functions);
  } catch (error) {
    connector.log.write('ERROR', 'a delivery is refused', { cause: unforeseen(error).message });
    throw error;
  }
}

/** Works on a message, item by item. Everything is published before it can be acknowledged. */
export async function handleMessage(
  connector: Connector,
  arrived: Arrived,
  functions: readonly FunctionRow[],
): Promise<Handled> {
  const { settings, clock } = connector;
  if (!connector.open && settings.deadLetterTopic === undefined)
    throw settingsInvalid('dead_letter_topic is required for automation');
  const untilMs = clock.monotonicMs() + HOLD_MS;
  const results: Told[] = [];
  const lines: Line[] = [];
  let again: ConnectorError | undefined;
  for (const ask of asksOf(arrived, settings.maxBodyBytes, functions)) {
    const outcome = await settledOutcome(connector, arrived, ask, untilMs);
    results.push({ operationId: ask.operationId, outcome: outcome.kind, ...bodyOf(ask, outcome) });
    lines.push({ severity: severityOf(outcome), operationId: ask.operationId, outcome: outcome.kind });
    if (outcome.kind === 'again') again ??= outcome.error;
  }
  return { results: withinBounds(results), lines, ...(again === undefined ? {} : { again }) };
}

/** One item: worked on, its outcome published. What cannot be published comes again. */
async function settledOutcome(connector: Connector, arrived: Arrived, ask: Ask, untilMs: number): Promise<Outcome> {
  await betweenWalks(arrived.data.length);
  const outcome = isTooOld(connector, arrived)
    ? await tooOld(connector, ask)
    : lastDelivery(connector, arrived, unfinished(await workOn(connector, ask, retriesAfterOf(arrived), untilMs)));
  if (outcome.kind === 'again') return outcome;
  try {
    if (outcome.kind === 'failed') await deadLetter(connector, arrived, ask, outcome.error);
    await publishResult(connector, ask, { ...outcome, kind: outcome.kind } as Settled);
    return outcome;
  } catch (cause) {
    return { kind: 'again', call: outcome.call, error: unpublished(cause) };
  }
}

/** The last delivery that the subscription's policy allows: better a dead letter with its reason than one without. */
function lastDelivery({ settings }: Connector, { deliveryAttempt }: Arrived, outcome: Outcome): Outcome {
  if (outcome.kind !== 'again' || deliveryAttempt === undefined) return outcome;
  return deliveryAttempt < settings.maxDeliveryAttempts ? outcome : finalOutcome(outcome.call, outcome.error);
}

function isTooOld({ clock }: Connector, { publishedMs }: Arrived): boolean {
  return publishedMs !== undefined && clock.epochMs() - publishedMs > OLDEST_MS;
}

/** It may have been worked on in time: then its record says that it is done. Without one its effect is not known. */
async function tooOld(connector: Connector, { operationId }: Ask): Promise<Outcome> {
  const error = new ConnectorError(
    'FAILED_PRECONDITION',
    'the message is older than 20 hours: it is not worked on any more. A replay settles what became of it',
    { reason: 'MESSAGE_TOO_OLD' },
  );
  const recorded = await earlyEffect(connector, error, { operationId, fresh: false });
  error.operationId = operationId;
  error.effect = recorded === 'done' ? 'done' : 'unknown';
  return finalOutcome('automation', error);
}

function unpublished(cause: unknown): ConnectorError {
  return new ConnectorError('UNAVAILABLE', 'the outcome could not be published; the message is not acknowledged', {
    reason: 'OUTCOME_UNPUBLISHED',
    retryAfterMs: 1000,
    cause,
  });
}

function report({ log }: Connector, lines: readonly Line[]): void {
  for (const { severity, ...facts } of lines) log.write(severity, 'message item', facts);
}

/** A declined card is the payer's affair: an ERROR would count for the alert. */
function severityOf(outcome: Outcome): Severity {
  if (outcome.kind === 'succeeded') return 'INFO';
  return outcome.kind === 'again' || isDeclined(outcome.error.facts.stripe ?? {}) ? 'WARNING' : 'ERROR';
}

function isResponse(value: unknown): value is Response {
  return typeof value === 'object' && value !== null && 'status' in value && typeof value.status === 'function';
}
