import { hash } from 'node:crypto';
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
    value.slice(0, LONGEST_ATTRIBUTE),
  ]);
  return {
    data: JSON.stringify(event.data),
    attributes: Object.fromEntries(attributes) as Record<string, string>,
    ...(event.orderingKey === undefined ? {} : { orderingKey: event.orderingKey.slice(0, LONGEST_ATTRIBUTE) }),
  };
}

/** An id that is told from what the event is about. */
export function eventId(...parts: readonly string[]): string {
  return hash('sha256', JSON.stringify(parts)).slice(0, 32);
}

/** The connection as a source of events. */
export function connectionSource(name: string): string {
  return `//stripe-connector/connections/${name}`;
}
