import { inPath, make, type Context } from '../../context.ts';
import type { Feature } from '../../feature.ts';
import { bad } from '../../refusal.ts';
import { DAY, HOUR } from '../../seconds.ts';
import type { Stored } from '../../store.ts';
import { adjustMeterEvent, adjustMeterEventV2, createMeterEvent, createMeterEventV2 } from './events.ts';
import { aggregate, meterEvents } from './usage.ts';

/** POST /v1/billing/meters: one active meter for an event name. https://docs.stripe.com/api/billing/meter/create */
function createMeter(context: Context): Stored {
  const { event_name: name } = context.params;
  if (
    context.account.all('billing.meter').some((meter) => meter['event_name'] === name && meter['status'] === 'active')
  )
    throw bad(`An active meter with event_name \`${String(name)}\` already exists.`, { param: 'event_name' });
  return make(context, 'Billing.Meter', context.params);
}

/** GET /v1/billing/meters/{meter}/event_summaries, oldest first. https://docs.stripe.com/api/billing/meter-event-summary/list */
function summaries(context: Context, id: string): Stored[] {
  const meter = inPath(context, 'billing.meter', id, 'meter');
  const { customer, start_time: start, end_time: end, value_grouping_window: window } = context.params;
  for (const [param, time] of [
    ['start_time', start],
    ['end_time', end],
  ] as const)
    if (Number(time) % 60 !== 0)
      throw bad(`The \`${param}\` must be aligned with minute boundaries.`, {
        code: 'parameter_invalid_integer',
        param,
      });
  if (Number(end) <= Number(start)) throw bad('The `end_time` must be after the `start_time`.', { param: 'end_time' });
  const width = window === 'hour' ? HOUR : window === 'day' ? DAY : Number(end) - Number(start);
  const data: Stored[] = [];
  for (let from = Number(start); from < Number(end); from += width) {
    const events = meterEvents(context, meter, customer, from, Math.min(from + width, Number(end)));
    if (events.length > 0) data.push(summary(meter, aggregate(meter, events), from, from + width));
  }
  return data;
}

function summary(meter: Stored, value: number, start: number, end: number): Stored {
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
    'Billing.MeterEventSummary': { listed: (context, _objects, { meter = '' }) => summaries(context, meter) },
    'V2.Billing.MeterEvent': { create: createMeterEventV2 },
    'V2.Billing.MeterEventAdjustment': { create: adjustMeterEventV2 },
  },
};
