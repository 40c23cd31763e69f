import { publishable } from '../stripe/sensitive-fields.ts';
import type { Connector } from '../operations/connector.ts';
import { ConnectorError, errorBody } from '../errors.ts';
import { carriesSecret } from '../redact.ts';
import { connectionSource, eventId, eventMessage, isPublishable, type CloudEvent } from '../http/cloud-event.ts';
import type { Ask } from './commands.ts';
import type { Outcome } from './execute.ts';

const TYPES = {
  succeeded: 'stripe-connector.operation.succeeded.v1',
  failed: 'stripe-connector.operation.failed.v1',
} as const;

/** An outcome that is told. */
export type Settled = Outcome & { readonly kind: 'succeeded' | 'failed' };

/** What an ask came to, as its caller over HTTP would have it, but for client secrets. */
export function bodyOf(ask: Ask, outcome: Outcome): Readonly<Record<string, unknown>> {
  if (outcome.kind !== 'succeeded') return errorBody(outcome.error);
  const { body, effect } = outcome.answer;
  const whole =
    'service' in ask.todo && ask.todo.service.writes ? { ...body, operationId: ask.operationId, effect } : body;
  return publishable(whole) as Record<string, unknown>;
}

/** Publishes what an ask came to; resolves once it is with the topic. Without a topic nobody wants to know. */
export async function publishResult(connector: Connector, ask: Ask, outcome: Settled): Promise<void> {
  const { settings, publisher } = connector;
  if (settings.resultsTopic === undefined) return;
  const event = resultEvent(connector, ask, outcome);
  const message = eventMessage(event);
  await publisher.publish(
    settings.resultsTopic,
    isPublishable(message) ? message : eventMessage({ ...event, data: tooLarge(ask, outcome) }),
  );
}

function resultEvent({ settings, clock, parts }: Connector, ask: Ask, outcome: Settled): CloudEvent {
  const data = bodyOf(ask, outcome);
  const found = objectIdOf(parts.catalogue.action(outcome.call)?.idInput, ask, data);
  // What a refused ask names as an id may be anything.
  const id = outcome.kind === 'failed' && carriesSecret(found) ? undefined : found;
  const entity = outcome.call.split('.').slice(0, -1).join('.') || outcome.call;
  const generation = outcome.kind === 'failed' ? String(outcome.error.generation ?? 0) : '';
  return {
    id: eventId(settings.name, ask.operationId, outcome.kind, generation),
    source: connectionSource(settings.name),
    type: TYPES[outcome.kind],
    subject: id === undefined ? entity : `${entity}/${id}`,
    timeMs: clock.epochMs(),
    data,
    attributes: {
      operationId: ask.operationId,
      call: outcome.call,
      outcome: outcome.kind,
      ...(outcome.kind === 'failed' ? { reason: outcome.error.facts.reason } : {}),
    },
    orderingKey: id ?? ask.operationId,
  };
}

/** The object that an ask is about: from its answer, or from what it names. */
function objectIdOf(
  idInput: string | undefined,
  ask: Ask,
  data: Readonly<Record<string, unknown>>,
): string | undefined {
  const body = 'body' in ask.todo ? ask.todo.body : {};
  const input = fieldsOf(body['connectorInputPayload']);
  const row = fieldsOf(data['connectorOutputPayload']);
  return [body['entityId'], idInput === undefined ? undefined : input[idInput], row['Id'], row['id']].find(
    (id): id is string => typeof id === 'string' && id !== '',
  );
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'string')
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  try {
    return fieldsOf(JSON.parse(value));
  } catch {
    return {};
  }
}

function tooLarge({ operationId }: Ask, outcome: Settled): object {
  const error = new ConnectorError(
    'FAILED_PRECONDITION',
    'the result is larger than a message can be; ask for fewer rows or fields',
    {
      reason: 'RESULT_TOO_LARGE',
    },
  );
  error.operationId = operationId;
  error.effect = outcome.kind === 'succeeded' ? outcome.answer.effect : (outcome.error.effect ?? 'unknown');
  return errorBody(error);
}
