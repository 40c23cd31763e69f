import { objectInParam, makeObject, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import { attachMethod, detachPermanently } from '../cards/attachment.ts';
import { badRequest, noSuchObject } from '../api-error.ts';
import { isHash, type StoredObject } from '../store.ts';
import { addBalanceTransaction, balanceTransactions } from './balance-transactions.ts';
import { paymentMethodRoutes } from './payment-methods.ts';
import { checkDefaultSource, createSource, sources } from './sources.ts';
import { makeTaxId, taxIds } from './tax-ids.ts';
import { ENDED_STATUSES } from '../billing/subscriptions/cancel.ts';

/** Maximum lengths of fields. https://docs.stripe.com/api/customers/create */
const MAX_LENGTHS: Readonly<Record<string, number>> = { email: 512, name: 256, phone: 20 };

/** POST /v1/customers. https://docs.stripe.com/api/customers/create */
function createCustomer(context: Context): StoredObject {
  const { params } = context;
  checkLengths(params);
  checkInvoicePrefix(params);
  objectInParam(context, 'test_helpers.test_clock', 'test_clock');
  const { payment_method: method, tax_id_data: taxIdData, source, balance, ...rest } = params;
  const { default_payment_method: defaultMethod } = invoiceSettingsOf(params);
  const customer = makeObject(context, 'Customer', rest);
  try {
    if (source !== undefined) createSource(withParams(context, { source, customer: customer.id }));
    // https://docs.stripe.com/api/customers/create#create_customer-payment_method
    const attachedMethod =
      typeof method === 'string' && method !== ''
        ? attachMethod(withParams(context, { customer: customer.id }), method)
        : undefined;
    if (defaultMethod !== undefined && defaultMethod !== '') {
      // A test card such as `pm_card_visa` in both parameters is one payment method: the one that was just attached.
      const defaultId = defaultMethod === method ? (attachedMethod?.id ?? defaultMethod) : defaultMethod;
      checkDefaultMethod(context, customer, defaultId);
      Object.assign(customer['invoice_settings'] as object, { default_payment_method: defaultId });
    }
  } catch (error) {
    context.account.remove('customer', customer.id);
    throw error;
  }
  Object.assign(customer, {
    balance: 0,
    delinquent: false,
    invoice_prefix: params['invoice_prefix'] ?? context.ids.letters(8).toUpperCase(),
    next_invoice_sequence: params['next_invoice_sequence'] ?? 1,
    preferred_locales: params['preferred_locales'] ?? [],
    tax_exempt: params['tax_exempt'] ?? 'none',
  });
  if (typeof balance === 'number' && balance !== 0) addBalanceTransaction(context, customer, balance, 'initial');
  for (const data of Array.isArray(taxIdData) ? taxIdData : [])
    if (isHash(data)) makeTaxId(withParams(context, data), customer);
  return customer;
}

/** POST /v1/customers/{id}. https://docs.stripe.com/api/customers/update */
function updateCustomer(context: Context, customer: StoredObject): void {
  const { params } = context;
  checkLengths(params);
  checkInvoicePrefix(params);
  const { default_payment_method: defaultMethod } = invoiceSettingsOf(params);
  if (defaultMethod !== undefined && defaultMethod !== '') checkDefaultMethod(context, customer, defaultMethod);
  changeSource(context, customer);
  const { balance } = params;
  if (typeof balance !== 'number') return;
  delete params['balance'];
  const difference = balance - Number(customer['balance']);
  if (difference !== 0) addBalanceTransaction(context, customer, difference, 'adjustment');
}

/** Changes the default source. If the request has `source`, creates the new source and deletes the former default source. https://docs.stripe.com/api/customers/update */
function changeSource(context: Context, customer: StoredObject): void {
  const { params, account } = context;
  const { default_source: defaultSource, source } = params;
  if (typeof defaultSource === 'string' && defaultSource !== '') checkDefaultSource(context, customer, defaultSource);
  delete params['source'];
  if (source === undefined || source === '') return;
  const previousSource = String(customer['default_source']);
  const newSource = createSource(withParams(context, { source, customer: customer.id }));
  for (const kind of ['card', 'bank_account', 'payment_method']) account.remove(kind, previousSource);
  customer['default_source'] = newSource.id;
}

/** Cancels the subscriptions of a customer before its deletion, detaches its payment methods, and deletes its tax ids, cards and bank accounts. https://docs.stripe.com/api/customers/delete */
function prepareCustomerDeletion(context: Context, customer: StoredObject): void {
  const { account, now } = context;
  const objectsOfCustomer = (kind: string): StoredObject[] =>
    account.all(kind).filter((candidate) => candidate['customer'] === customer.id);
  for (const subscription of objectsOfCustomer('subscription'))
    if (!ENDED_STATUSES.includes(subscription['status']))
      Object.assign(subscription, { status: 'canceled', canceled_at: now, ended_at: now });
  for (const method of objectsOfCustomer('payment_method')) detachPermanently(context, method);
  for (const kind of ['tax_id', 'card', 'bank_account'])
    for (const object of objectsOfCustomer(kind)) account.remove(kind, object.id);
}

function invoiceSettingsOf(params: Context['params']): Record<string, unknown> {
  return isHash(params['invoice_settings']) ? params['invoice_settings'] : {};
}

/** Rejects a default payment method that is not attached to the customer. */
function checkDefaultMethod({ account }: Context, customer: StoredObject, id: unknown): void {
  const method = account.get('payment_method', String(id));
  const param = 'invoice_settings[default_payment_method]';
  if (method === undefined) throw noSuchObject('payment_method', String(id), param, true);
  if (method['customer'] === customer.id) return;
  throw badRequest(
    `The customer does not have a payment method with the ID ${String(id)}. The payment method must be attached to the customer.`,
    { code: 'resource_missing', param },
  );
}

function checkLengths(params: Context['params']): void {
  for (const [param, max] of Object.entries(MAX_LENGTHS)) {
    const value = params[param];
    if (typeof value === 'string' && value.length > max)
      throw badRequest(
        `Invalid string: ${value.slice(0, 10)}...${value.slice(-10)}; must be at most ${max} characters`,
        { param },
      );
  }
}

/** Rejects an invalid invoice prefix. https://docs.stripe.com/api/customers/create#create_customer-invoice_prefix */
function checkInvoicePrefix({ invoice_prefix: prefix }: Context['params']): void {
  if (typeof prefix === 'string' && prefix !== '' && !/^[A-Z0-9]{3,12}$/.test(prefix))
    throw badRequest('Invalid invoice prefix: it must have 3 to 12 uppercase letters or numbers.', {
      param: 'invoice_prefix',
    });
}

function withParams(context: Context, params: Context['params']): Context {
  return { ...context, params };
}

export const customers: Feature = {
  entities: {
    Customer: { create: createCustomer, beforeUpdate: updateCustomer, beforeDelete: prepareCustomerDeletion },
    ...balanceTransactions.entities,
    ...sources.entities,
    ...taxIds.entities,
  },
  actions: sources.actions,
  routes: paymentMethodRoutes,
};
