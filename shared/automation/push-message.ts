import * as z from 'zod';
import { shown } from '../bounds.ts';
import { isOperationId } from '../operations/request/ids.ts';
import { ConnectorError, invalid } from '../errors.ts';
import { optional, readFields, required } from '../fields.ts';

/** A Pub/Sub message, whatever shape it came in. */
export interface Arrived {
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

export interface Head {
  /** A header in lower case. */
  header(name: string): string | undefined;
}

/**
 * Reads a delivery: Pub/Sub's own push, a CloudEvent in binary mode (headers) or in structured mode (one object, also as
 * the framework hands it to a CloudEvent function). Throws INVALID_ARGUMENT for what is no Pub/Sub message: nobody
 * acknowledges it then, so nothing is lost without a word.
 */
export function arrivedFrom(body: unknown, head?: Head): Arrived {
  const type = head?.header('content-type') ?? '';
  if (/^application\/cloudevents-batch\+json/i.test(type) || Array.isArray(body) || Buffer.isBuffer(body)) {
    throw new ConnectorError('INVALID_ARGUMENT', 'one message a request: a batch of CloudEvents is not taken', {
      reason: 'BATCH_NOT_TAKEN',
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
  throw invalid([{ field: 'type', description: `${shown(type)} is not taken: events must be ${MESSAGE_PUBLISHED}` }]);
}

function isTexts(value: unknown): boolean {
  if (value === null) return true;
  if (typeof value !== 'object' || Array.isArray(value)) return false;
  const texts = value as Readonly<Record<string, unknown>>;
  return Object.keys(texts).every((name) => typeof texts[name] === 'string');
}

function message(body: unknown): Arrived {
  const { data: pushed } = readFields(PUSH, treeOf(body), 'ignored');
  const { data: found } = readFields(MESSAGE, treeOf(pushed?.message), 'ignored');
  const id = found?.messageId ?? found?.message_id ?? '';
  if (pushed === undefined || found === undefined || id === '') {
    throw new ConnectorError(
      'INVALID_ARGUMENT',
      'the body is no Pub/Sub message: {"message": {"data", "attributes", "messageId"}}',
      {
        reason: 'NO_MESSAGE',
      },
    );
  }
  // It is the message's operationId, and so a key at Stripe: Pub/Sub's own are digits.
  if (!isOperationId(id))
    throw invalid([{ field: 'message.messageId', description: 'must be 1 to 255 visible ASCII characters' }]);
  const published = Date.parse(found.publishTime ?? found.publish_time ?? '');
  return {
    id,
    data: found.data ?? '',
    attributes: found.attributes ?? {},
    publishedMs: Number.isNaN(published) ? undefined : published,
    orderingKey: found.orderingKey ?? '',
    deliveryAttempt: pushed.deliveryAttempt ?? undefined,
  };
}
