import { objectInPath, makeObject, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import { runTask, nextTask } from '../ledger/due.ts';
import { badRequest } from '../api-error.ts';
import type { StoredObject } from '../store.ts';
import { DAY } from '../seconds.ts';
import { addIntervals } from './periods.ts';
import { ENDED_STATUSES } from './subscriptions/cancel.ts';
import { intervalOf, priceOf, subscriptionItems } from './subscriptions/items.ts';

/** Seconds after which a clock and its objects are deleted. https://docs.stripe.com/api/test_clocks/object#test_clock_object-deletes_after */
const CLOCK_LIFETIME = 30 * DAY;

/** POST /v1/test_helpers/test_clocks. https://docs.stripe.com/api/test_clocks/create */
function createClock(context: Context): StoredObject {
  const clock = makeObject(context, 'TestHelpers.TestClock', context.params);
  return Object.assign(clock, {
    deletes_after: context.now + CLOCK_LIFETIME,
    name: context.params['name'] ?? null,
    status: 'ready',
  });
}

/**
 * POST /v1/test_helpers/test_clocks/{id}/advance. All tasks of the clock that become due run before the response. The
 * clock is then `ready`, but the response has the status `advancing`, as at Stripe.
 * https://docs.stripe.com/api/test_clocks/advance
 */
function advanceClock(context: Context, id: string, handlers: TaskHandlers): StoredObject {
  const clock = objectInPath(context, 'test_helpers.test_clock', id);
  const targetTime = Number(context.params['frozen_time']);
  if (targetTime <= Number(clock['frozen_time']))
    throw badRequest('A test clock can only be advanced to a later time.', { param: 'frozen_time' });
  if (targetTime > maxAdvanceTime(context, clock))
    throw badRequest(
      'A test clock can be advanced by at most two intervals of its shortest subscription, or by two years without a subscription.',
      { param: 'frozen_time' },
    );
  clock['status'] = 'advancing';
  context.account.changes.endStep();
  for (let next = nextTask(context, id); next !== undefined && next.at <= targetTime; next = nextTask(context, id)) {
    clock['frozen_time'] = Math.max(Number(clock['frozen_time']), next.at);
    runTask(context, next, handlers);
  }
  Object.assign(clock, { frozen_time: targetTime, status: 'ready' });
  return { ...clock, status: 'advancing' };
}

/** Returns the latest time to which a clock can be advanced: two intervals of its shortest subscription, but at most two years. https://docs.stripe.com/api/test_clocks/advance */
function maxAdvanceTime(context: Context, clock: StoredObject): number {
  const now = Number(clock['frozen_time']);
  const subscriptionLimits = context.account
    .all('subscription')
    .filter(
      (subscription) => subscription['test_clock'] === clock.id && !ENDED_STATUSES.includes(subscription['status']),
    )
    .flatMap((subscription) => subscriptionItems(context, subscription))
    .map((item) => addIntervals(now, intervalOf(priceOf(item)), 2));
  return Math.min(addIntervals(now, { interval: 'year', count: 1 }, 2), ...subscriptionLimits);
}

/** DELETE /v1/test_helpers/test_clocks/{id} also deletes the clock's customers, subscriptions and quotes. https://docs.stripe.com/api/test_clocks/delete */
function removeObjectsOfClock({ account }: Context, clock: StoredObject): void {
  for (const kind of ['customer', 'subscription', 'quote'])
    for (const object of account.all(kind)) if (object['test_clock'] === clock.id) account.remove(kind, object.id);
}

type TaskHandlers = NonNullable<Feature['scheduled']>;

/**
 * Returns the feature of test clocks. `handlers` returns the task handlers of all features, which run when a clock is
 * advanced.
 */
export function testClocks(handlers: () => TaskHandlers): Feature {
  return {
    entities: { 'TestHelpers.TestClock': { create: createClock, beforeDelete: removeObjectsOfClock } },
    actions: {
      '/v1/test_helpers/test_clocks/{id}/advance': (context, id) => advanceClock(context, id, handlers()),
    },
  };
}
