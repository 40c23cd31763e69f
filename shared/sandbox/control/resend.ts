import type { Deliveries, Delivery } from '../events/deliveries.ts';
import { receiversOf } from '../events/webhook-endpoints.ts';
import type { State } from '../state.ts';

/** Sends an event again to all endpoints that receive its type now. Returns undefined for an unknown id. */
export function resend(state: State, deliveries: Deliveries, id: string): readonly Delivery[] | undefined {
  for (const account of state.accounts.values()) {
    const snapshot = account.get('event', id);
    const event = snapshot ?? account.get('v2.core.event', id);
    if (event === undefined) continue;
    const family = snapshot === undefined ? 'thin' : 'snapshot';
    const before = deliveries.all.length;
    deliveries.send(event, receiversOf(account, String(event['type']), family, false));
    account.changes.forget();
    return deliveries.all.slice(before);
  }
  return undefined;
}
