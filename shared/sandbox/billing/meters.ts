import type { Context } from '../context.ts';
import type { Stored } from '../store.ts';
import { sumOf } from './totals.ts';
import { hash } from './values.ts';

/** Usage of a metered price by a customer in a period, by the events of its meter. https://docs.stripe.com/billing/subscriptions/usage-based */
export function usageOf({ account }: Context, price: Stored, customer: unknown, start: number, end: number): number {
  const meter = account.get('billing.meter', String(hash(price['recurring'])['meter']));
  if (meter === undefined) return 0;
  const byCustomer = String(hash(meter['customer_mapping'])['event_payload_key'] ?? 'stripe_customer_id');
  const byValue = String(hash(meter['value_settings'])['event_payload_key'] ?? 'value');
  const events = account.all('billing.meter_event').filter((event) => {
    const at = Number(event['timestamp'] ?? event['created']);
    return (
      event['event_name'] === meter['event_name'] &&
      hash(event['payload'])[byCustomer] === customer &&
      at >= start &&
      at < end
    );
  });
  const values = events.map((event) => Number(hash(event['payload'])[byValue] ?? 0));
  switch (hash(meter['default_aggregation'])['formula']) {
    case 'count':
      return events.length;
    case 'last':
      return values.at(-1) ?? 0;
    default:
      return sumOf(values);
  }
}
