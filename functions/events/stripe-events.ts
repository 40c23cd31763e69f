import '../../shared/http/preload/webhook.ts';
import { stripeEventsFunction } from '../../shared/webhooks/function.ts';
import { getApp } from '../../shared/app.ts';

export const stripeEvents = stripeEventsFunction(getApp);
