import { inParam, type Context } from '../../context.ts';
import { bad } from '../../refusal.ts';
import type { Stored } from '../../store.ts';
import { atClockTime } from '../clock-time.ts';
import { consume } from '../values.ts';
import { ENDED } from './cancel.ts';
import { changeItems } from './change-items.ts';
import { subscriptionItems } from './items.ts';

function subscriptionIn(context: Context, item: Stored): Stored {
  const subscription = context.account.get('subscription', String(item['subscription']));
  if (subscription === undefined || ENDED.includes(subscription['status']))
    throw bad('The subscription of this item is canceled: it cannot be changed.', { param: 'subscription' });
  return subscription;
}

/** POST /v1/subscription_items. https://docs.stripe.com/api/subscription_items/create */
export function createItem(given: Context): Stored {
  const subscription = inParam(given, 'subscription', 'subscription');
  if (subscription === undefined)
    throw bad('Missing required param: subscription.', { code: 'parameter_missing', param: 'subscription' });
  subscriptionIn(given, { id: '', object: '', subscription: subscription.id });
  const [made] = changeItems(
    atClockTime(given, subscription),
    subscription,
    [{ params: given.params, param: '' }],
    given.params,
  );
  return made as Stored;
}

/** POST /v1/subscription_items/{id}. https://docs.stripe.com/api/subscription_items/update */
export function updateItem(given: Context, item: Stored): void {
  const subscription = subscriptionIn(given, item);
  changeItems(
    atClockTime(given, subscription),
    subscription,
    [{ item, params: given.params, param: '' }],
    given.params,
  );
  consume(given.params, Object.keys(given.params));
}

/** DELETE /v1/subscription_items/{id}: not the last one. https://docs.stripe.com/api/subscription_items/delete */
export function removeItem(given: Context, item: Stored): Stored {
  const subscription = subscriptionIn(given, item);
  if (subscriptionItems(given, subscription).length === 1)
    throw bad('A subscription must have at least one active item: cancel the subscription instead.', { param: 'id' });
  changeItems(
    atClockTime(given, subscription),
    subscription,
    [{ item, params: { deleted: true }, param: '' }],
    given.params,
  );
  return { id: item.id, object: item.object, deleted: true };
}
