import * as z from 'zod';
import { quoted } from '../bounds.ts';
import { isOperationId } from '../operations/request/ids.ts';
import { ConnectorError, invalidArgument } from '../errors.ts';
import { optional, readFields, required } from '../fields.ts';

/** A Pub/Sub message, whatever shape it came in. */
export interface PubsubMessage {
  readonly id: string;
  /** As Pub/Sub carries it: base64; empty where the message has attributes alone. */
  readonly data: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Milliseconds since 1970; undefined where nobody said. */
  readonly publishedMs: number | undefined;
  readonly orderingKey: string;
  /** How often it was delivered, this time included; undefined where the subscription has no dead-letter policy. */
  readonly deliveryAttempt: number | undefined;
}

/** Type of the CloudEvents that Eventarc makes of messages. https://cloud.google.com/eventarc/docs/cloudevents */
const MESSAGE_PUBLISHED = 'google.cloud.pubsub.topic.v1.messagePublished';

const text = optional(() => z.string().nullable());
const MESSAGE = {
  data: text,
  // Looked at up to the first that is no text: a delivery may carry a million.
  attributes: optional(() => z.custom<Readonly<Record<string, string>> | null>(isTexts)),
  messageId: text,
  message_id: text,
  publishTime: text,
  publish_time: text,
  orderingKey: text,
} as const;

/** What a push subscription sends; Eventarc's CloudEvents carry the same as their data. https://cloud.google.com/pubsub/docs/push */
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
  /** A header in lower case. */
  header(name: string): string | undefined;
}

/**
 * Reads a delivery: Pub/Sub's own push, a CloudEvent in binary mode (headers) or in structured mode (one object, also as
 * the framework hands it to a CloudEvent function). Throws INVALID_ARGUMENT for what is no Pub/Sub message: nobody
 * acknowledges it then, so nothing is lost without a word.
 */
export function parsePushRequest(body: unknown, head?: PubsubMessageInfo): PubsubMessage {
  const type = head?.header('content-type') ?? '';
  if (/^application\/cloudevents-batch\+json/i.test(type) || Array.isArray(body) || Buffer.isBuffer(body)) {
    throw new ConnectorError('INVALID_ARGUMENT', 'one message a request: a batch of CloudEvents is not taken', {
      reason: 'BATCH_UNSUPPORTED',
      http: 415,
    });
  }
  const binary = head?.header('ce-type');
  if (binary !== undefined) checkType(binary);
  const { data: event } = readFields(CLOUD_EVENT, treeOf(body), 'ignored');
  if (event === undefined) return message(body);
  checkType(event.type);
  return message(event.data);
}

function treeOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function checkType(type: string): void {
  if (type === MESSAGE_PUBLISHED) return;
  throw invalidArgument([
    { field: 'type', description: `${quoted(type)} is not taken: events must be ${MESSAGE_PUBLISHED}` },
  ]);
}

function isTexts(value: unknown): boolean {
  if (value === null) return true;
  if (typeof value !== 'object' || Array.isArray(value)) return false;
  const texts = value as Readonly<Record<string, unknown>>;
  return Object.keys(texts).every((name) => typeof texts[name] === 'string');
}

function message(body: unknown): PubsubMessage {
  const { data: pushed } = readFields(PUSH, treeOf(body), 'ignored');
  const { data: read } = readFields(MESSAGE, treeOf(pushed?.message), 'ignored');
  const id = read?.messageId ?? read?.message_id ?? '';
  if (pushed === undefined || read === undefined || id === '') {
    throw new ConnectorError(
      'INVALID_ARGUMENT',
      'the body is no Pub/Sub message: {"message": {"data", "attributes", "messageId"}}',
      {
        reason: 'NOT_A_PUBSUB_MESSAGE',
      },
    );
  }
  // It is the message's operationId, and so a key at Stripe: Pub/Sub's own are digits.
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
