import { hash } from 'node:crypto';
import { isWellFormed } from '../operations/request/params/scalars.ts';
import type { Message } from '../ports/publisher.ts';

/** A CloudEvent. https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md */
export interface CloudEvent {
  /** With `source` unique to the event, and the same whenever it is published again. */
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject?: string;
  /** Milliseconds since 1970. */
  readonly timeMs: number;
  readonly data: unknown;
  /** For subscriptions to filter by. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly orderingKey?: string;
}

/** Bytes of an attribute's value and of an ordering key at most. https://cloud.google.com/pubsub/quotas#resource_limits */
const LONGEST_ATTRIBUTE = 1024;
/** Bytes of an attribute's name at most, and attributes of a message. */
const LONGEST_NAME = 256;
const MOST_ATTRIBUTES = 100;

/**
 * A CloudEvent as a Pub/Sub message in binary mode: the data is the message's, the context stands in attributes `ce-...`.
 * https://github.com/google/knative-gcp/blob/main/docs/spec/pubsub-protocol-binding.md
 */
export function eventMessage(event: CloudEvent): Message {
  const context = {
    'ce-specversion': '1.0',
    'ce-id': event.id,
    'ce-source': event.source,
    'ce-type': event.type,
    'ce-time': new Date(event.timeMs).toISOString(),
    ...(event.subject === undefined ? {} : { 'ce-subject': event.subject }),
    'content-type': 'application/json',
  };
  const attributes = Object.entries({ ...event.attributes, ...context }).map(([name, value]) => [
    name,
    cutToBytes(value, LONGEST_ATTRIBUTE),
  ]);
  return {
    data: JSON.stringify(event.data),
    attributes: Object.fromEntries(attributes) as Record<string, string>,
    ...(event.orderingKey === undefined ? {} : { orderingKey: cutToBytes(event.orderingKey, LONGEST_ATTRIBUTE) }),
  };
}

/** At most so many bytes of UTF-8, cut at a whole character. Half of a surrogate pair, which UTF-8 cannot hold, is U+FFFD. */
export function cutToBytes(text: string, max: number): string {
  if (Buffer.byteLength(text) <= max) return isWellFormed(text) ? text : Buffer.from(text).toString('utf8');
  const bytes = Buffer.from(text);
  let end = max;
  // Bytes 10xxxxxx go on with a character.
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end);
}

/** Bytes of a publish request at most, its JSON and base64 included. https://cloud.google.com/pubsub/quotas#resource_limits */
const LARGEST_REQUEST = 10_485_760;
/** Bytes of the request around the message's data and attributes, at most. */
const ENVELOPE = 4096;

/** Whether Pub/Sub can take the message: by its size (the request carries its data as base64), its attributes and its key. */
export function isPublishable({ data, attributes, orderingKey = '' }: Message): boolean {
  const base64 = Math.ceil(Buffer.byteLength(data) / 3) * 4;
  const rest = Buffer.byteLength(JSON.stringify([attributes, orderingKey]));
  return base64 + rest + ENVELOPE <= LARGEST_REQUEST && areAttributes(attributes) && isShort(orderingKey);
}

function areAttributes(attributes: Message['attributes']): boolean {
  const all = Object.entries(attributes);
  return (
    all.length <= MOST_ATTRIBUTES &&
    all.every(([name, value]) => name !== '' && Buffer.byteLength(name) <= LONGEST_NAME && isShort(value))
  );
}

function isShort(value: string): boolean {
  return Buffer.byteLength(value) <= LONGEST_ATTRIBUTE;
}

/** An id that is told from what the event is about. */
export function eventId(...parts: readonly string[]): string {
  return hash('sha256', JSON.stringify(parts)).slice(0, 32);
}

/** The connection as a source of events. */
export function connectionSource(name: string): string {
  return `//stripe-connector/connections/${name}`;
}
