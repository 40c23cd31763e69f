import { inPath, make, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import { handle, nextDue } from '../ledger/due.ts';
import { bad } from '../refusal.ts';
import type { Stored } from '../store.ts';
import { DAY } from '../seconds.ts';
import { after } from './periods.ts';
import { ENDED } from './subscriptions/cancel.ts';
import { intervalOf, priceOf, subscriptionItems } from './subscriptions/items.ts';

/** A clock and its objects go after this time. https://docs.stripe.com/api/test_clocks/object#test_clock_object-deletes_after */
const LIFE = 30 * DAY;

/** POST /v1/test_helpers/test_clocks. https://docs.stripe.com/api/test_clocks/create */
function createClock(context: Context): Stored {
  const clock = make(context, 'TestHelpers.TestClock', context.params);
  return Object.assign(clock, {
    deletes_after: context.now + LIFE,
    name: context.params['name'] ?? null,
    status: 'ready',
  });
}

/**
 * POST /v1/test_helpers/test_clocks/{id}/advance: everything of the clock happens, in its order, before the answer. The
 * answer says `advancing`, as Stripe's does; the clock is `ready` for the next request.
 * https://docs.stripe.com/api/test_clocks/advance
 */
function advanceClock(context: Context, id: string, timers: Timers): Stored {
  const clock = inPath(context, 'test_helpers.test_clock', id);
  const until = Number(context.params['frozen_time']);
  if (until <= Number(clock['frozen_time']))
    throw bad('A test clock can only be advanced to a later time.', { param: 'frozen_time' });
  if (until > latestAdvance(context, clock))
    throw bad(
      'A test clock can be advanced by two intervals of its shortest subscription, or by two years without a subscription.',
      { param: 'frozen_time' },
    );
  clock['status'] = 'advancing';
  context.account.changes.endStep();
  for (let next = nextDue(context, id); next !== undefined && next.at <= until; next = nextDue(context, id)) {
    clock['frozen_time'] = Math.max(Number(clock['frozen_time']), next.at);
    handle(context, next, timers);
  }
  Object.assign(clock, { frozen_time: until, status: 'ready' });
  return { ...clock, status: 'advancing' };
}

/** Unix seconds: two intervals of the shortest subscription from now, or two years. https://docs.stripe.com/api/test_clocks/advance */
function latestAdvance(context: Context, clock: Stored): number {
  const now = Number(clock['frozen_time']);
  const ends = context.account
    .all('subscription')
    .filter((subscription) => subscription['test_clock'] === clock.id && !ENDED.includes(subscription['status']))
    .flatMap((subscription) => subscriptionItems(context, subscription))
    .map((item) => after(now, intervalOf(priceOf(item)), 2));
  return Math.min(after(now, { interval: 'year', count: 1 }, 2), ...ends);
}

/** DELETE /v1/test_helpers/test_clocks/{id}: its customers go, with their subscriptions. https://docs.stripe.com/api/test_clocks/delete */
function removeClock({ account }: Context, clock: Stored): void {
  for (const kind of ['customer', 'subscription', 'quote'])
    for (const object of account.all(kind)) if (object['test_clock'] === clock.id) account.remove(kind, object.id);
}

type Timers = NonNullable<Feature['due']>;

/** `timers` are those of every feature: whatever waits for the time of the clock happens. */
export function testClocks(timers: () => Timers): Feature {
  return {
    entities: { 'TestHelpers.TestClock': { create: createClock, remove: removeClock } },
    actions: {
      '/v1/test_helpers/test_clocks/{id}/advance': (context, id) => advanceClock(context, id, timers()),
    },
  };
}
