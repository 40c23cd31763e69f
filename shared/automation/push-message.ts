import * as z from 'zod';
import { quoted } from '../bounds.ts';
import { isOperationId } from '../operations/request/ids.ts';
import { ConnectorError, invalidArgument } from '../errors.ts';
import { optional, readFields, required } from '../fields.ts';

/** A Pub/Sub message, whichever way it was delivered. */
export interface PubsubMessage {
  readonly id: string;
  /** Base64, as Pub/Sub delivers it. Empty if the message has attributes only. */
  readonly data: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Milliseconds since 1970. Undefined if the delivery does not have it. */
  readonly publishedMs: number | undefined;
  readonly orderingKey: string;
  /** Number of deliveries including this one. Undefined if the subscription has no dead-letter policy. */
  readonly deliveryAttempt: number | undefined;
}

/** Type of the CloudEvents that Eventarc creates from messages. https://cloud.google.com/eventarc/docs/cloudevents */
const MESSAGE_PUBLISHED = 'google.cloud.pubsub.topic.v1.messagePublished';

const optionalText = optional(() => z.string().nullable());
const MESSAGE = {
  data: optionalText,
  // Checked up to the first value that is not a string: a delivery may have a million attributes.
  attributes: optional(() => z.custom<Readonly<Record<string, string>> | null>(isTexts)),
  messageId: optionalText,
  message_id: optionalText,
  publishTime: optionalText,
  publish_time: optionalText,
  orderingKey: optionalText,
} as const;

/** The body of a push delivery, and the data of Eventarc's CloudEvents. https://cloud.google.com/pubsub/docs/push */
const PUSH = {
  message: required(() => z.record(z.string(), z.unknown())),
  deliveryAttempt: optional(() => z.number().int().positive().nullable()),
} as const;

const CLOUD_EVENT = {
  specversion: required(() => z.string()),
  id: required(() => z.string().min(1)),
  type: required(() => z.string()),
  data: optional(() => z.unknown()),
} as const;

export interface PubsubMessageInfo {
  /** Returns a header by its lower-case name. */
  header(name: string): string | undefined;
}

/**
 * Parses a delivery: Pub/Sub's push, or a CloudEvent in binary mode (headers) or structured mode (one object, which the
 * framework also passes to a CloudEvent function).
 *
 * @throws ConnectorError INVALID_ARGUMENT if it is not a Pub/Sub message. It is not acknowledged then, so it is not
 *   lost.
 */
export function parsePushRequest(body: unknown, request?: PubsubMessageInfo): PubsubMessage {
  const type = request?.header('content-type') ?? '';
  if (/^application\/cloudevents-batch\+json/i.test(type) || Array.isArray(body) || Buffer.isBuffer(body)) {
    throw new ConnectorError(
      'INVALID_ARGUMENT',
      'batches of CloudEvents are not supported; send one message per request',
      {
        reason: 'BATCH_UNSUPPORTED',
        http: 415,
      },
    );
  }
  const binary = request?.header('ce-type');
  if (binary !== undefined) checkType(binary);
  const { data: event } = readFields(CLOUD_EVENT, eventObject(body), 'ignored');
  if (event === undefined) return message(body);
  checkType(event.type);
  return message(event.data);
}

function eventObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function checkType(type: string): void {
  if (type === MESSAGE_PUBLISHED) return;
  throw invalidArgument([
    { field: 'type', description: `${quoted(type)} is not supported; the type must be ${MESSAGE_PUBLISHED}` },
  ]);
}

function isTexts(value: unknown): boolean {
  if (value === null) return true;
  if (typeof value !== 'object' || Array.isArray(value)) return false;
  const texts = value as Readonly<Record<string, unknown>>;
  return Object.keys(texts).every((name) => typeof texts[name] === 'string');
}

function message(body: unknown): PubsubMessage {
  const { data: pushed } = readFields(PUSH, eventObject(body), 'ignored');
  const { data: read } = readFields(MESSAGE, eventObject(pushed?.message), 'ignored');
  const id = read?.messageId ?? read?.message_id ?? '';
  if (pushed === undefined || read === undefined || id === '') {
    throw new ConnectorError(
      'INVALID_ARGUMENT',
      'the body is not a Pub/Sub message; it must be {"message": {"data", "attributes", "messageId"}}',
      {
        reason: 'NOT_A_PUBSUB_MESSAGE',
      },
    );
  }
  // The id becomes the operationId and part of an idempotency key. Pub/Sub's own ids are digits.
  if (!isOperationId(id))
    throw invalidArgument([{ field: 'message.messageId', description: 'must be 1 to 255 visible ASCII characters' }]);
  const published = Date.parse(read.publishTime ?? read.publish_time ?? '');
  return {
    id,
    data: read.data ?? '',
    attributes: read.attributes ?? {},
    publishedMs: Number.isNaN(published) ? undefined : published,
    orderingKey: read.orderingKey ?? '',
    deliveryAttempt: pushed.deliveryAttempt ?? undefined,
  };
}
