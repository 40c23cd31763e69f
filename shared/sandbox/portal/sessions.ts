import { hash } from '../billing/values.ts';
import { inParam, make, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import { bad, missing } from '../refusal.ts';
import type { Stored } from '../store.ts';

/** What the portal does where a configuration does not say. https://docs.stripe.com/api/customer_portal/configurations/create */
const FEATURES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  customer_update: { allowed_updates: [], enabled: false },
  invoice_history: { enabled: false },
  payment_method_update: { enabled: false, payment_method_configuration: null },
  subscription_cancel: {
    cancellation_reason: { enabled: false, options: [] },
    enabled: false,
    mode: 'at_period_end',
    proration_behavior: 'none',
  },
  subscription_update: { default_allowed_updates: [], enabled: false, products: null, proration_behavior: 'none' },
};

/** The default configuration, which the Dashboard of a new account offers. */
const DEFAULT_FEATURES = {
  customer_update: { allowed_updates: ['email', 'name', 'address', 'phone'], enabled: true },
  invoice_history: { enabled: true },
  payment_method_update: { enabled: true },
  subscription_cancel: { enabled: true },
};

function featuresOf(given: unknown): Record<string, unknown> {
  const known = hash(given);
  return {
    ...known,
    ...Object.fromEntries(
      Object.entries(FEATURES).map(([name, defaults]) => [
        name,
        { ...structuredClone(defaults), ...hash(known[name]) },
      ]),
    ),
  };
}

/** POST /v1/billing_portal/configurations */
function createConfiguration(context: Context): Stored {
  const { features, business_profile: profile, ...params } = context.params;
  const login = hash(params['login_page'])['enabled'] === true;
  const made = make(context, 'BillingPortal.Configuration', params);
  return Object.assign(made, {
    active: true,
    business_profile: { headline: null, privacy_policy_url: null, terms_of_service_url: null, ...hash(profile) },
    features: featuresOf(features),
    is_default: false,
    login_page: { enabled: login, url: login ? `${context.origin}/_sandbox/portal/${made.id}` : null },
  });
}

/** POST /v1/billing_portal/configurations/{id}: features that are named change, the others stay. */
function updateConfiguration({ params }: Context, configuration: Stored): void {
  if (params['active'] === false && configuration['is_default'] === true)
    throw bad('You cannot deactivate the default configuration.', { param: 'active' });
  const known = hash(configuration['features']);
  const given = hash(params['features']);
  configuration['features'] = {
    ...known,
    ...Object.fromEntries(
      Object.entries(given).map(([name, value]) => [name, { ...hash(known[name]), ...hash(value) }]),
    ),
  };
  delete params['features'];
}

/** The configuration that a session names, or the default one. */
function configurationOf(context: Context): Stored {
  const named = context.params['configuration'];
  if (typeof named === 'string') {
    const found = context.account.get('billing_portal.configuration', named);
    if (found === undefined) throw missing('billing_portal.configuration', named, 'configuration', true);
    if (found['active'] !== true) throw bad('The configuration specified is inactive.', { param: 'configuration' });
    return found;
  }
  const known = context.account.all('billing_portal.configuration').find((one) => one['is_default'] === true);
  if (known !== undefined) return known;
  const params = { features: DEFAULT_FEATURES };
  return Object.assign(createConfiguration({ ...context, params }), { is_default: true });
}

/** POST /v1/billing_portal/sessions. https://docs.stripe.com/api/customer_portal/sessions/create */
function createPortalSession(context: Context): Stored {
  const { flow_data: flow, configuration: _configuration, ...params } = context.params;
  const customer = inParam(context, 'customer', 'customer');
  if (customer === undefined && params['customer_account'] === undefined)
    throw bad('Missing required param: customer.', { code: 'parameter_missing', param: 'customer' });
  const configuration = configurationOf(context);
  if (flow !== undefined) checkFlow(context, hash(flow), configuration, customer);
  const session = make(context, 'BillingPortal.Session', params);
  return Object.assign(session, {
    configuration: configuration.id,
    customer: customer?.id ?? null,
    flow: flow === undefined ? null : flowHash(hash(flow)),
    return_url: params['return_url'] ?? configuration['default_return_url'] ?? null,
    url: `${context.origin}/_sandbox/portal/${session.id}${context.account.id === '' ? '' : `?account=${context.account.id}`}`,
  });
}

function flowHash(flow: Record<string, unknown>): object {
  return {
    subscription_cancel: null,
    subscription_update: null,
    subscription_update_confirm: null,
    ...flow,
    after_completion: {
      hosted_confirmation: null,
      redirect: null,
      type: 'portal_homepage',
      ...hash(flow['after_completion']),
    },
  };
}

/** A flow is about a subscription of the customer, and its feature is on. https://docs.stripe.com/customer-management/portal-deep-links */
function checkFlow(
  { account }: Context,
  flow: Record<string, unknown>,
  configuration: Stored,
  customer: Stored | undefined,
): void {
  const type = String(flow['type']);
  const feature = type === 'subscription_update_confirm' ? 'subscription_update' : type;
  if (hash(hash(configuration['features'])[feature])['enabled'] !== true)
    throw bad(
      `This portal session cannot have a \`${type}\` flow because the configuration ${configuration.id} has the feature \`${feature}\` disabled.`,
      { param: 'flow_data[type]' },
    );
  if (!type.startsWith('subscription_')) return;
  const param = `flow_data[${type}][subscription]`;
  const id = hash(flow[type])['subscription'];
  if (typeof id !== 'string') throw bad(`Missing required param: ${param}.`, { code: 'parameter_missing', param });
  const subscription = account.get('subscription', id);
  if (subscription === undefined || subscription['customer'] !== customer?.id)
    throw missing('subscription', id, param, true);
}

/** https://docs.stripe.com/customer-management */
export const portal: Feature = {
  entities: {
    'BillingPortal.Configuration': { create: createConfiguration, update: updateConfiguration },
    'BillingPortal.Session': { create: createPortalSession },
  },
};
