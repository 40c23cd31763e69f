import '../../shared/serve/before-request.ts';
import { reconcileEventsFunction } from '../../shared/serve/stripe-events/reconcile-function.ts';
import { world } from '../../shared/world.ts';

export const reconcileEvents = reconcileEventsFunction(world);
