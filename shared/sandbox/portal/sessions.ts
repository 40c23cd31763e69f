import { hashOrEmpty } from '../billing/values.ts';
import { objectInParam, makeObject, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import { badRequest, missingParam, noSuchObject } from '../api-error.ts';
import type { StoredObject } from '../store.ts';

/** The default settings of each feature. https://docs.stripe.com/api/customer_portal/configurations/create */
const PORTAL_FEATURES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
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

/** The features of a new account's default configuration. */
const DEFAULT_FEATURES = {
  customer_update: { allowed_updates: ['email', 'name', 'address', 'phone'], enabled: true },
  invoice_history: { enabled: true },
  payment_method_update: { enabled: true },
  subscription_cancel: { enabled: true },
};

/** Returns all features with all of their settings. A feature or a setting that the request omits has its default. */
function withFeatureDefaults(features: unknown): Record<string, unknown> {
  const requested = hashOrEmpty(features);
  const completed = Object.entries(PORTAL_FEATURES).map(([name, defaults]): [string, unknown] => [
    name,
    { ...structuredClone(defaults), ...hashOrEmpty(requested[name]) },
  ]);
  return { ...requested, ...Object.fromEntries(completed) };
}

/** POST /v1/billing_portal/configurations */
function createConfiguration(context: Context): StoredObject {
  const { features, business_profile: profile, ...params } = context.params;
  const hasLoginPage = hashOrEmpty(params['login_page'])['enabled'] === true;
  const configuration = makeObject(context, 'BillingPortal.Configuration', params);
  return Object.assign(configuration, {
    active: true,
    business_profile: { headline: null, privacy_policy_url: null, terms_of_service_url: null, ...hashOrEmpty(profile) },
    features: withFeatureDefaults(features),
    is_default: false,
    login_page: {
      enabled: hasLoginPage,
      url: hasLoginPage ? `${context.origin}/_sandbox/portal/${configuration.id}` : null,
    },
  });
}

/** POST /v1/billing_portal/configurations/{id}. Features that the request omits do not change. */
function updateConfiguration({ params }: Context, configuration: StoredObject): void {
  if (params['active'] === false && configuration['is_default'] === true)
    throw badRequest('You cannot deactivate the default configuration.', { param: 'active' });
  const current = hashOrEmpty(configuration['features']);
  const changes = hashOrEmpty(params['features']);
  configuration['features'] = {
    ...current,
    ...Object.fromEntries(
      Object.entries(changes).map(([name, value]) => [name, { ...hashOrEmpty(current[name]), ...hashOrEmpty(value) }]),
    ),
  };
  // The remaining parameters replace fields of the configuration.
  delete params['features'];
}

/** Returns the requested configuration, or the default configuration, which is created if necessary. */
function requireConfiguration(context: Context): StoredObject {
  const configurationId = context.params['configuration'];
  if (typeof configurationId === 'string') {
    const configuration = context.account.get('billing_portal.configuration', configurationId);
    if (configuration === undefined)
      throw noSuchObject('billing_portal.configuration', configurationId, 'configuration', true);
    if (configuration['active'] !== true)
      throw badRequest('The configuration specified is inactive.', { param: 'configuration' });
    return configuration;
  }
  const defaultConfiguration = context.account
    .all('billing_portal.configuration')
    .find((candidate) => candidate['is_default'] === true);
  if (defaultConfiguration !== undefined) return defaultConfiguration;
  const params = { features: DEFAULT_FEATURES };
  return Object.assign(createConfiguration({ ...context, params }), { is_default: true });
}

/** POST /v1/billing_portal/sessions. https://docs.stripe.com/api/customer_portal/sessions/create */
function createPortalSession(context: Context): StoredObject {
  const { flow_data: flow, configuration: _configuration, ...params } = context.params;
  const customer = objectInParam(context, 'customer', 'customer');
  if (customer === undefined && params['customer_account'] === undefined) throw missingParam('customer');
  const configuration = requireConfiguration(context);
  if (flow !== undefined) checkFlow(context, hashOrEmpty(flow), configuration, customer);
  const session = makeObject(context, 'BillingPortal.Session', params);
  const query = context.account.id === '' ? '' : `?account=${context.account.id}`;
  return Object.assign(session, {
    configuration: configuration.id,
    customer: customer?.id ?? null,
    flow: flow === undefined ? null : flowHash(hashOrEmpty(flow)),
    return_url: params['return_url'] ?? configuration['default_return_url'] ?? null,
    url: `${context.origin}/_sandbox/portal/${session.id}${query}`,
  });
}

/** Returns the field `flow` of a session. Fields that the request does not set have their defaults. */
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
      ...hashOrEmpty(flow['after_completion']),
    },
  };
}

/** Checks that the feature of a flow is enabled and that its subscription belongs to the customer. https://docs.stripe.com/customer-management/portal-deep-links */
function checkFlow(
  { account }: Context,
  flow: Record<string, unknown>,
  configuration: StoredObject,
  customer: StoredObject | undefined,
): void {
  const type = String(flow['type']);
  const feature = type === 'subscription_update_confirm' ? 'subscription_update' : type;
  if (hashOrEmpty(hashOrEmpty(configuration['features'])[feature])['enabled'] !== true)
    throw badRequest(
      `This portal session cannot have a \`${type}\` flow because the configuration ${configuration.id} has the feature \`${feature}\` disabled.`,
      { param: 'flow_data[type]' },
    );
  if (!type.startsWith('subscription_')) return;
  const param = `flow_data[${type}][subscription]`;
  const id = hashOrEmpty(flow[type])['subscription'];
  if (typeof id !== 'string') throw missingParam(param);
  const subscription = account.get('subscription', id);
  if (subscription === undefined || subscription['customer'] !== customer?.id)
    throw noSuchObject('subscription', id, param, true);
}

/** https://docs.stripe.com/customer-management */
export const portal: Feature = {
  entities: {
    'BillingPortal.Configuration': { create: createConfiguration, beforeUpdate: updateConfiguration },
    'BillingPortal.Session': { create: createPortalSession },
  },
};
