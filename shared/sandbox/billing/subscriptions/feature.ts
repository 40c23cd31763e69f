import { inPath } from '../../context.ts';
import type { Feature } from '../../feature.ts';
import { cancelSubscription } from './cancel.ts';
import { createItem, removeItem, updateItem } from './item-requests.ts';
import { createSubscription } from './create.ts';
import { subscriptionTimers } from './cycle.ts';
import { pauseSubscription, resumeSubscription } from './pause.ts';
import { updateSubscription } from './update.ts';

/** https://docs.stripe.com/billing/subscriptions/overview */
export const subscriptions: Feature = {
  due: subscriptionTimers,
  entities: {
    Subscription: { create: createSubscription, end: cancelSubscription, update: updateSubscription },
    SubscriptionItem: {
      create: createItem,
      end: removeItem,
      update: updateItem,
      // Oldest first, as they are embedded.
      listed: (_context, items) => [...items].reverse(),
    },
  },
  actions: {
    '/v1/subscriptions/{id}/discount': (context, id) => {
      const subscription = inPath(context, 'subscription', id);
      const [discount] = (subscription['discounts'] ?? []) as string[];
      subscription['discounts'] = [];
      return { id: discount, object: 'discount', deleted: true };
    },
    '/v1/subscriptions/{id}/pause': pauseSubscription,
    '/v1/subscriptions/{id}/resume': resumeSubscription,
  },
};
