/** Times, durations and requests that the tests of subscription schedules use. */
import type Stripe from 'stripe';
import { stripe } from './setup.ts';

export const FEBRUARY = Date.UTC(2026, 1, 28) / 1000;
export const MARCH = Date.UTC(2026, 2, 31) / 1000;

export const month = (interval_count: number): Stripe.SubscriptionScheduleCreateParams.Phase.Duration => ({
  interval: 'month',
  interval_count,
});

export const read = (id: string): Promise<Stripe.SubscriptionSchedule> => stripe().subscriptionSchedules.retrieve(id);

export const subscription = async (schedule: Stripe.SubscriptionSchedule): Promise<Stripe.Subscription> =>
  stripe().subscriptions.retrieve(String(schedule.subscription));
