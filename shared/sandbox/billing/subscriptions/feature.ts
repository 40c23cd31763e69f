import { objectInPath } from '../../context.ts';
import type { Feature } from '../../feature.ts';
import { cancelSubscription } from './cancel.ts';
import { createItem, removeItem, updateItem } from './item-requests.ts';
import { createSubscription } from './create.ts';
import { subscriptionTasks } from './cycle.ts';
import { pauseSubscription, resumeSubscription } from './pause.ts';
import { updateSubscription } from './update.ts';

/** https://docs.stripe.com/billing/subscriptions/overview */
export const subscriptions: Feature = {
  scheduled: subscriptionTasks,
  entities: {
    Subscription: { create: createSubscription, insteadOfDelete: cancelSubscription, beforeUpdate: updateSubscription },
    SubscriptionItem: {
      create: createItem,
      insteadOfDelete: removeItem,
      beforeUpdate: updateItem,
      // A list begins with the newest object unless `selectListed` reverses the objects. Stripe lists the oldest
      // subscription item first.
      selectListed: (_context, items) => [...items].reverse(),
    },
  },
  actions: {
    // DELETE /v1/subscriptions/{id}/discount
    '/v1/subscriptions/{id}/discount': (context, id) => {
      const subscription = objectInPath(context, 'subscription', id);
      const [discount] = (subscription['discounts'] ?? []) as string[];
      subscription['discounts'] = [];
      return { id: discount, object: 'discount', deleted: true };
    },
    '/v1/subscriptions/{id}/pause': pauseSubscription,
    '/v1/subscriptions/{id}/resume': resumeSubscription,
  },
};
