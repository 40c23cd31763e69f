import '../../shared/http/preload/webhook.ts';
import { stripeEventsFunction } from '../../shared/webhooks/function.ts';
import { world } from '../../shared/app.ts';

export const stripeEvents = stripeEventsFunction(world);
