import * as z from 'zod';
import { ConnectorError, invalid } from '../../errors.ts';
import { lazily } from '../../lazily.ts';

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

/** What a push subscription sends; Eventarc's CloudEvents carry the same as their data. https://cloud.google.com/pubsub/docs/push */
const push = lazily(() => {
  const text = z.string().nullish();
  return z.object({
    message: z.object({
      data: text,
      attributes: z.record(z.string(), z.string()).nullish(),
      messageId: text,
      message_id: text,
      publishTime: text,
      publish_time: text,
      orderingKey: text,
    }),
    deliveryAttempt: z.number().int().positive().nullish(),
  });
});

const cloudEvent = lazily(() =>
  z.object({ specversion: z.string(), id: z.string().min(1), type: z.string(), data: z.unknown() }),
);

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
  const event = cloudEvent().safeParse(body);
  if (!event.success) return message(body);
  checkType(event.data.type);
  return message(event.data.data);
}

function checkType(type: string): void {
  if (type === MESSAGE_PUBLISHED) return;
  throw invalid([{ field: 'type', description: `${type} is not taken: events must be ${MESSAGE_PUBLISHED}` }]);
}

function message(body: unknown): Arrived {
  const parsed = push().safeParse(body);
  const found = parsed.success ? parsed.data.message : undefined;
  const id = found?.messageId ?? found?.message_id ?? '';
  if (!parsed.success || found === undefined || id === '') {
    throw new ConnectorError(
      'INVALID_ARGUMENT',
      'the body is no Pub/Sub message: {"message": {"data", "attributes", "messageId"}}',
      {
        reason: 'NO_MESSAGE',
      },
    );
  }
  const published = Date.parse(found.publishTime ?? found.publish_time ?? '');
  return {
    id,
    data: found.data ?? '',
    attributes: found.attributes ?? {},
    publishedMs: Number.isNaN(published) ? undefined : published,
    orderingKey: found.orderingKey ?? '',
    deliveryAttempt: parsed.data.deliveryAttempt ?? undefined,
  };
}
