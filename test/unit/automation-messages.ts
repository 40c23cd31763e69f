/** Messages of the automation tests. */
import { type PubsubMessage } from '../../shared/automation/push-message.ts';
import { pubsubMessage } from '../support/calls.ts';

export const arrived = (
  data: unknown,
  attributes: Record<string, string> = {},
  more: Partial<PubsubMessage> = {},
): PubsubMessage => pubsubMessage(data, { attributes, ...more });
