import * as z from 'zod/mini';
import { quoted } from '../bounds.ts';
import { isOperationId } from '../operations/request/ids.ts';
import { ConnectorError, invalidArgument } from '../errors.ts';
import { isObject } from '../is-object.ts';
import { lazy } from '../memoize.ts';

/** A Pub/Sub message, independent of how it was delivered. */
export interface PubsubMessage {
  readonly id: string;
  /** Base64, as Pub/Sub delivers it. Empty if the message has attributes only. */
  readonly data: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Milliseconds since 1970. Undefined if the delivery has no valid publish time. */
  readonly publishedMs: number | undefined;
  readonly orderingKey: string;
  /** Number of deliveries including this one. Undefined if the subscription has no dead-letter policy. */
  readonly deliveryAttempt: number | undefined;
}

/** Type of the CloudEvents that Eventarc creates from messages. https://cloud.google.com/eventarc/docs/cloudevents */
const MESSAGE_PUBLISHED = 'google.cloud.pubsub.topic.v1.messagePublished';

/** The body of a push delivery, and the data of Eventarc's CloudEvents. https://cloud.google.com/pubsub/docs/push */
const push = lazy(() => {
  const text = z.nullish(z.string());
  return z.object({
    message: z.object({
      data: text,
      // This check stops at the first value that is not a string. `z.record` would report an issue for every such
      // value, up to a million.
      attributes: z.nullish(z.custom<Readonly<Record<string, string>>>(isStringMap)),
      messageId: text,
      message_id: text,
      publishTime: text,
      publish_time: text,
      orderingKey: text,
    }),
    deliveryAttempt: z.nullish(z.int().check(z.positive())),
  });
});

const cloudEvent = lazy(() =>
  z.object({
    specversion: z.string(),
    id: z.string().check(z.minLength(1)),
    type: z.string(),
    data: z.optional(z.unknown()),
  }),
);

/** The HTTP request of a delivery. */
export interface PushRequest {
  /** Returns a header by its lower-case name. */
  header(name: string): string | undefined;
}

/**
 * Parses a delivery: Pub/Sub's push, or a CloudEvent in binary mode (headers) or structured mode (the body is the whole
 * event; the Functions Framework passes the same object to a CloudEvent function).
 *
 * @throws ConnectorError INVALID_ARGUMENT if the body is not a Pub/Sub message. The delivery is then not acknowledged,
 *   so it is not lost.
 */
export function parsePushRequest(body: unknown, request?: PushRequest): PubsubMessage {
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
  const { data: event } = cloudEvent().safeParse(body);
  if (event === undefined) return pushedMessage(body);
  checkType(event.type);
  return pushedMessage(event.data);
}

function checkType(type: string): void {
  if (type === MESSAGE_PUBLISHED) return;
  throw invalidArgument([
    { field: 'type', description: `${quoted(type)} is not supported; the type must be ${MESSAGE_PUBLISHED}` },
  ]);
}

function isStringMap(value: unknown): boolean {
  return isObject(value) && Object.keys(value).every((name) => typeof value[name] === 'string');
}

function pushedMessage(body: unknown): PubsubMessage {
  const { data: delivery } = push().safeParse(body);
  const message = delivery?.message;
  const id = message?.messageId ?? message?.message_id ?? '';
  if (message === undefined || id === '') {
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
  const published = Date.parse(message.publishTime ?? message.publish_time ?? '');
  return {
    id,
    data: message.data ?? '',
    attributes: message.attributes ?? {},
    publishedMs: Number.isNaN(published) ? undefined : published,
    orderingKey: message.orderingKey ?? '',
    deliveryAttempt: delivery?.deliveryAttempt ?? undefined,
  };
}
