/** Messages of the automation tests. */
import { type PubsubMessage } from '../../shared/automation/push-message.ts';
import { pubsubMessage } from '../support/calls.ts';

/** The limits of a message in these tests. */
export const BOUNDS = { maxBytes: 1_000_000, maxItems: 100 };

export const arrived = (
  data: unknown,
  attributes: Record<string, string> = {},
  more: Partial<PubsubMessage> = {},
): PubsubMessage => pubsubMessage(data, { attributes, ...more });
