import type { Context } from '../../context.ts';
import { badRequest } from '../../api-error.ts';
import { hashOrEmpty } from '../values.ts';
import type { SoldPrice } from './items.ts';
import { DAY } from '../../seconds.ts';

/** Maximum length of a trial. https://docs.stripe.com/billing/subscriptions/trials */
const MAX_TRIAL_DAYS = 730;

/** Returns the end of the trial in Unix seconds, or null if there is no trial. https://docs.stripe.com/billing/subscriptions/trials */
export function trialEndOf(context: Context, params: Context['params'], items: readonly SoldPrice[]): number | null {
  const { trial_period_days: days, trial_end: end, trial_from_plan: fromPlan } = params;
  if (days !== undefined && end !== undefined)
    throw badRequest('You may only specify one of these parameters: trial_end, trial_period_days.', {
      param: 'trial_end',
    });
  if (days !== undefined) {
    if (Number(days) < 1 || Number(days) > MAX_TRIAL_DAYS)
      throw badRequest(`\`trial_period_days\` must be between 1 and ${MAX_TRIAL_DAYS}.`, {
        param: 'trial_period_days',
      });
    return context.now + Number(days) * DAY;
  }
  if (end === 'now') return null;
  if (end !== undefined) {
    const endTime = Number(end);
    if (endTime <= context.now)
      throw badRequest('Invalid timestamp: must be an integer Unix timestamp in the future.', { param: 'trial_end' });
    if (endTime > context.now + MAX_TRIAL_DAYS * DAY)
      throw badRequest('The maximum number of trial period days is 730 (2 years).', { param: 'trial_end' });
    return endTime;
  }
  const trialDaysOfPrices = Math.max(
    0,
    ...items.map(({ price }) => Number(hashOrEmpty(price['recurring'])['trial_period_days'] ?? 0)),
  );
  return fromPlan === true && trialDaysOfPrices > 0 ? context.now + trialDaysOfPrices * DAY : null;
}

/** Returns the time from which billing periods are counted, in Unix seconds. https://docs.stripe.com/billing/subscriptions/billing-cycle */
export function anchorOf(context: Context, params: Context['params'], trialEnd: number | null): number {
  const { billing_cycle_anchor: anchor, billing_cycle_anchor_config: config } = params;
  if (typeof anchor === 'number') {
    if (anchor < context.now)
      throw badRequest('`billing_cycle_anchor` must be in the future.', { param: 'billing_cycle_anchor' });
    return anchor;
  }
  const day = hashOrEmpty(config)['day_of_month'];
  if (typeof day === 'number') return nextDayOfMonth(trialEnd ?? context.now, day);
  return trialEnd ?? context.now;
}

/**
 * Returns the first time at or after `from` that is on the day `day` of a month and has the time of day of `from`. A
 * month without this day counts with its last day.
 */
function nextDayOfMonth(from: number, day: number): number {
  const date = new Date(from * 1000);
  for (let months = 0; ; months += 1) {
    const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + months];
    const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
    const time = Date.UTC(year, month, Math.min(day, lastDay)) / 1000 + (from % DAY);
    if (time >= from) return time;
  }
}
