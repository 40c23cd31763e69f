import type { Deliveries, Delivery } from '../events/deliveries.ts';
import { receiversOf } from '../events/webhook-endpoints.ts';
import type { State } from '../state.ts';

/** Sends an event to all endpoints that receive its type at present. Returns undefined if no account has the event. */
export function resend(state: State, deliveries: Deliveries, id: string): readonly Delivery[] | undefined {
  for (const account of state.accounts.values()) {
    const snapshotEvent = account.get('event', id);
    const event = snapshotEvent ?? account.get('v2.core.event', id);
    if (event === undefined) continue;
    const payload = snapshotEvent === undefined ? 'thin' : 'snapshot';
    const countBefore = deliveries.all.length;
    deliveries.send(event, receiversOf(account, String(event['type']), payload, false));
    account.changes.forget();
    return deliveries.all.slice(countBefore);
  }
  return undefined;
}
