import '../../shared/serve/before-webhook.ts';
import { stripeEventsFunction } from '../../shared/serve/stripe-events/stripe-events.ts';
import { world } from '../../shared/world.ts';

export const stripeEvents = stripeEventsFunction(world);
