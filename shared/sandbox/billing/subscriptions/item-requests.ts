import { objectInParam, type Context } from '../../context.ts';
import { badRequest } from '../../api-error.ts';
import type { StoredObject } from '../../store.ts';
import { atClockTime } from '../clock-time.ts';
import { deleteParams } from '../values.ts';
import { ENDED_STATUSES } from './cancel.ts';
import { changeItems } from './change-items.ts';
import { subscriptionItems } from './items.ts';

/** Returns the subscription with an id. Throws if the subscription does not exist or has ended. */
function runningSubscription(context: Context, id: unknown): StoredObject {
  const subscription = context.account.get('subscription', String(id));
  if (subscription === undefined || ENDED_STATUSES.includes(subscription['status']))
    throw badRequest('The subscription of this item is canceled: it cannot be changed.', { param: 'subscription' });
  return subscription;
}

/** POST /v1/subscription_items. https://docs.stripe.com/api/subscription_items/create */
export function createItem(requestContext: Context): StoredObject {
  const subscription = objectInParam(requestContext, 'subscription', 'subscription');
  if (subscription === undefined)
    throw badRequest('Missing required param: subscription.', { code: 'parameter_missing', param: 'subscription' });
  runningSubscription(requestContext, subscription.id);
  const [newItem] = changeItems(
    atClockTime(requestContext, subscription),
    subscription,
    [{ params: requestContext.params, param: '' }],
    requestContext.params,
  );
  return newItem as StoredObject;
}

/** POST /v1/subscription_items/{id}. https://docs.stripe.com/api/subscription_items/update */
export function updateItem(requestContext: Context, item: StoredObject): void {
  const subscription = runningSubscription(requestContext, item['subscription']);
  changeItems(
    atClockTime(requestContext, subscription),
    subscription,
    [{ item, params: requestContext.params, param: '' }],
    requestContext.params,
  );
  deleteParams(requestContext.params, Object.keys(requestContext.params));
}

/** DELETE /v1/subscription_items/{id}. The last item cannot be deleted. https://docs.stripe.com/api/subscription_items/delete */
export function removeItem(requestContext: Context, item: StoredObject): StoredObject {
  const subscription = runningSubscription(requestContext, item['subscription']);
  if (subscriptionItems(requestContext, subscription).length === 1)
    throw badRequest('A subscription must have at least one active item: cancel the subscription instead.', {
      param: 'id',
    });
  changeItems(
    atClockTime(requestContext, subscription),
    subscription,
    [{ item, params: { deleted: true }, param: '' }],
    requestContext.params,
  );
  return { id: item.id, object: item.object, deleted: true };
}
