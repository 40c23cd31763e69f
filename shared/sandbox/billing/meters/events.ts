import { definedFields } from '../../../defined-fields.ts';
import { makeObject, type Context } from '../../context.ts';
import { badRequest } from '../../api-error.ts';
import { DAY } from '../../seconds.ts';
import type { StoredObject } from '../../store.ts';
import { atClockTime } from '../clock-time.ts';
import { hashOrEmpty } from '../values.ts';
import { customerKey, valueKey } from './usage.ts';

/** How many seconds an event's timestamp can be in the past. https://docs.stripe.com/api/billing/meter-event/create#create_billing_meter_event-timestamp */
const MAX_EVENT_AGE = 35 * DAY;
/** How many seconds an event's timestamp can be in the future. */
const MAX_EVENT_AHEAD = 5 * 60;

/**
 * Number of seconds after the creation of an event in which the event can be canceled, and in which no other event can
 * have its identifier.
 */
const IDENTIFIER_SECONDS = DAY;

/** POST /v1/billing/meter_events. https://docs.stripe.com/api/billing/meter-event/create */
export function createMeterEvent(requestContext: Context): StoredObject {
  const { event_name: name, identifier, payload } = requestContext.params;
  const meter = meterWithEventName(requestContext, name);
  const context = atClockTime(requestContext, customerInPayload(requestContext, meter, payload));
  const eventTime = Number(requestContext.params['timestamp'] ?? context.now);
  if (eventTime < context.now - MAX_EVENT_AGE || eventTime > context.now + MAX_EVENT_AHEAD)
    throw badRequest('The timestamp must be within the past 35 calendar days or up to 5 minutes in the future.', {
      code: eventTime > context.now ? 'timestamp_in_future' : 'timestamp_too_far_in_past',
      param: 'timestamp',
    });
  if (typeof identifier === 'string' && recentEventWith(context, name, identifier) !== undefined)
    throw badRequest(`An event already exists with identifier ${identifier}.`, {
      code: 'duplicate_meter_event',
      param: 'identifier',
    });
  const event = Object.assign(makeObject(context, 'Billing.MeterEvent', requestContext.params), {
    created: context.now,
    timestamp: eventTime,
  });
  // The id must be enumerable in the store, because a snapshot saves only objects with an enumerable id.
  Object.defineProperty(event, 'id', { enumerable: true });
  const errorCode = meterEventErrorCode(context, meter, event);
  if (errorCode !== undefined) {
    // Stripe accepts an invalid meter event, does not count it, and reports the error with a webhook event.
    context.account.remove('billing.meter_event', event.id);
    announceMeterError(context, meter, event, errorCode);
  }
  // Stripe's response has no id.
  const response = { ...event };
  Object.defineProperty(response, 'id', { enumerable: false });
  return response;
}

/**
 * Returns the meter with an event name. An archived meter can have the same event name as an active meter. The active
 * meter has priority.
 */
function meterWithEventName({ account }: Context, name: unknown): StoredObject | undefined {
  const meters = account.all('billing.meter').filter((meter) => meter['event_name'] === name);
  return meters.find((meter) => meter['status'] === 'active') ?? meters[0];
}

/** Returns the customer whom the payload of an event names. */
function customerInPayload(
  { account }: Context,
  meter: StoredObject | undefined,
  payload: unknown,
): StoredObject | undefined {
  return meter === undefined ? undefined : account.get('customer', String(hashOrEmpty(payload)[customerKey(meter)]));
}

/** Returns an event with this name and identifier that was created at most `IDENTIFIER_SECONDS` ago. */
function recentEventWith({ account, now }: Context, name: unknown, identifier: unknown): StoredObject | undefined {
  return account
    .all('billing.meter_event')
    .find(
      (event) =>
        event['identifier'] === identifier &&
        event['event_name'] === name &&
        Math.abs(Number(event['created']) - now) <= IDENTIFIER_SECONDS,
    );
}

/** Returns the error code of an invalid event, or undefined if the event is valid. https://docs.stripe.com/billing/subscriptions/usage-based/recording-usage-api#handle-meter-event-errors */
function meterEventErrorCode(
  { account }: Context,
  meter: StoredObject | undefined,
  event: StoredObject,
): string | undefined {
  if (meter === undefined) return 'no_meter';
  if (meter['status'] !== 'active') return 'archived_meter';
  const payload = hashOrEmpty(event['payload']);
  const customerId = payload[customerKey(meter)];
  if (customerId === undefined) return 'meter_event_no_customer_defined';
  const customer = account.get('customer', String(customerId));
  if (customer === undefined || customer['deleted'] === true) return 'meter_event_customer_not_found';
  if (hashOrEmpty(meter['default_aggregation'])['formula'] === 'count') return undefined;
  const value = payload[valueKey(meter)];
  if (value === undefined) return 'meter_event_value_not_found';
  return Number.isInteger(Number(value)) ? undefined : 'meter_event_invalid_value';
}

/** Announces a webhook event about an invalid meter event. https://docs.stripe.com/api/v2/core/events/event-types#v2_event_types-v1.billing.meter.error_report_triggered */
function announceMeterError(
  { account }: Context,
  meter: StoredObject | undefined,
  event: StoredObject,
  code: string,
): void {
  const type = meter === undefined ? 'billing.meter.no_meter_found' : 'billing.meter.error_report_triggered';
  account.changes.announce(type, meter ?? { id: String(event['event_name']), object: 'billing.meter', code });
}

/** POST /v1/billing/meter_event_adjustments. https://docs.stripe.com/api/billing/meter-event-adjustment/create */
export function adjustMeterEvent(requestContext: Context): StoredObject {
  const { event_name: name, cancel } = requestContext.params;
  cancelEvent(requestContext, name, hashOrEmpty(cancel)['identifier'], 'cancel[identifier]');
  return makeObject(requestContext, 'Billing.MeterEventAdjustment', requestContext.params);
}

/**
 * Cancels the meter event with an identifier. Throws if there is no such event, or if the event is older than 24 hours.
 */
function cancelEvent(requestContext: Context, name: unknown, identifier: unknown, param: string): void {
  if (typeof identifier !== 'string')
    throw badRequest(`Missing required param: ${param}.`, { code: 'parameter_missing', param });
  const event = requestContext.account
    .all('billing.meter_event')
    .find((meterEvent) => meterEvent['identifier'] === identifier && meterEvent['event_name'] === name);
  if (event === undefined)
    throw badRequest(`No such meter event with identifier ${identifier}.`, { code: 'resource_missing', param });
  const meter = meterWithEventName(requestContext, name);
  const customer = customerInPayload(requestContext, meter, event['payload']);
  if (atClockTime(requestContext, customer).now - Number(event['created']) > IDENTIFIER_SECONDS)
    throw badRequest('A meter event can only be canceled within 24 hours of being received.', { param });
  requestContext.account.remove('billing.meter_event', event.id);
}

/**
 * POST /v2/billing/meter_events. Like `createMeterEvent`, but with times in ISO 8601.
 * https://docs.stripe.com/api/v2/billing-meter/create
 */
export function createMeterEventV2(requestContext: Context): StoredObject {
  const { timestamp, ...params } = requestContext.params;
  const seconds = typeof timestamp === 'string' ? Math.floor(Date.parse(timestamp) / 1000) : undefined;
  const event = createMeterEvent({ ...requestContext, params: definedFields({ ...params, timestamp: seconds }) });
  const iso8601 = (seconds: unknown): string => new Date(Number(seconds) * 1000).toISOString();
  return {
    ...event,
    object: 'v2.billing.meter_event',
    created: iso8601(event['created']),
    timestamp: iso8601(event['timestamp']),
  };
}

/** POST /v2/billing/meter_event_adjustments. https://docs.stripe.com/api/v2/billing-meter-adjustment/create */
export function adjustMeterEventV2(requestContext: Context): StoredObject {
  cancelEvent(
    requestContext,
    requestContext.params['event_name'],
    hashOrEmpty(requestContext.params['cancel'])['identifier'],
    'cancel.identifier',
  );
  return makeObject(requestContext, 'V2.Billing.MeterEventAdjustment', requestContext.params);
}
