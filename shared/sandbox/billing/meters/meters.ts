import { objectInPath, makeObject, type Context } from '../../context.ts';
import type { Feature } from '../../feature.ts';
import { badRequest } from '../../api-error.ts';
import { DAY, HOUR } from '../../seconds.ts';
import type { StoredObject } from '../../store.ts';
import { adjustMeterEvent, adjustMeterEventV2, createMeterEvent, createMeterEventV2 } from './events.ts';
import { aggregate, meterEvents } from './usage.ts';

/** POST /v1/billing/meters. Rejects an event name that an active meter has. https://docs.stripe.com/api/billing/meter/create */
function createMeter(context: Context): StoredObject {
  const { event_name: name } = context.params;
  if (
    context.account.all('billing.meter').some((meter) => meter['event_name'] === name && meter['status'] === 'active')
  )
    throw badRequest(`An active meter with event_name \`${String(name)}\` already exists.`, { param: 'event_name' });
  return makeObject(context, 'Billing.Meter', context.params);
}

const WINDOW_SECONDS: Readonly<Record<string, number>> = { hour: HOUR, day: DAY };

/**
 * Returns the summaries of GET /v1/billing/meters/{meter}/event_summaries: one for each window with events, oldest
 * first. https://docs.stripe.com/api/billing/meter-event-summary/list
 */
function eventSummaries(context: Context, id: string): StoredObject[] {
  const meter = objectInPath(context, 'billing.meter', id, 'meter');
  const { customer, start_time: start, end_time: end, value_grouping_window: window } = context.params;
  for (const [param, time] of [
    ['start_time', start],
    ['end_time', end],
  ] as const)
    if (Number(time) % 60 !== 0)
      throw badRequest(`The \`${param}\` must be aligned with minute boundaries.`, {
        code: 'parameter_invalid_integer',
        param,
      });
  if (Number(end) <= Number(start))
    throw badRequest('The `end_time` must be after the `start_time`.', { param: 'end_time' });
  const windowSeconds = WINDOW_SECONDS[String(window)] ?? Number(end) - Number(start);
  const summaries: StoredObject[] = [];
  for (let windowStart = Number(start); windowStart < Number(end); windowStart += windowSeconds) {
    const events = meterEvents(
      context,
      meter,
      customer,
      windowStart,
      Math.min(windowStart + windowSeconds, Number(end)),
    );
    if (events.length > 0)
      summaries.push(eventSummary(meter, aggregate(meter, events), windowStart, windowStart + windowSeconds));
  }
  return summaries;
}

function eventSummary(meter: StoredObject, value: number, start: number, end: number): StoredObject {
  return {
    id: `mtrusg_${meter.id}_${start}`,
    object: 'billing.meter_event_summary',
    aggregated_value: value,
    end_time: end,
    livemode: false,
    meter: meter.id,
    start_time: start,
  };
}

/** https://docs.stripe.com/billing/subscriptions/usage-based */
export const meters: Feature = {
  entities: {
    'Billing.Meter': { create: createMeter },
    'Billing.MeterEvent': { create: createMeterEvent },
    'Billing.MeterEventAdjustment': { create: adjustMeterEvent },
    'Billing.MeterEventSummary': {
      selectListed: (context, _objects, { meter = '' }) => eventSummaries(context, meter),
    },
    'V2.Billing.MeterEvent': { create: createMeterEventV2 },
    'V2.Billing.MeterEventAdjustment': { create: adjustMeterEventV2 },
  },
};
