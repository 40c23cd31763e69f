import type { Connector } from '../../core/connector.ts';
import { errorBody, type ConnectorError } from '../../errors.ts';
import { fingerprintOf } from '../../idempotency/operation.ts';
import type { DeadLetter } from '../../ports/dead-letters.ts';
import { carriesSecret, redact, redactValue } from '../../redact.ts';
import { connectionSource, eventId, eventMessage } from '../cloud-event.ts';
import type { Arrived } from './arrived.ts';
import { RETRIES_AFTER, type Ask } from './asks.ts';

const TYPE = 'stripe-connector.operation.deadlettered.v1';
/** Characters of a payload that a dead letter shows at most. */
const MOST_SHOWN = 10_000;
/** Characters beyond, so that no secret is cut in two before it is redacted. */
const MARGIN = 500;

/**
 * Puts aside what failed for good: whole into the store, for `npm run dead-letters`, and redacted to the dead-letter
 * topic, for whoever is to know. A repeat overwrites the same letter.
 */
export async function deadLetter(
  connector: Connector,
  arrived: Arrived,
  ask: Ask,
  error: ConnectorError,
): Promise<void> {
  const { settings, parts, deadLetters, publisher, clock } = connector;
  const letter = letterOf(settings.name, arrived, ask, error, clock.epochMs());
  await deadLetters.put(letter, parts.operationsKeptUs / 1000);
  if (settings.deadLetterTopic === undefined) return;
  const written = isReadable(ask)
    ? JSON.stringify(redactValue(ask.written))
    : redact(plain(arrived.data).slice(0, MOST_SHOWN + MARGIN));
  const message = eventMessage({
    id: letter.id,
    source: connectionSource(settings.name),
    type: TYPE,
    subject: letter.operationId,
    timeMs: letter.atMs,
    data: {
      id: letter.id,
      operationId: letter.operationId,
      messageId: arrived.id,
      reason: letter.reason,
      fingerprint: letter.fingerprint,
      replayable: letter.original !== null,
      written: written.slice(0, MOST_SHOWN),
      ...errorBody(error),
    },
    attributes: { operationId: letter.operationId, reason: letter.reason, fingerprint: letter.fingerprint },
  });
  await publisher.publish(settings.deadLetterTopic, message);
}

function letterOf(connection: string, arrived: Arrived, ask: Ask, error: ConnectorError, atMs: number): DeadLetter {
  const generation = error.generation ?? retriesAfterOf(arrived) + 1;
  const readable = isReadable(ask);
  const whole = readable ? ask.written : [plain(arrived.data), arrived.attributes];
  return {
    id: eventId(connection, ask.operationId, 'dead', String(generation)),
    operationId: ask.operationId,
    atMs,
    reason: error.facts.reason,
    message: redact(error.message),
    fingerprint: fingerprintOf(ask.written),
    generation,
    original: carriesSecret(whole)
      ? null
      : {
          data: readable ? JSON.stringify({ ...ask.written, operationId: ask.operationId }) : plain(arrived.data),
          attributes: readable ? {} : arrived.attributes,
          orderingKey: arrived.orderingKey,
        },
    replayedMs: 0,
  };
}

/** Whether its fields could be told; else the data is what there is. */
function isReadable(ask: Ask): ask is Ask & { readonly written: object } {
  return typeof ask.written === 'object' && ask.written !== null;
}

/** Data that could not be read is published again as the same bytes, if these are text at all. */
function plain(data: string): string {
  return Buffer.from(data, 'base64').toString('utf8');
}

/** Failures up to this key's generation are those that a replay comes after; -1 for what is no replay. */
export function retriesAfterOf({ attributes }: Arrived): number {
  const given = attributes[RETRIES_AFTER] ?? '';
  return /^\d{1,6}$/.test(given) ? Number(given) : -1;
}
