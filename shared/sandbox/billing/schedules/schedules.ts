import { objectInParam, objectInPath, makeObject, type Context } from '../../context.ts';
import type { Feature } from '../../feature.ts';
import { badRequest, noSuchObject } from '../../api-error.ts';
import type { StoredObject } from '../../store.ts';
import { atClockTime } from '../clock-time.ts';
import { cancelSubscription, ENDED_STATUSES } from '../subscriptions/cancel.ts';
import { deleteParams, hashOrEmpty } from '../values.ts';
import {
  advanceSchedule,
  announceExpiring,
  currentPhase,
  schedulePhaseChanges,
  releaseSchedule,
  RUNNING_STATUSES,
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
function createSchedule(requestContext: Context): StoredObject {
  if (requestContext.params['from_subscription'] !== undefined) return createFromSubscription(requestContext);
  const customer = objectInParam(requestContext, 'customer', 'customer');
  if (customer === undefined)
    throw badRequest('Missing required param: customer.', { code: 'parameter_missing', param: 'customer' });
  const context = atClockTime(requestContext, customer);
  const { phases: entries, start_date: start = 'now', default_settings: settings } = context.params;
  const phases = readPhases(context, entries, start === 'now' ? context.now : Number(start));
  if (phases.length === 0)
    throw badRequest('Missing required param: phases.', { code: 'parameter_missing', param: 'phases' });
  const schedule = makeSchedule(context, customer.id, phases, settings);
  advanceSchedule(context, schedule);
  schedulePhaseChanges(context, schedule);
  return schedule;
}

/** Creates a schedule for an existing subscription. The only phase is the current period of the subscription. */
function createFromSubscription(requestContext: Context): StoredObject {
  const conflictingParam = ['customer', 'phases', 'start_date', 'end_behavior', 'default_settings'].find(
    (name) => requestContext.params[name] !== undefined,
  );
  if (conflictingParam !== undefined)
    throw badRequest(`You can not set \`${conflictingParam}\` if \`from_subscription\` is set.`, {
      param: conflictingParam,
    });
  const subscription = objectInParam(requestContext, 'subscription', 'from_subscription');
  if (subscription === undefined || ENDED_STATUSES.includes(subscription['status']))
    throw badRequest('A canceled subscription cannot be migrated to a schedule.', { param: 'from_subscription' });
  if (typeof subscription['schedule'] === 'string')
    throw badRequest(
      `You cannot migrate a subscription that is already attached to a schedule: \`${subscription['schedule']}\`.`,
      { param: 'from_subscription' },
    );
  const context = atClockTime(requestContext, subscription);
  const phase = phaseOfSubscription(context, subscription);
  const schedule = makeSchedule(context, subscription['customer'], [phase], {});
  Object.assign(schedule, { current_phase: currentPhase(phase), status: 'active', subscription: subscription.id });
  subscription['schedule'] = schedule.id;
  schedulePhaseChanges(context, schedule);
  return schedule;
}

/**
 * Creates a schedule that has not started. `settings` is a `default_settings` parameter. `end_behavior` and `metadata`
 * come from the parameters of the context.
 */
export function makeSchedule(
  context: Context,
  customer: unknown,
  phases: readonly Phase[],
  settings: unknown,
): StoredObject {
  const settingsInput = hashOrEmpty(settings);
  const invoiceSettings = { ...DEFAULT_SETTINGS.invoice_settings, ...hashOrEmpty(settingsInput['invoice_settings']) };
  const clock = context.account.get('customer', String(customer))?.['test_clock'] ?? null;
  return Object.assign(makeObject(context, 'SubscriptionSchedule'), {
    created: context.now,
    current_phase: null,
    customer,
    default_settings: { ...structuredClone(DEFAULT_SETTINGS), ...settingsInput, invoice_settings: invoiceSettings },
    end_behavior: context.params['end_behavior'] ?? 'release',
    metadata: hashOrEmpty(context.params['metadata']),
    phases,
    status: 'not_started',
    subscription: null,
    test_clock: clock,
  });
}

/** POST /v1/subscription_schedules/{id}. The request may omit phases that have ended. https://docs.stripe.com/api/subscription_schedules/update */
function updateSchedule(requestContext: Context, schedule: StoredObject): void {
  const context = atClockTime(requestContext, schedule);
  const { params } = requestContext;
  requireRunning(schedule, 'updated');
  const { phases: entries, proration_behavior: behavior, default_settings: settings } = params;
  if (settings !== undefined)
    schedule['default_settings'] = { ...hashOrEmpty(schedule['default_settings']), ...hashOrEmpty(settings) };
  if (entries !== undefined) changePhases(context, schedule, entries, behavior);
  deleteParams(params, ['default_settings', 'phases', 'proration_behavior']);
}

/**
 * Replaces the phases of a schedule, except those that have ended when the first requested phase begins. If
 * `sellsDifferentItems` is true for the current phase, the subscription changes too.
 */
function changePhases(context: Context, schedule: StoredObject, entries: unknown, behavior: unknown): void {
  const phasesBefore = phasesOf(schedule);
  const [firstEntry] = Array.isArray(entries) ? (entries as unknown[]) : [];
  const start = Number(hashOrEmpty(firstEntry)['start_date'] ?? phasesBefore[0]?.start_date);
  const newPhases = readPhases(context, entries, start);
  const currentStart = hashOrEmpty(schedule['current_phase'])['start_date'];
  const phaseBefore = phasesBefore.find((phase) => phase.start_date === currentStart);
  if (phaseBefore !== undefined) {
    const changedPhase = newPhases.find((phase) => phase.start_date === currentStart);
    if (changedPhase === undefined)
      throw badRequest('You can not modify the start date of the current phase.', { param: 'phases[0][start_date]' });
    schedule['current_phase'] = currentPhase(changedPhase);
    const subscription = subscriptionOfSchedule(context, schedule);
    if (subscription !== undefined && sellsDifferentItems(phaseBefore, changedPhase))
      applyPhase(context, schedule, subscription, {
        ...changedPhase,
        proration_behavior: behavior ?? 'create_prorations',
      });
  }
  schedule['phases'] = [...phasesBefore.filter((phase) => phase.end_date <= start), ...newPhases];
  advanceSchedule(context, schedule);
  schedulePhaseChanges(context, schedule);
}

/**
 * Returns whether two versions of a phase differ in the prices or quantities of their items, or in the discounts of the
 * phase.
 */
function sellsDifferentItems(before: Phase, after: Phase): boolean {
  const toText = ({ items, discounts }: Phase): string =>
    JSON.stringify([items.map(({ price, quantity }) => [price, quantity]), discounts]);
  return toText(before) !== toText(after);
}

/** Rejects an action on a schedule that has ended. */
function requireRunning(schedule: StoredObject, verb: string): void {
  if (RUNNING_STATUSES.includes(schedule['status'])) return;
  throw badRequest(
    `You cannot perform this operation: a subscription schedule with a status of \`${String(schedule['status'])}\` cannot be ${verb}.`,
  );
}

/** POST /v1/subscription_schedules/{id}/release. https://docs.stripe.com/api/subscription_schedules/release */
function releaseScheduleInPath(requestContext: Context, id: string): StoredObject {
  const schedule = objectInPath(requestContext, 'subscription_schedule', id, 'schedule');
  requireRunning(schedule, 'released');
  releaseSchedule(atClockTime(requestContext, schedule), schedule);
  return schedule;
}

/** POST /v1/subscription_schedules/{id}/cancel also cancels the subscription. https://docs.stripe.com/api/subscription_schedules/cancel */
function cancelSchedule(requestContext: Context, id: string): StoredObject {
  const schedule = objectInPath(requestContext, 'subscription_schedule', id, 'schedule');
  requireRunning(schedule, 'canceled');
  const context = atClockTime(requestContext, schedule);
  const subscription = subscriptionOfSchedule(context, schedule);
  const { invoice_now: invoiceNow = true, prorate = true } = context.params;
  Object.assign(schedule, { canceled_at: context.now, current_phase: null, status: 'canceled' });
  if (subscription !== undefined && !ENDED_STATUSES.includes(subscription['status']))
    cancelSubscription({ ...context, params: { invoice_now: invoiceNow, prorate } }, subscription);
  return schedule;
}

/** Returns the schedule of a subscription, or undefined if it has none. */
export function scheduleOf({ account }: Context, subscription: StoredObject): StoredObject | undefined {
  const id = subscription['schedule'];
  if (typeof id !== 'string') return undefined;
  const schedule = account.get('subscription_schedule', id);
  if (schedule === undefined) throw noSuchObject('subscription_schedule', id, 'schedule');
  return schedule;
}

export const schedules: Feature = {
  scheduled: {
    'subscription_schedule.advance': advanceSchedule,
    'subscription_schedule.expiring': announceExpiring,
  },
  entities: { SubscriptionSchedule: { create: createSchedule, beforeUpdate: updateSchedule } },
  actions: {
    '/v1/subscription_schedules/{id}/cancel': cancelSchedule,
    '/v1/subscription_schedules/{id}/release': releaseScheduleInPath,
  },
};
