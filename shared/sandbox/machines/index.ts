import { ownAccounts } from '../connect/own-account.ts';
import { customers } from '../customers/customers.ts';
import type { Context } from '../context.ts';
import { discounts } from '../discounts/coupons.ts';
import type { EntityMachine, Feature } from '../feature.ts';
import { portal } from '../portal/sessions.ts';
import { products } from '../products/products.ts';
import { runDue } from '../ledger/due.ts';
import { money } from '../payments/features.ts';
import { verbs } from '../states/verbs.ts';
import { files } from './files.ts';
import { invoices } from '../billing/invoices/actions.ts';
import { prices } from './prices.ts';
import { meters } from '../billing/meters/meters.ts';
import { previews } from '../billing/invoices/preview.ts';
import { quotes } from '../billing/quotes/quotes.ts';
import { schedules } from '../billing/schedules/schedules.ts';
import { subscriptions } from '../billing/subscriptions/feature.ts';
import { testClocks } from '../billing/clocks.ts';
import { webhookEndpoints } from '../events/webhook-endpoints.ts';

/** Every feature with rules of its own. A later feature's rule replaces an earlier one's for the same entity or path. */
const FEATURES: readonly Feature[] = [
  verbs,
  customers,
  ...money,
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
  testClocks(() => timers),
  webhookEndpoints,
];

type Tables = Required<Omit<Feature, 'onTime' | 'routes'>>;

function collectFeatures<K extends keyof Tables>(part: K): Tables[K] {
  return Object.assign({}, ...FEATURES.map((feature) => feature[part])) as Tables[K];
}

const timers: Tables['due'] = collectFeatures('due');

/** The machines of each entity, the rules of several features together. */
function machines(): Tables['entities'] {
  const all: Record<string, EntityMachine> = {};
  for (const { entities = {} } of FEATURES)
    for (const [name, machine] of Object.entries(entities))
      all[name] = { ...all[name], ...machine, filters: { ...all[name]?.filters, ...machine.filters } };
  return all;
}

export const MACHINES = {
  entities: machines(),
  actions: collectFeatures('actions'),
  includes: collectFeatures('includes'),
  routes: FEATURES.flatMap(({ routes }) => routes ?? []),
  due: timers,
  onTime: [(context: Context) => void runDue(context, timers), ...FEATURES.flatMap(({ onTime }) => onTime ?? [])],
};
