import '../../shared/http/preload/http.ts';
import { reconcileEventsFunction } from '../../shared/webhooks/reconcile/reconcile-function.ts';
import { getApp } from '../../shared/app.ts';

export const reconcileEvents = reconcileEventsFunction(getApp);
