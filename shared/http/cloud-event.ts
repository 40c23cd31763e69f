import { hash } from 'node:crypto';
import { isWellFormed } from '../operations/request/params/scalars.ts';
import type { Message } from '../ports/publisher.ts';

/** A CloudEvent. https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md */
export interface CloudEvent {
  /** Unique together with `source`. A republished event keeps its id. */
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject?: string | undefined;
  /** Milliseconds since 1970. */
  readonly timeMs: number;
  readonly data: unknown;
  /** Message attributes for subscription filters. Undefined attributes are omitted. */
  readonly attributes: Readonly<Record<string, string | undefined>>;
  readonly orderingKey?: string | undefined;
}

/** Maximum size of an attribute value and of an ordering key. https://cloud.google.com/pubsub/quotas#resource_limits */
const MAX_ATTRIBUTE_BYTES = 1024;
/** Maximum size of an attribute name, from the page above. */
const MAX_NAME_BYTES = 256;
/** Maximum number of attributes of a message, from the page above. */
const MAX_ATTRIBUTES = 100;

/**
 * Encodes a CloudEvent as a Pub/Sub message in binary mode: the data as the message data, the context as `ce-...`
 * attributes. https://github.com/google/knative-gcp/blob/main/docs/spec/pubsub-protocol-binding.md
 */
export function eventMessage(event: CloudEvent): Message {
  const attributes = {
    ...event.attributes,
    'ce-specversion': '1.0',
    'ce-id': event.id,
    'ce-source': event.source,
    'ce-type': event.type,
    'ce-time': new Date(event.timeMs).toISOString(),
    'ce-subject': event.subject,
    'content-type': 'application/json',
  };
  return {
    data: JSON.stringify(event.data),
    attributes: Object.fromEntries(
      Object.entries(attributes).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, cutToBytes(value, MAX_ATTRIBUTE_BYTES)]],
      ),
    ),
    orderingKey: event.orderingKey === undefined ? undefined : cutToBytes(event.orderingKey, MAX_ATTRIBUTE_BYTES),
  };
}

/**
 * Cuts text to `max` bytes of UTF-8 at a character boundary. A lone surrogate becomes U+FFFD, because UTF-8 cannot
 * represent it.
 */
export function cutToBytes(text: string, max: number): string {
  if (Buffer.byteLength(text) <= max) return isWellFormed(text) ? text : Buffer.from(text).toString('utf8');
  const bytes = Buffer.from(text);
  let end = max;
  // Bytes 10xxxxxx continue a character.
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end);
}

/** Limit of a publish request, including JSON and base64. https://cloud.google.com/pubsub/quotas#resource_limits */
const MAX_REQUEST_BYTES = 10_485_760;
/** Bytes reserved for the rest of the publish request, apart from the data and the attributes of the message. */
const ENVELOPE_BYTES = 4096;

/**
 * Returns whether a message is within Pub/Sub's limits for size, attributes and ordering key. The size is that of the
 * publish request, which contains the data in base64.
 */
export function isPublishable({ data, attributes, orderingKey = '' }: Message): boolean {
  const base64 = Math.ceil(Buffer.byteLength(data) / 3) * 4;
  const rest = Buffer.byteLength(JSON.stringify([attributes, orderingKey]));
  return (
    base64 + rest + ENVELOPE_BYTES <= MAX_REQUEST_BYTES && fitAttributeLimits(attributes) && fitsValueLimit(orderingKey)
  );
}

/** Returns whether the attributes of a message are within Pub/Sub's limits for their number, names and values. */
function fitAttributeLimits(attributes: Message['attributes']): boolean {
  const entries = Object.entries(attributes);
  return (
    entries.length <= MAX_ATTRIBUTES &&
    entries.every(([name, value]) => name !== '' && Buffer.byteLength(name) <= MAX_NAME_BYTES && fitsValueLimit(value))
  );
}

/** Returns whether a text is within Pub/Sub's limit for an attribute value or an ordering key. */
function fitsValueLimit(value: string): boolean {
  return Buffer.byteLength(value) <= MAX_ATTRIBUTE_BYTES;
}

/** Derives an event id from the parts that identify its content. */
export function eventId(...parts: readonly string[]): string {
  return hash('sha256', JSON.stringify(parts)).slice(0, 32);
}

/** What the events of one change have in common. */
export interface ChangeOfObject {
  /**
   * The Connect account of the object. Empty for an object of the account that owns the API key, unless `account_id` is
   * set.
   */
  readonly account: string;
  readonly objectId: string;
  /** The event type without the prefix `v1.` of its API version, the same for the snapshot event and the thin event. */
  readonly type: string;
  /** Id of the request that caused the change. Without a request, the id of the snapshot event. */
  readonly cause: string;
}

/** Returns a key that the snapshot event and the thin event of one change share. */
export function changeKey({ account, objectId, type, cause }: ChangeOfObject): string {
  return eventId('change', account, objectId, type, cause);
}

/** Returns the CloudEvents `source` of a connection. */
export function connectionSource(name: string): string {
  return `//stripe-connector/connections/${name}`;
}
