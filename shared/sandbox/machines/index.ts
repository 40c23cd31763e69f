import { ownAccounts } from '../connect/own-account.ts';
import { customers } from '../customers/customers.ts';
import type { Context } from '../context.ts';
import { discounts } from '../discounts/coupons.ts';
import type { EntityRules, Feature } from '../feature.ts';
import { portal } from '../portal/sessions.ts';
import { products } from '../products/products.ts';
import { runDueTasks } from '../ledger/due.ts';
import { paymentFeatures } from '../payments/features.ts';
import { stateChanges } from '../states/verbs.ts';
import { files } from './files.ts';
import { invoices } from '../billing/invoices/actions.ts';
import { prices } from './prices.ts';
import { meters } from '../billing/meters/meters.ts';
import { previews } from '../billing/invoices/preview.ts';
import { quotes } from '../billing/quotes/quotes.ts';
import { schedules } from '../billing/schedules/schedules.ts';
import { subscriptions } from '../billing/subscriptions/feature.ts';
import { testClocks } from '../billing/clocks.ts';
import { eventDestinations } from '../events/event-destinations.ts';
import { webhookEndpoints } from '../events/webhook-endpoints.ts';

/**
 * All features. If two features have the same rule for an entity, an action or a list, the rule of the later feature
 * applies.
 */
const FEATURES: readonly Feature[] = [
  stateChanges,
  customers,
  ...paymentFeatures,
  ownAccounts,
  discounts,
  files,
  invoices,
  meters,
  previews,
  prices,
  portal,
  products,
  quotes,
  schedules,
  subscriptions,
  testClocks(() => taskHandlers),
  webhookEndpoints,
  eventDestinations,
];

/** The tables of rules that features have, such as `actions`. */
type Tables = Required<Omit<Feature, 'onTimeMoved' | 'routes'>>;

/** Merges one table, such as `actions`, of all features. */
function collectFeatures<K extends keyof Tables>(table: K): Tables[K] {
  return Object.assign({}, ...FEATURES.map((feature) => feature[table])) as Tables[K];
}

const taskHandlers: Tables['scheduled'] = collectFeatures('scheduled');

/** Returns the rules of each entity, merged from all features that have rules for it. */
function entityRules(): Tables['entities'] {
  const byEntity: Record<string, EntityRules> = {};
  for (const { entities = {} } of FEATURES)
    for (const [name, rules] of Object.entries(entities))
      byEntity[name] = { ...byEntity[name], ...rules, filters: { ...byEntity[name]?.filters, ...rules.filters } };
  return byEntity;
}

export const FEATURE_RULES = {
  entities: entityRules(),
  actions: collectFeatures('actions'),
  includes: collectFeatures('includes'),
  routes: FEATURES.flatMap(({ routes }) => routes ?? []),
  scheduled: taskHandlers,
  onTimeMoved: [
    (context: Context) => void runDueTasks(context, taskHandlers),
    ...FEATURES.flatMap(({ onTimeMoved }) => onTimeMoved ?? []),
  ],
};
