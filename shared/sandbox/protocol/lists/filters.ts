import type { Context } from '../../context.ts';
import type { Filter } from '../../feature.ts';
import { isHash, type Stored } from '../../store.ts';
import { inRange, passesField } from './lists.ts';

type EntityFilters = Readonly<Record<string, Filter>>;

/** The id of a field that holds an id, or an object in its place. */
function idOfReference(value: unknown): unknown {
  return isHash(value) ? value['id'] : value;
}

function memberAt(object: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((value, name) => (isHash(value) ? value[name] : undefined), object);
}

/** Filter by a field of another name, or one that lies deeper. */
function field(...path: readonly string[]): Filter {
  return (object, wanted) => passesField(idOfReference(memberAt(object, ...path)), wanted);
}

function isOneOf(name: string): Filter {
  return (object, wanted) => Array.isArray(wanted) && wanted.includes(object[name]);
}

function items(subscription: Stored): unknown[] {
  const data = memberAt(subscription, 'items', 'data');
  return Array.isArray(data) ? data : [];
}

function someItem(...path: readonly string[]): Filter {
  return (subscription, wanted) =>
    items(subscription).some((item) => passesField(idOfReference(memberAt(item, ...path)), wanted));
}

/** An order is no filter: every object passes. */
const everything: Filter = () => true;

/** An ISO 8601 bound of API v2 in a parameter of its own: `created_gte`. */
function bound(name: 'gt' | 'gte' | 'lt' | 'lte'): Filter {
  return (object, wanted) => inRange(object['created'], { [name]: wanted });
}

/**
 * List parameters that are no field of the object, or that mean something else than equality with it, by entity.
 * Each is documented with the list: `https://docs.stripe.com/api/<resource>/list`.
 */
const FILTERS: Readonly<Record<string, EntityFilters>> = {
  BalanceTransaction: {
    payout: (transaction, wanted, { account }) =>
      transaction['payout'] === wanted ||
      account.get('payout', String(wanted))?.['balance_transaction'] === transaction.id,
  },
  'Billing.Alert': { meter: field('usage_threshold', 'meter') },
  'Billing.CreditBalanceTransaction': {
    customer: (object, wanted, context) => memberAt(grantOf(context, object), 'customer') === wanted,
    customer_account: (object, wanted, context) => memberAt(grantOf(context, object), 'customer_account') === wanted,
  },
  'Billing.MeterEventSummary': { customer: everything, value_grouping_window: everything },
  'Entitlements.ActiveEntitlement': { customer: field('customer') },
  'Entitlements.Feature': { archived: (feature, wanted) => (feature['active'] === false) === wanted },
  'FinancialConnections.Account': { session: field('session') },
  Invoice: { subscription: field('parent', 'subscription_details', 'subscription') },
  InvoiceItem: {
    created: (item, wanted) => passesField(item['date'], wanted),
    pending: (item, wanted) => (item['invoice'] === null) === wanted,
  },
  'Issuing.PersonalizationDesign': { lookup_keys: isOneOf('lookup_key') },
  PaymentRecord: {
    created_after: (object, wanted) => Number(object['created']) > Number(wanted),
    created_before: (object, wanted) => Number(object['created']) < Number(wanted),
  },
  Price: { lookup_keys: isOneOf('lookup_key') },
  'ProductCatalog.TrialOffer': {
    created: everything,
    prices: (offer, wanted) => Array.isArray(wanted) && wanted.includes(idOfReference(offer['price'])),
  },
  Product: { ids: isOneOf('id') },
  PromotionCode: {
    code: (promotion, wanted) => String(promotion['code']).toLowerCase() === String(wanted).toLowerCase(),
    coupon: (promotion, wanted) =>
      idOfReference(memberAt(promotion, 'promotion', 'coupon') ?? promotion['coupon']) === wanted,
  },
  'Radar.ValueList': {
    contains: (list, wanted, { account }) =>
      account.all('radar.value_list_item').some((item) => item['value_list'] === list.id && item['value'] === wanted),
  },
  ShippingRate: { currency: field('fixed_amount', 'currency') },
  Subscription: {
    current_period_end: someItem('current_period_end'),
    current_period_start: someItem('current_period_start'),
    plan: someItem('plan'),
    price: someItem('price'),
    status: (subscription, wanted) => {
      if (wanted === 'all') return true;
      const status = String(subscription['status']);
      return wanted === 'ended' ? ['canceled', 'incomplete_expired'].includes(status) : status === wanted;
    },
  },
  SubscriptionSchedule: { scheduled: (schedule, wanted) => (schedule['status'] === 'not_started') === wanted },
  'Treasury.DebitReversal': { resolution: field('status_details', 'resolution') },
  'Treasury.TransactionEntry': { order_by: everything },
  'Treasury.Transaction': { order_by: everything },
  'V2.Commerce.ProductCatalogImport': {
    created_gt: bound('gt'),
    created_gte: bound('gte'),
    created_lt: bound('lt'),
    created_lte: bound('lte'),
  },
  'V2.Core.EventDestination': { include: everything },
  'V2.Core.UsBankAccount': { verification_status: field('verification', 'status') },
  'V2.MoneyManagement.FinancialAccount': { include: everything, statuses: isOneOf('status') },
  'V2.MoneyManagement.OutboundPayment': { recipient: field('to', 'recipient') },
};

/** What a list leaves out unless a parameter asks for it. */
const DEFAULTS: Readonly<Record<string, (object: Stored, params: Context['params']) => boolean>> = {
  // https://docs.stripe.com/api/subscriptions/list
  Subscription: (subscription, params) => params['status'] !== undefined || subscription['status'] !== 'canceled',
};

function grantOf({ account }: Context, transaction: Stored): Stored | undefined {
  return account.get('billing.credit_grant', String(idOfReference(transaction['credit_grant'])));
}

/** The filter of a parameter of a list; equality with the field of its name if it has none of its own. */
export function listFilter(entity: string, param: string): Filter {
  return (
    FILTERS[entity]?.[param] ?? ((object, wanted) => passesField(idOfReference(object[param]), wanted, object[param]))
  );
}

/** Whether an object stands in a list at all. */
export function isListed(context: Context, entity: string, object: Stored, nested: boolean): boolean {
  if (DEFAULTS[entity]?.(object, context.params) === false) return false;
  return nested || !onClock(context, object) || OWNERS.some((name) => context.params[name] !== undefined);
}

/** Parameters that name what belongs to a clock, or the clock itself. */
const OWNERS = ['test_clock', 'customer', 'subscription', 'invoice', 'quote'];

/** Objects of a test clock are in no list of all objects. https://docs.stripe.com/billing/testing/test-clocks/api-advanced-usage */
function onClock({ account }: Context, object: Stored): boolean {
  if (typeof object['test_clock'] === 'string') return true;
  const customer = idOfReference(object['customer']);
  return typeof customer === 'string' && typeof account.get('customer', customer)?.['test_clock'] === 'string';
}
