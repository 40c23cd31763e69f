import type { Connector } from '../operations/connector.ts';
import { LONGEST_TEXT } from '../bounds.ts';
import { textWithoutFile, withoutFile } from '../stripe/file-part.ts';
import { exactText, plainNumbers } from '../json/written-number.ts';
import { errorBody, type ConnectorError } from '../errors.ts';
import { fingerprintOf } from '../idempotency/record.ts';
import type { DeadLetter } from '../ports/dead-letter-store.ts';
import { carriesSecret, cut, redact, redactValue } from '../redact.ts';
import { utf8 } from '../json/utf8.ts';
import { betweenWalks } from '../http/event-loop.ts';
import { connectionSource, eventId, eventMessage, isPublishable } from '../http/cloud-event.ts';
import type { Arrived } from './push-message.ts';
import { RETRIES_AFTER, type Ask } from './commands.ts';
import { replayOf } from './redrive.ts';

const TYPE = 'stripe-connector.operation.deadlettered.v1';
/** Characters of a payload that a dead letter shows at most. */
const MOST_SHOWN = 10_000;
/** Bytes of a message that is kept for a replay at most, as JSON: a document of Firestore holds 1 MiB. https://cloud.google.com/firestore/quotas */
const LARGEST_KEPT = 900_000;

/**
 * Stores a message that failed permanently, for `npm run dead-letters`, and publishes it redacted to the dead-letter topic.
 * A repeat overwrites the same dead letter.
 */
export async function deadLetter(
  connector: Connector,
  arrived: Arrived,
  ask: Ask,
  error: ConnectorError,
): Promise<void> {
  const { settings, parts, deadLetters, publisher, clock } = connector;
  const { length } = arrived.data;
  await betweenWalks(length);
  const payload = plainNumbers(ask.written);
  const shown = redactValue(payload, [], MOST_SHOWN);
  await betweenWalks(length);
  const original = keptOf(arrived, ask, payload);
  await betweenWalks(length);
  const letter = letterOf(settings.name, arrived, ask, error, { atMs: clock.epochMs(), shown, original });
  await deadLetters.put(letter, parts.operationsKeptUs / 1000);
  if (settings.deadLetterTopic === undefined) return;
  await betweenWalks(length);
  const written = isReadable(ask)
    ? JSON.stringify(shownWithoutFile(ask.written, shown))
    : redact(textWithoutFile(plain(arrived.data)), [], MOST_SHOWN);
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
      written: cut(written, MOST_SHOWN),
      ...errorBody(error),
    },
    attributes: { operationId: letter.operationId, reason: letter.reason, fingerprint: letter.fingerprint },
  });
  await publisher.publish(settings.deadLetterTopic, message);
}

function shownWithoutFile(written: Readonly<Record<string, unknown>>, shown: unknown): unknown {
  const rest = withoutFile(written);
  return rest === written ? shown : redactValue(plainNumbers(rest), [], MOST_SHOWN);
}

/** What was worked out of the payload. `shown`: it as it may be shown. */
interface Worked {
  readonly atMs: number;
  readonly shown: unknown;
  readonly original: DeadLetter['original'];
}

function letterOf(
  connection: string,
  arrived: Arrived,
  ask: Ask,
  error: ConnectorError,
  { atMs, shown, original }: Worked,
): DeadLetter {
  const generation = error.generation ?? retriesAfterOf(arrived) + 1;
  return {
    id: eventId(connection, ask.operationId, 'dead', String(generation)),
    operationId: ask.operationId,
    atMs,
    reason: error.facts.reason,
    message: redact(error.message, [], LONGEST_TEXT),
    // A hash of a card number can be guessed: it is that of what may be shown. https://docs.stripe.com/security/guide
    fingerprint: fingerprintOf(shown),
    generation,
    original,
    replayedMs: 0,
  };
}

/**
 * What a replay publishes. `payload`: its fields in plain numbers. Null where it holds credentials or card data, is too large to be kept or published, or is not what
 * was written.
 */
function keptOf(arrived: Arrived, ask: Ask, payload: unknown): DeadLetter['original'] {
  const readable = isReadable(ask);
  const data = readable ? exactText({ ...ask.written, operationId: ask.operationId }) : textOf(arrived.data);
  if (data === undefined || ask.inexact === true) return null;
  const attributes = readable ? {} : ownOf(arrived.attributes);
  const { orderingKey } = arrived;
  const original = { data, attributes, orderingKey };
  if (Buffer.byteLength(JSON.stringify(original)) > LARGEST_KEPT) return null;
  if (!isPublishable(replayOf(original, ask.operationId, 0))) return null;
  return carriesSecret([readable ? payload : data, attributes, { orderingKey }]) ? null : original;
}

/** Drops the attributes that Pub/Sub adds, such as `googclient_schemaencoding`: Pub/Sub rejects them from publishers. https://cloud.google.com/pubsub/docs/publisher#using-attributes */
function ownOf(attributes: Arrived['attributes']): Arrived['attributes'] {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !name.startsWith('goog')));
}

/** Data that is no text would be published again as another. */
function textOf(data: string): string | undefined {
  return utf8(Buffer.from(data, 'base64'));
}

/** Whether its fields could be told; else the data is what there is. */
function isReadable(ask: Ask): ask is Ask & { readonly written: Readonly<Record<string, unknown>> } {
  return typeof ask.written === 'object' && ask.written !== null;
}

/** The text of data that could not be parsed, for the dead-letter topic. */
function plain(data: string): string {
  return Buffer.from(data, 'base64').toString('utf8');
}

/** Failures up to this key's generation are those that a replay comes after; -1 for what is no replay. */
export function retriesAfterOf({ attributes }: Arrived): number {
  const given = attributes[RETRIES_AFTER] ?? '';
  return /^\d{1,6}$/.test(given) ? Number(given) : -1;
}
