import type { Context } from '../../context.ts';
import type { ListFilter } from '../../feature.ts';
import { isHash, type StoredObject } from '../../store.ts';
import { isInRange, matchesFilter } from './lists.ts';

type EntityFilters = Readonly<Record<string, ListFilter>>;

/** Returns the id in a field that contains an id or an expanded object. */
function idOfReference(value: unknown): unknown {
  return isHash(value) ? value['id'] : value;
}

/** Returns the value at a path of member names, or undefined if a member is missing. */
function memberAt(object: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((value, name) => (isHash(value) ? value[name] : undefined), object);
}

/** Returns a filter that compares its parameter with the field at a path. */
function byField(...path: readonly string[]): ListFilter {
  return (object, wanted) => matchesFilter(idOfReference(memberAt(object, ...path)), wanted);
}

/** Returns a filter that accepts an object if the field has one of the values in the parameter. */
function fieldIsOneOf(name: string): ListFilter {
  return (object, wanted) => Array.isArray(wanted) && wanted.includes(object[name]);
}

function itemsOf(subscription: StoredObject): unknown[] {
  const data = memberAt(subscription, 'items', 'data');
  return Array.isArray(data) ? data : [];
}

/** Returns a filter that accepts a subscription if the field at a path matches in at least one of its items. */
function anyItem(...path: readonly string[]): ListFilter {
  return (subscription, wanted) =>
    itemsOf(subscription).some((item) => matchesFilter(idOfReference(memberAt(item, ...path)), wanted));
}

/** A filter that accepts every object, for parameters that do not filter, such as a sort order. */
const acceptAll: ListFilter = () => true;

/** Returns the filter of an API v2 parameter such as `created_gte`, whose value is an ISO 8601 time. */
function createdBound(name: 'gt' | 'gte' | 'lt' | 'lte'): ListFilter {
  return (object, wanted) => isInRange(object['created'], { [name]: wanted });
}

/**
 * The filters of list parameters, by entity and parameter. Other parameters are compared with the field of the same
 * name. Stripe documents the parameters at `https://docs.stripe.com/api/<resource>/list`.
 */
const FILTERS: Readonly<Record<string, EntityFilters>> = {
  BalanceTransaction: {
    payout: (transaction, wanted, { account }) =>
      transaction['payout'] === wanted ||
      account.get('payout', String(wanted))?.['balance_transaction'] === transaction.id,
  },
  'Billing.Alert': { meter: byField('usage_threshold', 'meter') },
  'Billing.CreditBalanceTransaction': {
    customer: (object, wanted, context) => memberAt(grantOf(context, object), 'customer') === wanted,
    customer_account: (object, wanted, context) => memberAt(grantOf(context, object), 'customer_account') === wanted,
  },
  'Billing.MeterEventSummary': { customer: acceptAll, value_grouping_window: acceptAll },
  'Entitlements.ActiveEntitlement': { customer: byField('customer') },
  'Entitlements.Feature': { archived: (feature, wanted) => (feature['active'] === false) === wanted },
  'FinancialConnections.Account': { session: byField('session') },
  Invoice: { subscription: byField('parent', 'subscription_details', 'subscription') },
  InvoiceItem: {
    created: (item, wanted) => matchesFilter(item['date'], wanted),
    pending: (item, wanted) => (item['invoice'] === null) === wanted,
  },
  'Issuing.PersonalizationDesign': { lookup_keys: fieldIsOneOf('lookup_key') },
  PaymentRecord: {
    created_after: (object, wanted) => Number(object['created']) > Number(wanted),
    created_before: (object, wanted) => Number(object['created']) < Number(wanted),
  },
  Price: { lookup_keys: fieldIsOneOf('lookup_key') },
  'ProductCatalog.TrialOffer': {
    created: acceptAll,
    prices: (offer, wanted) => Array.isArray(wanted) && wanted.includes(idOfReference(offer['price'])),
  },
  Product: { ids: fieldIsOneOf('id') },
  PromotionCode: {
    code: (promotion, wanted) => String(promotion['code']).toLowerCase() === String(wanted).toLowerCase(),
    coupon: (promotion, wanted) =>
      idOfReference(memberAt(promotion, 'promotion', 'coupon') ?? promotion['coupon']) === wanted,
  },
  'Radar.ValueList': {
    contains: (list, wanted, { account }) =>
      account.all('radar.value_list_item').some((item) => item['value_list'] === list.id && item['value'] === wanted),
  },
  ShippingRate: { currency: byField('fixed_amount', 'currency') },
  Subscription: {
    current_period_end: anyItem('current_period_end'),
    current_period_start: anyItem('current_period_start'),
    plan: anyItem('plan'),
    price: anyItem('price'),
    status: (subscription, wanted) => {
      if (wanted === 'all') return true;
      const status = String(subscription['status']);
      return wanted === 'ended' ? ['canceled', 'incomplete_expired'].includes(status) : status === wanted;
    },
  },
  SubscriptionSchedule: { scheduled: (schedule, wanted) => (schedule['status'] === 'not_started') === wanted },
  'Treasury.DebitReversal': { resolution: byField('status_details', 'resolution') },
  'Treasury.TransactionEntry': { order_by: acceptAll },
  'Treasury.Transaction': { order_by: acceptAll },
  'V2.Commerce.ProductCatalogImport': {
    created_gt: createdBound('gt'),
    created_gte: createdBound('gte'),
    created_lt: createdBound('lt'),
    created_lte: createdBound('lte'),
  },
  'V2.Core.EventDestination': { include: acceptAll },
  'V2.Core.UsBankAccount': { verification_status: byField('verification', 'status') },
  'V2.MoneyManagement.FinancialAccount': { include: acceptAll, statuses: fieldIsOneOf('status') },
  'V2.MoneyManagement.OutboundPayment': { recipient: byField('to', 'recipient') },
};

/** Filters of lists that omit some objects unless a parameter requests them. */
const DEFAULT_FILTERS: Readonly<Record<string, (object: StoredObject, params: Context['params']) => boolean>> = {
  // https://docs.stripe.com/api/subscriptions/list
  Subscription: (subscription, params) => params['status'] !== undefined || subscription['status'] !== 'canceled',
};

function grantOf({ account }: Context, transaction: StoredObject): StoredObject | undefined {
  return account.get('billing.credit_grant', String(idOfReference(transaction['credit_grant'])));
}

/** Returns the filter of a list parameter. By default the parameter is compared with the field of the same name. */
export function listFilter(entity: string, param: string): ListFilter {
  return (
    FILTERS[entity]?.[param] ?? ((object, wanted) => matchesFilter(idOfReference(object[param]), wanted, object[param]))
  );
}

/**
 * Returns whether a list contains an object that matches the filters of the request. Stripe omits some objects by
 * default, such as canceled subscriptions and the objects of test clocks. `isNested` is true for a list with parents in
 * its path.
 */
export function isListed(context: Context, entity: string, object: StoredObject, isNested: boolean): boolean {
  if (DEFAULT_FILTERS[entity]?.(object, context.params) === false) return false;
  if (isNested || !isOnTestClock(context, object)) return true;
  return CLOCK_PARAMS.some((name) => context.params[name] !== undefined);
}

/** Parameters that include the objects of test clocks in a list. Without one of them, the list omits these objects. */
const CLOCK_PARAMS = ['test_clock', 'customer', 'subscription', 'invoice', 'quote'];

/** Returns whether an object or its customer belongs to a test clock. https://docs.stripe.com/billing/testing/test-clocks/api-advanced-usage */
function isOnTestClock({ account }: Context, object: StoredObject): boolean {
  if (typeof object['test_clock'] === 'string') return true;
  const customer = idOfReference(object['customer']);
  return typeof customer === 'string' && typeof account.get('customer', customer)?.['test_clock'] === 'string';
}
