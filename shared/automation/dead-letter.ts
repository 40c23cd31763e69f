import type { Connector } from '../operations/connector.ts';
import { MAX_TEXT_LENGTH } from '../bounds.ts';
import { textWithoutFile, withoutFile } from '../stripe/file-part.ts';
import { exactText, plainNumbers } from '../json/written-number.ts';
import { errorBody, type ConnectorError } from '../errors.ts';
import { fingerprintOf } from '../idempotency/record.ts';
import type { DeadLetter } from '../ports/dead-letter-store.ts';
import { carriesSecret, cut, redact, redactValue } from '../redact.ts';
import { utf8 } from '../json/utf8.ts';
import { betweenWalks } from '../http/event-loop.ts';
import { connectionSource, eventId, eventMessage, isPublishable } from '../http/cloud-event.ts';
import type { PubsubMessage } from './push-message.ts';
import { RETRY_OF, type Command } from './commands.ts';
import { replayOf } from './redrive.ts';

const TYPE = 'stripe-connector.operation.deadlettered.v1';
/** Characters of a payload that a dead letter shows at most. */
const MAX_PREVIEW_LENGTH = 10_000;
/** Bytes of a message that is kept for a replay at most, as JSON: a document of Firestore holds 1 MiB. https://cloud.google.com/firestore/quotas */
const MAX_STORED_BYTES = 900_000;

/**
 * Stores a message that failed permanently, for `npm run dead-letters`, and publishes it redacted to the dead-letter topic.
 * A repeat overwrites the same dead letter.
 */
export async function toDeadLetter(
  connector: Connector,
  pubsubMessage: PubsubMessage,
  command: Command,
  error: ConnectorError,
): Promise<void> {
  const { settings, deps, deadLetters, publisher, clock } = connector;
  const { length } = pubsubMessage.data;
  await betweenWalks(length);
  const payload = plainNumbers(command.raw);
  const shown = redactValue(payload, [], MAX_PREVIEW_LENGTH);
  await betweenWalks(length);
  const original = keptOf(pubsubMessage, command, payload);
  await betweenWalks(length);
  const deadLetter = letterOf(settings.name, pubsubMessage, command, error, { atMs: clock.epochMs(), shown, original });
  await deadLetters.put(deadLetter, deps.operationsKeptUs / 1000);
  if (settings.deadLetterTopic === undefined) return;
  await betweenWalks(length);
  const written = isReadable(command)
    ? JSON.stringify(shownWithoutFile(command.raw, shown))
    : redact(textWithoutFile(plain(pubsubMessage.data)), [], MAX_PREVIEW_LENGTH);
  const message = eventMessage({
    id: deadLetter.id,
    source: connectionSource(settings.name),
    type: TYPE,
    subject: deadLetter.operationId,
    timeMs: deadLetter.atMs,
    data: {
      id: deadLetter.id,
      operationId: deadLetter.operationId,
      messageId: pubsubMessage.id,
      reason: deadLetter.reason,
      fingerprint: deadLetter.fingerprint,
      replayable: deadLetter.original !== null,
      written: cut(written, MAX_PREVIEW_LENGTH),
      ...errorBody(error),
    },
    attributes: { operationId: deadLetter.operationId, reason: deadLetter.reason, fingerprint: deadLetter.fingerprint },
  });
  await publisher.publish(settings.deadLetterTopic, message);
}

function shownWithoutFile(written: Readonly<Record<string, unknown>>, shown: unknown): unknown {
  const rest = withoutFile(written);
  return rest === written ? shown : redactValue(plainNumbers(rest), [], MAX_PREVIEW_LENGTH);
}

/** What was worked out of the payload. `shown`: it as it may be shown. */
interface Worked {
  readonly atMs: number;
  readonly shown: unknown;
  readonly original: DeadLetter['original'];
}

function letterOf(
  connection: string,
  message: PubsubMessage,
  command: Command,
  error: ConnectorError,
  { atMs, shown, original }: Worked,
): DeadLetter {
  const keyVersion = error.keyVersion ?? retryOf(message) + 1;
  return {
    id: eventId(connection, command.operationId, 'dead', String(keyVersion)),
    operationId: command.operationId,
    atMs,
    reason: error.details.reason,
    message: redact(error.message, [], MAX_TEXT_LENGTH),
    // A hash of a card number can be guessed: it is that of what may be shown. https://docs.stripe.com/security/guide
    fingerprint: fingerprintOf(shown),
    keyVersion,
    original,
    replayedMs: 0,
  };
}

/**
 * What a replay publishes. `payload`: its fields in plain numbers. Null where it holds credentials or card data, is too large to be kept or published, or is not what
 * was written.
 */
function keptOf(message: PubsubMessage, command: Command, payload: unknown): DeadLetter['original'] {
  const readable = isReadable(command);
  const data = readable ? exactText({ ...command.raw, operationId: command.operationId }) : textOf(message.data);
  if (data === undefined || command.inexact === true) return null;
  const attributes = readable ? {} : ownOf(message.attributes);
  const { orderingKey } = message;
  const original = { data, attributes, orderingKey };
  if (Buffer.byteLength(JSON.stringify(original)) > MAX_STORED_BYTES) return null;
  if (!isPublishable(replayOf(original, command.operationId, 0))) return null;
  return carriesSecret([readable ? payload : data, attributes, { orderingKey }]) ? null : original;
}

/** Drops the attributes that Pub/Sub adds, such as `googclient_schemaencoding`: Pub/Sub rejects them from publishers. https://cloud.google.com/pubsub/docs/publisher#using-attributes */
function ownOf(attributes: PubsubMessage['attributes']): PubsubMessage['attributes'] {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !name.startsWith('goog')));
}

/** Data that is no text would be published again as another. */
function textOf(data: string): string | undefined {
  return utf8(Buffer.from(data, 'base64'));
}

/** Whether its fields could be told; else the data is what there is. */
function isReadable(command: Command): command is Command & { readonly raw: Readonly<Record<string, unknown>> } {
  return typeof command.raw === 'object' && command.raw !== null;
}

/** The text of data that could not be parsed, for the dead-letter topic. */
function plain(data: string): string {
  return Buffer.from(data, 'base64').toString('utf8');
}

/** Failures up to this key version are those that a replay comes after; -1 for what is no replay. */
export function retryOf({ attributes }: PubsubMessage): number {
  const input = attributes[RETRY_OF] ?? '';
  return /^\d{1,6}$/.test(input) ? Number(input) : -1;
}
