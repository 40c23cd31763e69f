/** Messages of the automation tests, and a connector that receives them. */
import manifest from '../../functions/manifest.json';
import { handleMessage, type MessageResult } from '../../shared/automation/handle-message.ts';
import type { PubsubMessage } from '../../shared/automation/push-message.ts';
import type { MessageShapes } from '../../shared/automation/shapes/message-shape.ts';
import { pubsubMessage } from '../support/calls.ts';
import { testConnector, type TestConnector } from '../support/connector.ts';
import { fakeStripe, type FakeReply, type FakeStripe } from '../support/fake-stripe.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { inVirtualTime } from '../support/virtual-time.ts';

/** The limits of a message in these tests. */
export const BOUNDS = { maxBytes: 1_000_000, maxItems: 100 };

export const arrived = (
  data: unknown,
  attributes: Record<string, string> = {},
  more: Partial<PubsubMessage> = {},
): PubsubMessage => pubsubMessage(data, { attributes, ...more });

/** A connector that handles messages, and its Stripe. */
export interface Receiver {
  readonly connector: TestConnector;
  readonly stripe: FakeStripe;
  readonly handle: (message: PubsubMessage, shapes?: MessageShapes) => Promise<MessageResult>;
}

/** A connector that reads messages of these shapes. `reply` is Stripe's answer to every request. */
export function receiver(shapes: MessageShapes, reply: () => FakeReply): Receiver {
  const clock = new VirtualClock();
  const stripe = fakeStripe(reply);
  const connector = testConnector({ clock, stripe });
  return {
    connector,
    stripe,
    handle: (message, own = shapes) => inVirtualTime(clock, handleMessage(connector, message, manifest.functions, own)),
  };
}
