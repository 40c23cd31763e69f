import assert from 'node:assert/strict';
import { publishedMessage } from '../../shared/event-inbox/event-message.ts';
import type { Message } from '../../shared/ports/publisher.ts';

/** Throws if a message of `events_topic` is not what its schema documents. */
export function assertEventMessage({ attributes, data, orderingKey }: Message): void {
  const message = { attributes, data: JSON.parse(data) as unknown, ...(orderingKey ? { orderingKey } : {}) };
  const { success, error } = publishedMessage().safeParse(message);
  assert.ok(success, `not as documented: ${JSON.stringify(error?.issues)} ${JSON.stringify(attributes)}`);
}
