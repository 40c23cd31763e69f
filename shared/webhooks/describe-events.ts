import type { Settings } from '../config/settings.ts';

/** Returns one line that says where arriving events go. `publishes` is true if messages are sent to Pub/Sub. */
export function describeEvents({ eventsTopic }: Pick<Settings, 'eventsTopic'>, publishes: boolean): string {
  if (eventsTopic === undefined) return 'events: rejected, because events_topic is not set';
  if (publishes) return `events: published to ${eventsTopic}`;
  return 'events: kept in the inbox; nothing is published, because there is no Pub/Sub (verbosity 2 logs the messages)';
}
