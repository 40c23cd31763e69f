import type { Context } from '../../context.ts';
import { scheduleTask } from '../../ledger/due.ts';
import { DAY } from '../../seconds.ts';
import type { StoredObject } from '../../store.ts';
import { billFinalInvoice, endSubscription, ENDED_STATUSES } from '../subscriptions/cancel.ts';
import { hashOrEmpty } from '../values.ts';
import { applyPhase, startSubscription } from './apply.ts';
import { phasesOf, type Phase } from './phases.ts';

/**
 * How many days before the end of a schedule Stripe sends the event `subscription_schedule.expiring`.
 * https://docs.stripe.com/api/events/types#event_types-subscription_schedule.expiring
 */
const EXPIRING_DAYS = 7;

/** Statuses of a schedule that has not ended. */
export const RUNNING_STATUSES: readonly unknown[] = ['not_started', 'active'];

/**
 * Updates a schedule to the current time: starts the schedule, applies its current phase to its subscription, or ends
 * the schedule.
 */
export function advanceSchedule(context: Context, schedule: StoredObject): void {
  if (!RUNNING_STATUSES.includes(schedule['status'])) return;
  const phases = phasesOf(schedule);
  const phase = phases.find((candidate) => candidate.start_date <= context.now && candidate.end_date > context.now);
  if (phase === undefined) {
    if (phases.every((candidate) => candidate.end_date <= context.now)) finishSchedule(context, schedule);
    return;
  }
  if (hashOrEmpty(schedule['current_phase'])['start_date'] === phase.start_date) return;
  const subscription = subscriptionOfSchedule(context, schedule);
  if (subscription === undefined) schedule['subscription'] = startSubscription(context, schedule, phase).id;
  else applyPhase(context, schedule, subscription, phase);
  Object.assign(schedule, { current_phase: currentPhase(phase), status: 'active' });
}

/** Returns the field `current_phase` of a schedule. */
export function currentPhase({ start_date, end_date }: Phase): object {
  return { end_date, start_date };
}

/** Schedules a task for each future start and end of a phase, and a task that announces the end of the schedule. */
export function schedulePhaseChanges(context: Context, schedule: StoredObject): void {
  const phases = phasesOf(schedule);
  for (const { start_date: start, end_date: end } of phases) {
    if (start > context.now) scheduleTask(context, start, 'subscription_schedule.advance', schedule);
    if (end > context.now) scheduleTask(context, end, 'subscription_schedule.advance', schedule);
  }
  const lastEnd = phases.at(-1)?.end_date ?? context.now;
  scheduleTask(
    context,
    Math.max(context.now, lastEnd - EXPIRING_DAYS * DAY),
    'subscription_schedule.expiring',
    schedule,
  );
}

/**
 * Announces that a schedule ends soon. Does nothing if the schedule is not active, or if an update has moved its end to
 * a later time in the meantime.
 */
export function announceExpiring(context: Context, schedule: StoredObject): void {
  const lastEnd = phasesOf(schedule).at(-1)?.end_date ?? 0;
  if (schedule['status'] === 'active' && lastEnd - EXPIRING_DAYS * DAY <= context.now)
    context.account.changes.announce('subscription_schedule.expiring', schedule);
}

export function subscriptionOfSchedule({ account }: Context, schedule: StoredObject): StoredObject | undefined {
  return account.get('subscription', String(schedule['subscription']));
}

/**
 * Ends a schedule after its last phase. With the `end_behavior` `cancel`, the subscription ends too. Otherwise the
 * subscription continues without a schedule.
 * https://docs.stripe.com/api/subscription_schedules/create#create_subscription_schedule-end_behavior
 */
function finishSchedule(context: Context, schedule: StoredObject): void {
  const subscription = subscriptionOfSchedule(context, schedule);
  if (schedule['end_behavior'] !== 'cancel') return releaseSchedule(context, schedule);
  Object.assign(schedule, { completed_at: context.now, current_phase: null, status: 'completed' });
  if (subscription === undefined || ENDED_STATUSES.includes(subscription['status'])) return;
  if (subscription['status'] !== 'trialing') billFinalInvoice(context, subscription);
  endSubscription(context, subscription, { reason: null });
}

/** Ends a schedule. Its subscription continues without a schedule. https://docs.stripe.com/api/subscription_schedules/release */
export function releaseSchedule(context: Context, schedule: StoredObject): void {
  const subscription = subscriptionOfSchedule(context, schedule);
  if (subscription !== undefined) subscription['schedule'] = null;
  Object.assign(schedule, {
    current_phase: null,
    released_at: context.now,
    released_subscription: subscription?.id ?? null,
    status: 'released',
    subscription: null,
  });
}
