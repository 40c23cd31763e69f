/**
 * Facts about the parameters of Stripe's lists that are not in the SDK's types, reviewed by hand. Source, unless
 * another one is given: the descriptions in the SDK's declarations (`...ListParams`).
 */

type SampleValue = string | boolean | readonly string[];

/** Default parameters of lists. Without these parameters Stripe would omit some rows. */
export const LIST_DEFAULTS: Readonly<Record<string, Readonly<Record<string, SampleValue>>>> = {
  Subscription: { status: 'all' },
  // https://docs.stripe.com/api/tax/registrations/list: without a status, Stripe returns only active registrations.
  'Tax.Registration': { status: 'all' },
  // "If omitted, closed FinancialAccounts are not returned."
  'V2.MoneyManagement.FinancialAccount': { statuses: ['closed', 'open', 'pending'] },
};

/** The value that a column has if Stripe omits the field from an object. Stripe's list can filter by this value. */
export const ABSENT_VALUES: Readonly<Record<string, boolean>> = { 'V2.Core.Account.closed': false };

/** Lists from which Stripe omits rows, unless the request has one of these parameters or parents. */
export const OMITTED_ROWS: Readonly<Record<string, { readonly unless: readonly string[]; readonly remark: string }>> = {
  // "If omitted, returns only Accounts that are not closed". No value of `closed` selects open and closed accounts.
  'V2.Core.Account': {
    unless: ['closed'],
    remark: "Stripe's list of V2.Core.Account omits closed accounts; use Closed IN (true, false) to read both",
  },
  // "Defaults to `owner[type]=self`."
  TaxId: {
    unless: ['owner', 'customer'],
    remark:
      "Stripe's list of TaxId contains only the account's own (owner[type]=self); select another owner by OwnerCustomer, OwnerAccount, OwnerType or Customer",
  },
};

/** The list parameter of a column, if their names differ. */
const RENAMED_FILTERS: Readonly<Record<string, readonly string[]>> = {
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

/** Objects that have one id column per kind of flow. The parameter with the object's name filters all these columns. */
const FLOW_COLUMNS: ReadonlySet<string> = new Set([
  'V2.MoneyManagement.Adjustment.adjusted_flow',
  'V2.MoneyManagement.Transaction.flow',
]);

/** The parameter that accepts several values of a column, if the column's usual parameter accepts only one. */
const MULTI_VALUE_PARAMETERS: Readonly<Record<string, readonly string[]>> = { 'Event.type': ['types'] };

/** Returns the path of the list parameter that filters a column by one value, or by several values. */
export function parameterOf(entity: string, path: readonly string[], hasSeveralValues = false): readonly string[] {
  const [firstName = '', secondName] = path;
  if (secondName !== undefined && secondName !== 'type' && FLOW_COLUMNS.has(`${entity}.${firstName}`))
    return [firstName];
  const key = [entity, ...path].join('.');
  return (hasSeveralValues ? MULTI_VALUE_PARAMETERS[key] : undefined) ?? RENAMED_FILTERS[key] ?? path;
}

const OPERATORS = { '>': 'gt', '>=': 'gte', '<': 'lt', '<=': 'lte' } as const;
type Ordered = keyof typeof OPERATORS;
interface NamedBound {
  readonly name: string;
  /**
   * Number of seconds to add to the value: 1 or -1 if Stripe may exclude objects that have exactly the value although
   * the operator includes them, otherwise 0.
   */
  readonly add: number;
}

/** Columns whose range has a separate parameter for each bound. */
const BOUNDS_BY_NAME: Readonly<Record<string, (operator: Ordered) => NamedBound>> = {
  // Stripe's texts say "created after" and "created before", so Stripe may exclude an object created at that time.
  'PaymentRecord.created': (operator) =>
    operator.startsWith('>')
      ? { name: 'created_after', add: operator === '>=' ? -1 : 0 }
      : { name: 'created_before', add: operator === '<=' ? 1 : 0 },
  'V2.Commerce.ProductCatalogImport.created': (operator) => ({ name: `created_${OPERATORS[operator]}`, add: 0 }),
};

/**
 * Returns a function that maps an operator to its parameter, for a column with one parameter per bound
 * (`created_after`). Undefined for any other column.
 */
export function boundParameterOf(
  entity: string,
  path: readonly string[],
): ((operator: Ordered) => NamedBound) | undefined {
  return BOUNDS_BY_NAME[[entity, ...path].join('.')];
}

/**
 * Parameters that select only the objects that have all of the given values. Any other parameter selects the objects
 * that have at least one of the values.
 */
const ALL_OF: ReadonlySet<string> = new Set(['V2.Core.Account.applied_configurations']);

/** Returns whether a parameter with several values selects only the objects that have all of the values. */
export function selectsAllOf(entity: string, path: readonly string[]): boolean {
  return ALL_OF.has([entity, ...path].join('.'));
}

/**
 * Maximum number of values that Stripe accepts for a parameter. A list of products by `ids` has only one page, and Stripe
 * returns at most 100 objects in a page.
 */
const MAX_VALUES_OF_PARAMETER: Readonly<Record<string, number>> = {
  'Event.types': 20,
  'Price.lookup_keys': 10,
  'Product.ids': 100,
  'V2.Core.Event.types': 20,
};

/** Returns how many values of a parameter Stripe accepts in one request. */
export function maxValues(entity: string, path: readonly string[]): number {
  return MAX_VALUES_OF_PARAMETER[[entity, ...path].join('.')] ?? Infinity;
}

/**
 * Parameters that "cannot be used with starting_after or ending_before". A list with such a parameter has only one
 * page.
 */
const WITHOUT_CURSOR: ReadonlySet<string> = new Set(['Product.ids']);

/** Returns whether a list with these parameters has only one page. */
export function isOnePage(entity: string, params: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(params).some((name) => WITHOUT_CURSOR.has(`${entity}.${name}`));
}

/** For a parameter, the parameter that Stripe does not allow in the same request. */
const EXCLUDED_PARAMETER: Readonly<Record<string, string>> = { 'Event.type': 'types', 'Event.types': 'type' };

/** For a parameter, the other parameters that must accompany it, with the values that Stripe requires. */
const REQUIRED_COMPANIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'Treasury.Transaction.status_transitions': { status: 'posted', order_by: 'posted_at' },
};

/**
 * Returns the parameters that Stripe requires with a parameter. Undefined if `params` conflicts with that parameter or
 * with one that it requires.
 */
export function companions(
  entity: string,
  name: string,
  params: Readonly<Record<string, unknown>>,
): Readonly<Record<string, string>> | undefined {
  const excluded = EXCLUDED_PARAMETER[`${entity}.${name}`];
  if (excluded !== undefined && params[excluded] !== undefined) return undefined;
  const required = REQUIRED_COMPANIONS[`${entity}.${name}`] ?? {};
  const isPossible = Object.entries(required).every(
    ([key, value]) => params[key] === undefined || params[key] === value,
  );
  return isPossible ? required : undefined;
}

/** Returns whether Stripe allows a parameter only together with other parameters. */
export function hasCompanions(entity: string, name: string): boolean {
  return Object.hasOwn(REQUIRED_COMPANIONS, `${entity}.${name}`);
}

/**
 * Paths, in objects, of the values that a list parameter filters by, for parameters whose values are in a list or in a
 * column with another name. A path may lead through a list: `items.data.price.id`. If a filter has several values for
 * such a parameter, the connector reads one list for each value and removes duplicate rows.
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

/**
 * Returns the path, in objects, of the value that a list parameter filters by. Undefined for a parameter that
 * `SHOWN_AT` does not have.
 */
export function shownAt(entity: string, path: readonly string[]): readonly string[] | undefined {
  return SHOWN_AT[[entity, ...path].join('.')];
}

/** List parameters that do not filter the column with the same name. Stripe has none in the current API version. */
export const NO_FILTER_OF_COLUMN: ReadonlySet<string> = new Set([]);

/** Returns whether a list parameter filters the column with the same name. */
export function filtersColumn(entity: string, path: readonly string[]): boolean {
  return !NO_FILTER_OF_COLUMN.has([entity, path[0]].join('.'));
}
