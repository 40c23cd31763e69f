import { inParam, inPath, make, type Context } from '../../context.ts';
import type { Feature } from '../../feature.ts';
import { bad, missing } from '../../refusal.ts';
import type { Stored } from '../../store.ts';
import { atClockTime } from '../clock-time.ts';
import { cancelSubscription, ENDED } from '../subscriptions/cancel.ts';
import { consume, hash } from '../values.ts';
import {
  advanceSchedule,
  announceEnd,
  currentPhase,
  planPhases,
  releaseSchedule,
  RUNNING,
  subscriptionOfSchedule,
} from './advance.ts';
import { applyPhase } from './apply.ts';
import { phaseOfSubscription, phasesOf, readPhases, type Phase } from './phases.ts';

const DEFAULT_SETTINGS = {
  application_fee_percent: null,
  automatic_tax: { disabled_reason: null, enabled: false, liability: null },
  billing_cycle_anchor: 'automatic',
  billing_thresholds: null,
  collection_method: 'charge_automatically',
  default_payment_method: null,
  description: null,
  invoice_settings: {
    account_tax_ids: null,
    custom_fields: null,
    days_until_due: null,
    description: null,
    footer: null,
    issuer: { type: 'self' },
  },
  on_behalf_of: null,
  transfer_data: null,
};

/** POST /v1/subscription_schedules. https://docs.stripe.com/api/subscription_schedules/create */
function createSchedule(given: Context): Stored {
  if (given.params['from_subscription'] !== undefined) return fromSubscription(given);
  const customer = inParam(given, 'customer', 'customer');
  if (customer === undefined)
    throw bad('Missing required param: customer.', { code: 'parameter_missing', param: 'customer' });
  const context = atClockTime(given, customer);
  const { phases: entries, start_date: start = 'now', default_settings: settings } = context.params;
  const phases = readPhases(context, entries, start === 'now' ? context.now : Number(start));
  if (phases.length === 0) throw bad('Missing required param: phases.', { code: 'parameter_missing', param: 'phases' });
  const schedule = makeSchedule(context, customer.id, phases, settings);
  advanceSchedule(context, schedule);
  planPhases(context, schedule);
  return schedule;
}

/** A schedule begins with what its subscription is; its phases are changed afterwards. */
function fromSubscription(given: Context): Stored {
  const other = ['customer', 'phases', 'start_date', 'end_behavior', 'default_settings'].find(
    (name) => given.params[name] !== undefined,
  );
  if (other !== undefined) throw bad(`You can not set \`${other}\` if \`from_subscription\` is set.`, { param: other });
  const subscription = inParam(given, 'subscription', 'from_subscription');
  if (subscription === undefined || ENDED.includes(subscription['status']))
    throw bad('A canceled subscription cannot be migrated to a schedule.', { param: 'from_subscription' });
  if (typeof subscription['schedule'] === 'string')
    throw bad(
      `You cannot migrate a subscription that is already attached to a schedule: \`${subscription['schedule']}\`.`,
      { param: 'from_subscription' },
    );
  const context = atClockTime(given, subscription);
  const phase = phaseOfSubscription(context, subscription);
  const schedule = makeSchedule(context, subscription['customer'], [phase], {});
  Object.assign(schedule, { current_phase: currentPhase(phase), status: 'active', subscription: subscription.id });
  subscription['schedule'] = schedule.id;
  planPhases(context, schedule);
  return schedule;
}

/** A schedule that has not started. */
export function makeSchedule(context: Context, customer: unknown, phases: readonly Phase[], settings: unknown): Stored {
  const given = hash(settings);
  const invoice = { ...DEFAULT_SETTINGS.invoice_settings, ...hash(given['invoice_settings']) };
  const clock = context.account.get('customer', String(customer))?.['test_clock'] ?? null;
  return Object.assign(make(context, 'SubscriptionSchedule'), {
    created: context.now,
    current_phase: null,
    customer,
    default_settings: { ...structuredClone(DEFAULT_SETTINGS), ...given, invoice_settings: invoice },
    end_behavior: context.params['end_behavior'] ?? 'release',
    metadata: hash(context.params['metadata']),
    phases,
    status: 'not_started',
    subscription: null,
    test_clock: clock,
  });
}

/** POST /v1/subscription_schedules/{id}: phases that are over may be left out. https://docs.stripe.com/api/subscription_schedules/update */
function updateSchedule(given: Context, schedule: Stored): void {
  const context = atClockTime(given, schedule);
  const { params } = given;
  requireRunning(schedule, 'updated');
  const { phases: entries, proration_behavior: behavior, default_settings: settings } = params;
  if (settings !== undefined)
    schedule['default_settings'] = { ...hash(schedule['default_settings']), ...hash(settings) };
  if (entries !== undefined) changePhases(context, schedule, entries, behavior);
  consume(params, ['default_settings', 'phases', 'proration_behavior']);
}

function changePhases(context: Context, schedule: Stored, entries: unknown, behavior: unknown): void {
  const known = phasesOf(schedule);
  const current = known.find(({ start_date: start }) => start === hash(schedule['current_phase'])['start_date']);
  const [entry] = Array.isArray(entries) ? (entries as unknown[]) : [];
  const start = Number(hash(entry)['start_date'] ?? known[0]?.start_date);
  const phases = readPhases(context, entries, start);
  const past = known.filter((phase) => phase.end_date <= start);
  if (current !== undefined) {
    const renewed = phases.find((phase) => phase.start_date === current.start_date);
    if (renewed === undefined)
      throw bad('You can not modify the start date of the current phase.', { param: 'phases[0][start_date]' });
    schedule['current_phase'] = currentPhase(renewed);
    const subscription = subscriptionOfSchedule(context, schedule);
    if (subscription !== undefined && differs(current, renewed))
      applyPhase(context, schedule, subscription, { ...renewed, proration_behavior: behavior ?? 'create_prorations' });
  }
  schedule['phases'] = [...past, ...phases];
  advanceSchedule(context, schedule);
  planPhases(context, schedule);
}

/** Whether two versions of a phase sell different things. */
function differs(before: Phase, after: Phase): boolean {
  const sold = ({ items, discounts }: Phase): string =>
    JSON.stringify([items.map(({ price, quantity }) => [price, quantity]), discounts]);
  return sold(before) !== sold(after);
}

function requireRunning(schedule: Stored, verb: string): void {
  if (RUNNING.includes(schedule['status'])) return;
  throw bad(
    `You cannot perform this operation: a subscription schedule with a status of \`${String(schedule['status'])}\` cannot be ${verb}.`,
  );
}

/** POST /v1/subscription_schedules/{id}/release. https://docs.stripe.com/api/subscription_schedules/release */
function releaseNow(given: Context, id: string): Stored {
  const schedule = inPath(given, 'subscription_schedule', id, 'schedule');
  requireRunning(schedule, 'released');
  releaseSchedule(atClockTime(given, schedule), schedule);
  return schedule;
}

/** POST /v1/subscription_schedules/{id}/cancel: its subscription ends too. https://docs.stripe.com/api/subscription_schedules/cancel */
function cancelSchedule(given: Context, id: string): Stored {
  const schedule = inPath(given, 'subscription_schedule', id, 'schedule');
  requireRunning(schedule, 'canceled');
  const context = atClockTime(given, schedule);
  const subscription = subscriptionOfSchedule(context, schedule);
  const { invoice_now: invoiceNow = true, prorate = true } = context.params;
  Object.assign(schedule, { canceled_at: context.now, current_phase: null, status: 'canceled' });
  if (subscription !== undefined && !ENDED.includes(subscription['status']))
    cancelSubscription({ ...context, params: { invoice_now: invoiceNow, prorate } }, subscription);
  return schedule;
}

/** The schedule of a subscription, if it has one. */
export function scheduleOf({ account }: Context, subscription: Stored): Stored | undefined {
  const id = subscription['schedule'];
  if (typeof id !== 'string') return undefined;
  const schedule = account.get('subscription_schedule', id);
  if (schedule === undefined) throw missing('subscription_schedule', id, 'schedule');
  return schedule;
}

export const schedules: Feature = {
  due: { 'subscription_schedule.advance': advanceSchedule, 'subscription_schedule.expiring': announceEnd },
  entities: { SubscriptionSchedule: { create: createSchedule, update: updateSchedule } },
  actions: {
    '/v1/subscription_schedules/{id}/cancel': cancelSchedule,
    '/v1/subscription_schedules/{id}/release': releaseNow,
  },
};
