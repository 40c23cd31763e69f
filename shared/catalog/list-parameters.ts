/**
 * What the SDK's types do not say of the parameters of Stripe's lists, reviewed by hand. Source, where no other is named:
 * the parameters' texts in the SDK's declarations (`...ListParams`).
 */

type Values = string | boolean | readonly string[];

/** Sent with a list where the clause does not say otherwise: Stripe's default would leave rows out silently. */
export const LIST_DEFAULTS: Readonly<Record<string, Readonly<Record<string, Values>>>> = {
  Subscription: { status: 'all' },
  // https://docs.stripe.com/api/tax/registrations/list: without a status the active ones alone.
  'Tax.Registration': { status: 'all' },
  // "If omitted, closed FinancialAccounts are not returned."
  'V2.MoneyManagement.FinancialAccount': { statuses: ['closed', 'open', 'pending'] },
};

/** What a column means that Stripe may leave out of an object: its list filters by it all the same. */
export const ABSENT_MEANS: Readonly<Record<string, boolean>> = { 'V2.Core.Account.closed': false };

/** Rows that Stripe's list leaves out whatever it is asked, but for these parameters or parents. */
export const LEFT_OUT: Readonly<Record<string, { readonly unless: readonly string[]; readonly remark: string }>> = {
  // "If omitted, returns only Accounts that are not closed": no value asks for both.
  'V2.Core.Account': {
    unless: ['closed'],
    remark: "Stripe's list of V2.Core.Account leaves out closed accounts: Closed IN (true, false) reads both",
  },
  // "Defaults to `owner[type]=self`."
  TaxId: {
    unless: ['owner', 'customer'],
    remark:
      "Stripe's list of TaxId holds the account's own alone (owner[type]=self): name another owner by OwnerCustomer, OwnerAccount, OwnerType or Customer",
  },
};

/** List parameters that filter a column of another name. */
const FILTERS_BY_ANOTHER_NAME: Readonly<Record<string, readonly string[]>> = {
  'Billing.Alert.usage_threshold.meter': ['meter'],
  'Invoice.parent.subscription_details.subscription': ['subscription'],
  // An invoice item has no `created`: `date` is "Time at which the object was created".
  'InvoiceItem.date': ['created'],
  'Issuing.PersonalizationDesign.lookup_key': ['lookup_keys'],
  'Price.lookup_key': ['lookup_keys'],
  'ProductCatalog.TrialOffer.price': ['prices'],
  'PromotionCode.promotion.coupon': ['coupon'],
  'ShippingRate.fixed_amount.currency': ['currency'],
  'V2.Core.Event.type': ['types'],
  'V2.MoneyManagement.FinancialAccount.status': ['statuses'],
  'V2.MoneyManagement.OutboundPayment.to.recipient': ['recipient'],
};

/** Columns of ids, one for each kind of flow, that one parameter filters by the id alone. */
const FLOWS: ReadonlySet<string> = new Set([
  'V2.MoneyManagement.Adjustment.adjusted_flow',
  'V2.MoneyManagement.Transaction.flow',
]);

/** Parameters that take several values, of a column whose own parameter takes one. */
const SEVERAL_BY: Readonly<Record<string, readonly string[]>> = { 'Event.type': ['types'] };

/** The list parameter of a column, by Stripe's names; `several` where a term names more than one value. */
export function parameterOf(entity: string, path: readonly string[], several = false): readonly string[] {
  const [outer = '', inner] = path;
  if (inner !== undefined && inner !== 'type' && FLOWS.has(`${entity}.${outer}`)) return [outer];
  const key = [entity, ...path].join('.');
  return (several ? SEVERAL_BY[key] : undefined) ?? FILTERS_BY_ANOTHER_NAME[key] ?? path;
}

const OPERATORS = { '>': 'gt', '>=': 'gte', '<': 'lt', '<=': 'lte' } as const;
type Ordered = keyof typeof OPERATORS;
interface NamedBound {
  readonly name: string;
  /** Added to the value: what Stripe's parameter excludes is asked for one further. */
  readonly add: number;
}

/** Columns whose range has a parameter for each bound. */
const BOUNDS_BY_NAME: Readonly<Record<string, (operator: Ordered) => NamedBound>> = {
  // "created after", "created before": the second itself may be left out.
  'PaymentRecord.created': (operator) =>
    operator.startsWith('>')
      ? { name: 'created_after', add: operator === '>=' ? -1 : 0 }
      : { name: 'created_before', add: operator === '<=' ? 1 : 0 },
  'V2.Commerce.ProductCatalogImport.created': (operator) => ({ name: `created_${OPERATORS[operator]}`, add: 0 }),
};

export function boundByName(entity: string, path: readonly string[]): ((operator: Ordered) => NamedBound) | undefined {
  return BOUNDS_BY_NAME[[entity, ...path].join('.')];
}

/** Lists of values that an object must have all of; every other one takes objects with any of them. */
const ALL_OF: ReadonlySet<string> = new Set(['V2.Core.Account.applied_configurations']);

export function asksForAll(entity: string, path: readonly string[]): boolean {
  return ALL_OF.has([entity, ...path].join('.'));
}

/** Values that Stripe takes of one parameter at most; of products, what one page holds. */
const MAX_VALUES: Readonly<Record<string, number>> = {
  'Event.types': 20,
  'Price.lookup_keys': 10,
  'Product.ids': 100,
  'V2.Core.Event.types': 20,
};

export function mostValues(entity: string, path: readonly string[]): number {
  return MAX_VALUES[[entity, ...path].join('.')] ?? Infinity;
}

/** "Cannot be used with starting_after or ending_before": the list is one page. */
const WITHOUT_CURSOR: ReadonlySet<string> = new Set(['Product.ids']);

export function isOnePage(entity: string, params: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(params).some((name) => WITHOUT_CURSOR.has(`${entity}.${name}`));
}

/** Parameters that Stripe does not take together. */
const NOT_BESIDE: Readonly<Record<string, string>> = { 'Event.type': 'types', 'Event.types': 'type' };

/** Parameters that Stripe takes only beside others, with their values. */
const BESIDE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'Treasury.Transaction.status_transitions': { status: 'posted', order_by: 'posted_at' },
};

/** What must be sent along with a parameter; undefined where what is there already forbids it. */
export function companions(
  entity: string,
  name: string,
  params: Readonly<Record<string, unknown>>,
): Readonly<Record<string, string>> | undefined {
  const other = NOT_BESIDE[`${entity}.${name}`];
  if (other !== undefined && params[other] !== undefined) return undefined;
  const needed = BESIDE[`${entity}.${name}`] ?? {};
  const fits = Object.entries(needed).every(([key, value]) => params[key] === undefined || params[key] === value);
  return fits ? needed : undefined;
}

export function hasCompanions(entity: string, name: string): boolean {
  return Object.hasOwn(BESIDE, `${entity}.${name}`);
}

/**
 * Where objects show what a list parameter asks for, though no column has its name; lists in between are walked. With it
 * several values of the parameter are several lists, and a row that two of them hold comes once.
 */
const SHOWN_AT: Readonly<Record<string, readonly string[]>> = {
  'Invoice.subscription': ['parent', 'subscription_details', 'subscription'],
  'PromotionCode.coupon': ['promotion', 'coupon'],
  'ShippingRate.currency': ['fixed_amount', 'currency'],
  'Subscription.plan': ['items', 'data', 'plan', 'id'],
  'Subscription.price': ['items', 'data', 'price', 'id'],
  'V2.Core.Account.applied_configurations': ['applied_configurations'],
  'V2.MoneyManagement.OutboundPayment.recipient': ['to', 'recipient'],
};

export function shownAt(entity: string, path: readonly string[]): readonly string[] | undefined {
  return SHOWN_AT[[entity, ...path].join('.')];
}

/** List parameters that are no filter of the column of the same name. None today. */
export const NO_FILTER_OF_COLUMN: ReadonlySet<string> = new Set([]);

export function filtersColumn(entity: string, path: readonly string[]): boolean {
  return !NO_FILTER_OF_COLUMN.has([entity, path[0]].join('.'));
}
