import { inParam, make, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import { attach, detachForGood } from '../cards/payment-methods.ts';
import { bad, missing } from '../refusal.ts';
import { isHash, type Stored } from '../store.ts';
import { addTransaction, balanceTransactions } from './balance-transactions.ts';
import { paymentMethodRoutes } from './payment-methods.ts';
import { checkDefaultSource, createSource, sources } from './sources.ts';
import { makeTaxId, taxIds } from './tax-ids.ts';
import { ENDED } from '../billing/subscriptions/cancel.ts';

/** Characters of a field at most. https://docs.stripe.com/api/customers/create */
const MAX_LENGTHS: Readonly<Record<string, number>> = { email: 512, name: 256, phone: 20 };

/** States of a subscription that a deletion does not change. */

/** POST /v1/customers. https://docs.stripe.com/api/customers/create */
function createCustomer(context: Context): Stored {
  const { params } = context;
  checkLengths(params);
  checkInvoicePrefix(params);
  inParam(context, 'test_helpers.test_clock', 'test_clock');
  const { payment_method: method, tax_id_data: taxIdData, source, balance, ...rest } = params;
  const { default_payment_method: chosen } = invoiceSettingsOf(params);
  const customer = make(context, 'Customer', rest);
  try {
    if (source !== undefined) createSource(own(context, { source, customer: customer.id }));
    // Attached at creation. https://docs.stripe.com/api/customers/create#create_customer-payment_method
    const attached =
      typeof method === 'string' && method !== '' ? attach(own(context, { customer: customer.id }), method) : undefined;
    if (chosen !== undefined && chosen !== '') {
      const known = attached !== undefined && (chosen === attached.id || chosen === method) ? attached : undefined;
      checkDefaultMethod(context, customer, known?.id ?? chosen);
      Object.assign(customer['invoice_settings'] as object, { default_payment_method: known?.id ?? chosen });
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
  if (typeof balance === 'number' && balance !== 0) addTransaction(context, customer, balance, 'initial');
  for (const data of Array.isArray(taxIdData) ? taxIdData : [])
    if (isHash(data)) makeTaxId(own(context, data), customer);
  return customer;
}

/** POST /v1/customers/{id}. https://docs.stripe.com/api/customers/update */
function updateCustomer(context: Context, customer: Stored): void {
  const { params } = context;
  checkLengths(params);
  checkInvoicePrefix(params);
  const { default_payment_method: chosen } = invoiceSettingsOf(params);
  if (chosen !== undefined && chosen !== '') checkDefaultMethod(context, customer, chosen);
  changeSource(context, customer);
  const { balance } = params;
  if (typeof balance !== 'number') return;
  delete params['balance'];
  const difference = balance - Number(customer['balance']);
  if (difference !== 0) addTransaction(context, customer, difference, 'adjustment');
}

/** A new source takes the place of the default one. https://docs.stripe.com/api/customers/update */
function changeSource(context: Context, customer: Stored): void {
  const { params, account } = context;
  const { default_source: chosen, source } = params;
  if (typeof chosen === 'string' && chosen !== '') checkDefaultSource(context, customer, chosen);
  delete params['source'];
  if (source === undefined || source === '') return;
  const former = String(customer['default_source']);
  const made = createSource(own(context, { source, customer: customer.id }));
  for (const kind of ['card', 'bank_account', 'payment_method']) account.remove(kind, former);
  customer['default_source'] = made.id;
}

/** Deleting a customer ends the subscriptions and lets the payment methods go. https://docs.stripe.com/api/customers/delete */
function letGo(context: Context, customer: Stored): void {
  const { account, now } = context;
  const owned = (kind: string): Stored[] => account.all(kind).filter((one) => one['customer'] === customer.id);
  for (const subscription of owned('subscription'))
    if (!ENDED.includes(subscription['status']))
      Object.assign(subscription, { status: 'canceled', canceled_at: now, ended_at: now });
  for (const method of owned('payment_method')) detachForGood(context, method);
  for (const kind of ['tax_id', 'card', 'bank_account']) for (const one of owned(kind)) account.remove(kind, one.id);
}

function invoiceSettingsOf(params: Context['params']): Record<string, unknown> {
  return isHash(params['invoice_settings']) ? params['invoice_settings'] : {};
}

function checkDefaultMethod({ account }: Context, customer: Stored, id: unknown): void {
  const method = account.get('payment_method', String(id));
  const param = 'invoice_settings[default_payment_method]';
  if (method === undefined) throw missing('payment_method', String(id), param, true);
  if (method['customer'] === customer.id) return;
  throw bad(
    `The customer does not have a payment method with the ID ${String(id)}. The payment method must be attached to the customer.`,
    { code: 'resource_missing', param },
  );
}

function checkLengths(params: Context['params']): void {
  for (const [param, max] of Object.entries(MAX_LENGTHS)) {
    const value = params[param];
    if (typeof value === 'string' && value.length > max)
      throw bad(`Invalid string: ${value.slice(0, 10)}...${value.slice(-10)}; must be at most ${max} characters`, {
        param,
      });
  }
}

/** https://docs.stripe.com/api/customers/create#create_customer-invoice_prefix */
function checkInvoicePrefix({ invoice_prefix: prefix }: Context['params']): void {
  if (typeof prefix === 'string' && prefix !== '' && !/^[A-Z0-9]{3,12}$/.test(prefix))
    throw bad('Invalid invoice prefix: it must have 3 to 12 uppercase letters or numbers.', {
      param: 'invoice_prefix',
    });
}

function own(context: Context, params: Context['params']): Context {
  return { ...context, params };
}

export const customers: Feature = {
  entities: {
    Customer: { create: createCustomer, update: updateCustomer, remove: letGo },
    ...balanceTransactions.entities,
    ...sources.entities,
    ...taxIds.entities,
  },
  actions: sources.actions,
  routes: paymentMethodRoutes,
};
