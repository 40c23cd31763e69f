import { make, type Context } from '../../context.ts';
import { bad } from '../../refusal.ts';
import { DAY } from '../../seconds.ts';
import type { Stored } from '../../store.ts';
import { atClockTime } from '../clock-time.ts';
import { hash } from '../values.ts';
import { customerKey, valueKey } from './usage.ts';

/** How old an event may be, and how far ahead. https://docs.stripe.com/api/billing/meter-event/create#create_billing_meter_event-timestamp */
const MAX_AGE = 35 * DAY;
const MAX_AHEAD = 5 * 60;

/** An identifier is used once within this time, and an event is canceled within it. */
const IDENTIFIER_SECONDS = DAY;

/** POST /v1/billing/meter_events. https://docs.stripe.com/api/billing/meter-event/create */
export function createMeterEvent(given: Context): Stored {
  const { event_name: name, identifier, payload } = given.params;
  const meter = meterOf(given, name);
  const customer = given.account.get('customer', String(hash(payload)[meter === undefined ? '' : customerKey(meter)]));
  const context = atClockTime(given, customer);
  const at = Number(given.params['timestamp'] ?? context.now);
  if (at < context.now - MAX_AGE || at > context.now + MAX_AHEAD)
    throw bad('The timestamp must be within the past 35 calendar days or up to 5 minutes in the future.', {
      code: at > context.now ? 'timestamp_in_future' : 'timestamp_too_far_in_past',
      param: 'timestamp',
    });
  if (typeof identifier === 'string' && findEvent(context, name, identifier) !== undefined)
    throw bad(`An event already exists with identifier ${identifier}.`, {
      code: 'duplicate_meter_event',
      param: 'identifier',
    });
  const event = Object.assign(make(context, 'Billing.MeterEvent', given.params), {
    created: context.now,
    timestamp: at,
  });
  // Stripe shows no id of an event, and the store keeps what has one.
  Object.defineProperty(event, 'id', { enumerable: true });
  const problem = problemOf(context, meter, event);
  if (problem !== undefined) {
    // The event was taken: what is wrong with it is reported afterwards.
    context.account.remove('billing.meter_event', event.id);
    reportProblem(context, meter, event, problem);
  }
  const shown = { ...event };
  Object.defineProperty(shown, 'id', { enumerable: false });
  return shown;
}

function meterOf({ account }: Context, name: unknown): Stored | undefined {
  const meters = account.all('billing.meter').filter((meter) => meter['event_name'] === name);
  return meters.find((meter) => meter['status'] === 'active') ?? meters[0];
}

/** Within the time in which an identifier counts. */
function findEvent({ account, now }: Context, name: unknown, identifier: unknown): Stored | undefined {
  return account
    .all('billing.meter_event')
    .find(
      (event) =>
        event['identifier'] === identifier &&
        event['event_name'] === name &&
        Math.abs(Number(event['created']) - now) <= IDENTIFIER_SECONDS,
    );
}

/** https://docs.stripe.com/billing/subscriptions/usage-based/recording-usage-api#handle-meter-event-errors */
function problemOf({ account }: Context, meter: Stored | undefined, event: Stored): string | undefined {
  if (meter === undefined) return 'no_meter';
  if (meter['status'] !== 'active') return 'archived_meter';
  const payload = hash(event['payload']);
  const customer = payload[customerKey(meter)];
  if (customer === undefined) return 'meter_event_no_customer_defined';
  const found = account.get('customer', String(customer));
  if (found === undefined || found['deleted'] === true) return 'meter_event_customer_not_found';
  if (hash(meter['default_aggregation'])['formula'] === 'count') return undefined;
  const value = payload[valueKey(meter)];
  if (value === undefined) return 'meter_event_value_not_found';
  return Number.isInteger(Number(value)) ? undefined : 'meter_event_invalid_value';
}

/** https://docs.stripe.com/api/v2/core/events/event-types#v2_event_types-v1.billing.meter.error_report_triggered */
function reportProblem({ account }: Context, meter: Stored | undefined, event: Stored, code: string): void {
  const type = meter === undefined ? 'billing.meter.no_meter_found' : 'billing.meter.error_report_triggered';
  account.changes.announce(type, meter ?? { id: String(event['event_name']), object: 'billing.meter', code });
}

/** POST /v1/billing/meter_event_adjustments. https://docs.stripe.com/api/billing/meter-event-adjustment/create */
export function adjustMeterEvent(given: Context): Stored {
  const { event_name: name, cancel } = given.params;
  cancelEvent(given, name, hash(cancel)['identifier'], 'cancel[identifier]');
  return make(given, 'Billing.MeterEventAdjustment', given.params);
}

/** An event is canceled within 24 hours after Stripe received it. */
function cancelEvent(given: Context, name: unknown, identifier: unknown, param: string): void {
  if (typeof identifier !== 'string')
    throw bad(`Missing required param: ${param}.`, { code: 'parameter_missing', param });
  const event = given.account
    .all('billing.meter_event')
    .find((one) => one['identifier'] === identifier && one['event_name'] === name);
  if (event === undefined)
    throw bad(`No such meter event with identifier ${identifier}.`, { code: 'resource_missing', param });
  const meter = meterOf(given, name);
  const customer = given.account.get('customer', String(hash(event['payload'])[meter ? customerKey(meter) : '']));
  if (atClockTime(given, customer).now - Number(event['created']) > IDENTIFIER_SECONDS)
    throw bad('A meter event can only be canceled within 24 hours of being received.', { param });
  given.account.remove('billing.meter_event', event.id);
}

/** POST /v2/billing/meter_events: the same event with times in ISO 8601. https://docs.stripe.com/api/v2/billing-meter/create */
export function createMeterEventV2(given: Context): Stored {
  const { timestamp, ...params } = given.params;
  const at = typeof timestamp === 'string' ? { timestamp: Math.floor(Date.parse(timestamp) / 1000) } : {};
  const event = createMeterEvent({ ...given, params: { ...params, ...at } });
  const iso = (seconds: unknown): string => new Date(Number(seconds) * 1000).toISOString();
  return {
    ...event,
    object: 'v2.billing.meter_event',
    created: iso(event['created']),
    timestamp: iso(event['timestamp']),
  };
}

/** POST /v2/billing/meter_event_adjustments. https://docs.stripe.com/api/v2/billing-meter-adjustment/create */
export function adjustMeterEventV2(given: Context): Stored {
  cancelEvent(given, given.params['event_name'], hash(given.params['cancel'])['identifier'], 'cancel.identifier');
  return make(given, 'V2.Billing.MeterEventAdjustment', given.params);
}
