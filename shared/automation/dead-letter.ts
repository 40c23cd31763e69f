import type { Connector } from '../operations/connector.ts';
import { MAX_TEXT_LENGTH } from '../bounds.ts';
import { textWithoutFile, withoutFile } from '../stripe/file-part.ts';
import { exactText, plainNumbers } from '../json/written-number.ts';
import { errorBody, type ConnectorError } from '../errors.ts';
import { fingerprintOf } from '../idempotency/fingerprint.ts';
import type { DeadLetter } from '../ports/dead-letter-store.ts';
import { carriesSecret, cut, redact, redactValue } from '../redact.ts';
import { decodeJsonBytes } from '../json/utf8.ts';
import { yieldIfLarge } from '../http/event-loop.ts';
import { connectionSource, eventId, eventMessage, isPublishable } from '../http/cloud-event.ts';
import { isBase64 } from './payload.ts';
import type { PubsubMessage } from './push-message.ts';
import { AS_ARRIVED, LAST_RETRIED_KEY_VERSION, type Command } from './commands.ts';
import { replayOf } from './redrive.ts';

const TYPE = 'stripe-connector.operation.deadlettered.v1';
/** Maximum number of characters of the payload in a published dead letter. */
const MAX_PREVIEW_LENGTH = 10_000;
/**
 * Maximum size of a message that is stored for a replay, as JSON. A Firestore document has at most 1 MiB.
 * https://cloud.google.com/firestore/quotas
 */
const MAX_STORED_BYTES = 900_000;

/**
 * Stores a message that failed permanently, so that `stripe-connector dead-letters` can list and replay it. Publishes
 * the redacted message to the dead-letter topic. If the message is redelivered, its dead letter is overwritten.
 */
export async function toDeadLetter(
  connector: Connector,
  pubsubMessage: PubsubMessage,
  command: Command,
  error: ConnectorError,
): Promise<void> {
  const { settings, deps, deadLetters, publisher, clock } = connector;
  const { length } = pubsubMessage.data;
  await yieldIfLarge(length);
  const payload = plainNumbers(command.raw);
  const redactedPayload = redactValue(payload, [], MAX_PREVIEW_LENGTH);
  await yieldIfLarge(length);
  const original = originalOf(pubsubMessage, command, payload);
  await yieldIfLarge(length);
  const deadLetter = deadLetterOf(settings.name, pubsubMessage, command, error, {
    atMs: clock.epochMs(),
    redactedPayload,
    original,
  });
  await deadLetters.put(deadLetter, deps.operationRetentionUs / 1000);
  if (settings.deadLetterTopic === undefined) return;
  await yieldIfLarge(length);
  const preview = isReadable(command)
    ? JSON.stringify(redactedWithoutFile(command.raw, redactedPayload))
    : redact(textWithoutFile(lossyText(pubsubMessage.data)), [], MAX_PREVIEW_LENGTH);
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
      written: cut(preview, MAX_PREVIEW_LENGTH),
      ...errorBody(error),
    },
    attributes: { operationId: deadLetter.operationId, reason: deadLetter.reason, fingerprint: deadLetter.fingerprint },
  });
  await publisher.publish(settings.deadLetterTopic, message);
}

/**
 * Redacts fields for a dead letter, without the content of a file. Fields without a file are redacted already:
 * `redactedPayload`.
 */
function redactedWithoutFile(fields: Readonly<Record<string, unknown>>, redactedPayload: unknown): unknown {
  const rest = withoutFile(fields);
  return rest === fields ? redactedPayload : redactValue(plainNumbers(rest), [], MAX_PREVIEW_LENGTH);
}

/** The time of a dead letter, and the forms in which it contains the payload. */
interface PreparedPayload {
  readonly atMs: number;
  readonly redactedPayload: unknown;
  readonly original: DeadLetter['original'];
}

function deadLetterOf(
  connection: string,
  message: PubsubMessage,
  command: Command,
  error: ConnectorError,
  { atMs, redactedPayload, original }: PreparedPayload,
): DeadLetter {
  const keyVersion = error.keyVersion ?? lastRetriedKeyVersionOf(message) + 1;
  return {
    id: eventId(connection, command.operationId, 'dead', String(keyVersion)),
    operationId: command.operationId,
    atMs,
    reason: error.details.reason,
    message: redact(error.message, [], MAX_TEXT_LENGTH),
    // The fingerprint is a hash of the redacted payload, because a hash of a card number can be reversed by trying all
    // card numbers.
    // https://docs.stripe.com/security/guide
    fingerprint: fingerprintOf(redactedPayload),
    keyVersion,
    original,
    replayedMs: 0,
  };
}

/**
 * Returns the message to store for a replay. `payload` is the input of the command with JavaScript numbers. Only the
 * check for secrets reads it. Returns null if the message contains credentials or card data, is too large to store or
 * publish, or is not UTF-8, or if a replay would differ from it.
 */
function originalOf(message: PubsubMessage, command: Command, payload: unknown): DeadLetter['original'] {
  const readable = isReadable(command);
  const isCommand = readable && command.untranslated !== true;
  const data = readable ? replayedData(command) : decodeUtf8(message.data);
  if (data === undefined || command.notReplayable === true) return null;
  const attributes = isCommand ? {} : { ...publisherAttributes(message.attributes), [AS_ARRIVED]: 'true' };
  const { orderingKey } = message;
  const original = { data, attributes, orderingKey };
  if (Buffer.byteLength(JSON.stringify(original)) > MAX_STORED_BYTES) return null;
  if (!isPublishable(replayOf(original, command.operationId, 0))) return null;
  return carriesSecret([readable ? payload : data, attributes, { orderingKey }]) ? null : original;
}

/**
 * Returns the attributes that the publisher set, without those that Pub/Sub adds, such as `googclient_schemaencoding`.
 * Pub/Sub rejects a published message that has such an attribute.
 * https://cloud.google.com/pubsub/docs/publisher#using-attributes
 */
function publisherAttributes(attributes: PubsubMessage['attributes']): PubsubMessage['attributes'] {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !name.startsWith('goog')));
}

/**
 * Decodes the data of a message. Returns undefined if the data is not base64 or not UTF-8, because a replay of the
 * decoded text would differ from the original message.
 */
function decodeUtf8(data: string): string | undefined {
  return isBase64(data) ? decodeJsonBytes(Buffer.from(data, 'base64')) : undefined;
}

/** A command whose input is an object. */
type ReadableCommand = Command & { readonly raw: Readonly<Record<string, unknown>> };

/** Returns the data of a replay: the fields of the command with its operation id, or the data of another sender. */
function replayedData({ raw, operationId, untranslated }: ReadableCommand): string {
  return exactText(untranslated === true ? raw : { ...raw, operationId });
}

/** Returns whether the fields of the command could be parsed. */
function isReadable(command: Command): command is ReadableCommand {
  return typeof command.raw === 'object' && command.raw !== null;
}

/** Decodes data that could not be parsed, for the dead-letter topic. Invalid UTF-8 becomes U+FFFD. */
function lossyText(data: string): string {
  return Buffer.from(data, 'base64').toString('utf8');
}

/**
 * Returns the highest version of the idempotency key with which the operation failed before this replay. A message that
 * is not a replay has -1.
 */
export function lastRetriedKeyVersionOf({ attributes }: PubsubMessage): number {
  const input = attributes[LAST_RETRIED_KEY_VERSION] ?? '';
  return /^\d{1,6}$/.test(input) ? Number(input) : -1;
}
