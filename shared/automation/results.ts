import { maskSensitiveFields } from '../stripe/sensitive-fields.ts';
import type { Connector } from '../operations/connector.ts';
import { ConnectorError, errorBody } from '../errors.ts';
import { carriesSecret } from '../redact.ts';
import { connectionSource, eventId, eventMessage, isPublishable, type CloudEvent } from '../http/cloud-event.ts';
import type { Command } from './commands.ts';
import type { CommandOutcome } from './execute.ts';

const EVENT_TYPE_OF_OUTCOME = {
  succeeded: 'stripe-connector.operation.succeeded.v1',
  failed: 'stripe-connector.operation.failed.v1',
} as const;

/** The outcome of a command that is not redelivered. Only such outcomes are published. */
export type FinalOutcome = CommandOutcome & { readonly kind: 'succeeded' | 'failed' };

/** Returns the body of the response that an HTTP caller would get, without client secrets. */
export function resultBody(command: Command, outcome: CommandOutcome): Readonly<Record<string, unknown>> {
  if (outcome.kind !== 'succeeded') return errorBody(outcome.error);
  const { body, effect } = outcome.result;
  const whole =
    'handler' in command.prepared && command.prepared.handler.mutates
      ? { ...body, operationId: command.operationId, effect }
      : body;
  return maskSensitiveFields(whole) as Record<string, unknown>;
}

/** Publishes the outcome of a command. Resolves once Pub/Sub has accepted it. Does nothing without a results topic. */
export async function publishResult(connector: Connector, command: Command, outcome: FinalOutcome): Promise<void> {
  const { settings, publisher } = connector;
  if (settings.resultsTopic === undefined) return;
  const event = resultEvent(connector, command, outcome);
  const message = eventMessage(event);
  await publisher.publish(
    settings.resultsTopic,
    isPublishable(message) ? message : eventMessage({ ...event, data: resultTooLarge(command, outcome) }),
  );
}

function resultEvent({ settings, clock, deps }: Connector, command: Command, outcome: FinalOutcome): CloudEvent {
  const data = resultBody(command, outcome);
  const objectId = objectIdOf(deps.catalog.action(outcome.call)?.idInput, command, data);
  // The id in a rejected command was not validated, so it may contain a secret.
  const id = outcome.kind === 'failed' && carriesSecret(objectId) ? undefined : objectId;
  const entity = outcome.call.split('.').slice(0, -1).join('.') || outcome.call;
  const keyVersion = outcome.kind === 'failed' ? String(outcome.error.keyVersion ?? 0) : '';
  return {
    id: eventId(settings.name, command.operationId, outcome.kind, keyVersion),
    source: connectionSource(settings.name),
    type: EVENT_TYPE_OF_OUTCOME[outcome.kind],
    subject: id === undefined ? entity : `${entity}/${id}`,
    timeMs: clock.epochMs(),
    data,
    attributes: {
      operationId: command.operationId,
      call: outcome.call,
      outcome: outcome.kind,
      reason: outcome.kind === 'failed' ? outcome.error.details.reason : undefined,
    },
    orderingKey: id ?? command.operationId,
  };
}

/** Returns the id of the object, from the input or from the result. */
function objectIdOf(
  idInput: string | undefined,
  command: Command,
  data: Readonly<Record<string, unknown>>,
): string | undefined {
  const body = 'body' in command.prepared ? command.prepared.body : {};
  const input = parsedFields(body['connectorInputPayload']);
  const row = parsedFields(data['connectorOutputPayload']);
  return [body['entityId'], idInput === undefined ? undefined : input[idInput], row['Id'], row['id']].find(
    (id): id is string => typeof id === 'string' && id !== '',
  );
}

function parsedFields(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'string')
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  try {
    return parsedFields(JSON.parse(value));
  } catch {
    return {};
  }
}

function resultTooLarge({ operationId }: Command, outcome: FinalOutcome): object {
  const error = new ConnectorError(
    'FAILED_PRECONDITION',
    'the result exceeds the size of a Pub/Sub message; request fewer rows or fields',
    {
      reason: 'RESULT_TOO_LARGE',
    },
  );
  error.operationId = operationId;
  error.effect = outcome.kind === 'succeeded' ? outcome.result.effect : (outcome.error.effect ?? 'unknown');
  return errorBody(error);
}
