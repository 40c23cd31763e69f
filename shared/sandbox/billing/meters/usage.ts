import type { Context } from '../../context.ts';
import type { StoredObject } from '../../store.ts';
import { sumOf } from '../totals.ts';
import { hashOrEmpty } from '../values.ts';

/** Returns a customer's usage of a metered price between two times in Unix seconds. https://docs.stripe.com/billing/subscriptions/usage-based */
export function usageOf(context: Context, price: StoredObject, customer: unknown, start: number, end: number): number {
  const meter = context.account.get('billing.meter', String(hashOrEmpty(price['recurring'])['meter']));
  if (meter === undefined) return 0;
  // Negative usage bills nothing. https://docs.stripe.com/billing/subscriptions/usage-based/recording-usage-api#usage-values
  return Math.max(0, aggregate(meter, meterEvents(context, meter, customer, start, end)));
}

/** Returns the name of the payload member that contains the customer's id. https://docs.stripe.com/api/billing/meter/object */
export function customerKey(meter: StoredObject): string {
  return String(hashOrEmpty(meter['customer_mapping'])['event_payload_key'] ?? 'stripe_customer_id');
}

/** Returns the name of the payload member that contains the value of the event. */
export function valueKey(meter: StoredObject): string {
  return String(hashOrEmpty(meter['value_settings'])['event_payload_key'] ?? 'value');
}

/** Returns a customer's events for a meter from `start` until before `end`, in the order of their timestamps. */
export function meterEvents(
  { account }: Context,
  meter: StoredObject,
  customer: unknown,
  start: number,
  end: number,
): readonly StoredObject[] {
  return account
    .all('billing.meter_event')
    .filter((event) => {
      const eventTime = Number(event['timestamp']);
      return (
        event['event_name'] === meter['event_name'] &&
        hashOrEmpty(event['payload'])[customerKey(meter)] === customer &&
        eventTime >= start &&
        eventTime < end
      );
    })
    .sort((a, b) => Number(a['timestamp']) - Number(b['timestamp']));
}

/** Combines the values of events into one number, as the formula of the meter requires. https://docs.stripe.com/api/billing/meter/object#billing_meter_object-default_aggregation */
export function aggregate(meter: StoredObject, events: readonly StoredObject[]): number {
  const values = events.map((event) => Number(hashOrEmpty(event['payload'])[valueKey(meter)] ?? 0));
  switch (hashOrEmpty(meter['default_aggregation'])['formula']) {
    case 'count':
      return events.length;
    case 'last':
      return values.at(-1) ?? 0;
    default:
      return sumOf(values);
  }
}
