import { cancelSubscription } from '../billing/subscriptions/cancel.ts';
import { updateSubscription } from '../billing/subscriptions/update.ts';
import { hashOrEmpty } from '../billing/values.ts';
import { attachTo } from '../cards/attachment.ts';
import { resolvePaymentMethod } from '../cards/payment-methods.ts';
import { applyParams, type StoredObject } from '../store.ts';
import type { Context } from '../context.ts';
import { badRequest, noSuchObject } from '../api-error.ts';

/** Handles a form of the portal. */
type PortalHandler = (
  context: Context,
  customer: StoredObject,
  form: URLSearchParams,
  settings: Record<string, unknown>,
) => void;

interface PortalAction {
  /** The feature that the configuration of the portal must enable. */
  readonly feature: string;
  readonly run: PortalHandler;
}

const PORTAL_ACTIONS: Readonly<Record<string, PortalAction>> = {
  cancel: { feature: 'subscription_cancel', run: cancelInPortal },
  renew: {
    feature: 'subscription_cancel',
    run: (context, customer, form) => changeSubscription(context, customer, form, RENEWAL),
  },
  add_card: { feature: 'payment_method_update', run: addCard },
  default_card: { feature: 'payment_method_update', run: setDefaultCard },
  update_customer: { feature: 'customer_update', run: updateDetails },
};

const RENEWAL = { cancel_at_period_end: false };

/** Runs the action of a form. Throws if the configuration of the portal does not enable the action. */
export function portalAction(context: Context, session: StoredObject, form: URLSearchParams): void {
  const action = PORTAL_ACTIONS[form.get('action') ?? ''];
  if (action === undefined) throw badRequest('The portal has no action of this name.');
  const settings = featureOf(context, session, action.feature);
  if (settings['enabled'] !== true) throw badRequest('The configuration of this portal does not enable this action.');
  const customer = context.account.get('customer', String(session['customer']));
  if (customer === undefined) throw noSuchObject('customer', String(session['customer']), 'customer');
  action.run(context, customer, form, settings);
}

/** Returns the settings of a feature in the configuration of a session. */
export function featureOf({ account }: Context, session: StoredObject, name: string): Record<string, unknown> {
  const configuration = account.get('billing_portal.configuration', String(session['configuration']));
  return hashOrEmpty(hashOrEmpty(configuration?.['features'])[name]);
}

/** Returns the subscription whose id is in a form. Throws if the subscription does not belong to the customer. */
function customerSubscription({ account }: Context, customer: StoredObject, form: URLSearchParams): StoredObject {
  const id = form.get('subscription') ?? '';
  const subscription = account.get('subscription', id);
  if (subscription?.['customer'] !== customer.id) throw noSuchObject('subscription', id, 'subscription', true);
  return subscription;
}

/** Updates the subscription whose id is in a form. `params` are the parameters of the update. */
function changeSubscription(
  context: Context,
  customer: StoredObject,
  form: URLSearchParams,
  params: Record<string, unknown>,
): void {
  updateSubscription({ ...context, params: { ...params } }, customerSubscription(context, customer, form));
}

/**
 * Cancels a subscription. The configuration of the portal determines whether the subscription ends now or at the end of
 * the period. https://docs.stripe.com/customer-management/cancellation-page
 */
function cancelInPortal(
  context: Context,
  customer: StoredObject,
  form: URLSearchParams,
  settings: Record<string, unknown>,
): void {
  if (settings['mode'] !== 'immediately')
    return changeSubscription(context, customer, form, { cancel_at_period_end: true });
  const prorate = settings['proration_behavior'] !== 'none';
  const params = { prorate, invoice_now: settings['proration_behavior'] === 'always_invoice' };
  cancelSubscription({ ...context, params }, customerSubscription(context, customer, form));
}

/** Adds a card and makes it the default for later payments. https://docs.stripe.com/customer-management/configure-portal */
function addCard(context: Context, customer: StoredObject, form: URLSearchParams): void {
  const method = resolvePaymentMethod(context, form.get('payment_method') ?? 'pm_card_visa', 'payment_method');
  attachTo(context, method, customer.id);
  setDefaultMethod(customer, method.id);
}

function setDefaultCard({ account }: Context, customer: StoredObject, form: URLSearchParams): void {
  const id = form.get('payment_method') ?? '';
  if (account.get('payment_method', id)?.['customer'] !== customer.id)
    throw noSuchObject('PaymentMethod', id, 'payment_method', true);
  setDefaultMethod(customer, id);
}

function setDefaultMethod(customer: StoredObject, method: string): void {
  customer['invoice_settings'] = { ...hashOrEmpty(customer['invoice_settings']), default_payment_method: method };
}

/** Changes the fields of the customer that the configuration of the portal allows. */
function updateDetails(
  context: Context,
  customer: StoredObject,
  form: URLSearchParams,
  { allowed_updates: allowed }: Record<string, unknown>,
): void {
  const names = (Array.isArray(allowed) ? allowed : []).filter((name) =>
    ['email', 'name', 'phone'].includes(String(name)),
  );
  for (const name of names) {
    const value = form.get(String(name));
    if (value !== null) applyParams(customer, { [String(name)]: value }, context.entity('Customer').fields);
  }
}
