import { definedFields } from '../../../defined-fields.ts';
import { objectInParam, makeObject, type Context } from '../../context.ts';
import { requireCurrency } from '../../ledger/currencies.ts';
import { badRequest, noSuchObject } from '../../api-error.ts';
import type { StoredObject } from '../../store.ts';
import { atClockTime } from '../clock-time.ts';
import { makeDiscounts } from '../discounts.ts';
import { priceAmount } from '../price-amounts.ts';
import { isRecurring, priceOfEntry, pricingOf, priceOfPricing, productName } from '../prices.ts';
import { taxRates } from '../tax-rates.ts';
import { roundAmount } from '../totals.ts';
import { deleteParams } from '../values.ts';
import { addInvoiceItem, removeItemLine, rebuildItemLine } from './lines.ts';

/** POST /v1/invoiceitems. https://docs.stripe.com/api/invoiceitems/create */
export function createInvoiceItem(requestContext: Context): StoredObject {
  const invoice = objectInParam(requestContext, 'invoice', 'invoice');
  const customer =
    objectInParam(requestContext, 'customer', 'customer') ??
    (invoice === undefined ? undefined : requestContext.account.get('customer', String(invoice['customer'])));
  if (customer === undefined && requestContext.params['customer_account'] === undefined)
    throw badRequest('Missing required param: customer.', { code: 'parameter_missing', param: 'customer' });
  const context = atClockTime(requestContext, customer);
  if (invoice !== undefined) checkEditable(invoice, 'invoice');
  if (invoice !== undefined && invoice['customer'] !== customer?.id)
    throw badRequest('The customer of the invoice item must be the one of the invoice.', { param: 'customer' });
  const item = makeInvoiceItem(context, customer, context.params);
  if (invoice !== undefined) addInvoiceItem(context, invoice, item);
  return item;
}

/** Creates an invoice item that is on no invoice yet. */
export function makeInvoiceItem(
  context: Context,
  customer: StoredObject | undefined,
  params: Context['params'],
): StoredObject {
  const {
    discounts,
    tax_rates: rates,
    unit_amount_decimal: unitAmountDecimal,
    subscription,
    pricing: _pricing,
    price: _price,
    price_data: _data,
    ...fields
  } = params;
  const price = oneTimePriceOf(context, params);
  const quantity = Number(params['quantity'] ?? 1);
  const currency = requireCurrency(params['currency'] ?? price?.['currency'] ?? customer?.['currency'] ?? 'usd');
  const amount = itemAmount(params, price, quantity, unitAmountDecimal);
  const item = makeObject(context, 'InvoiceItem', fields);
  Object.assign(
    item,
    definedFields({
      amount,
      currency,
      customer: customer?.id ?? null,
      date: context.now,
      description: params['description'] ?? (price === undefined ? null : productName(context, price)),
      discountable: params['discountable'] ?? amount >= 0,
      invoice: null,
      net_amount: amount,
      period: params['period'] ?? { start: context.now, end: context.now },
      pricing: price === undefined ? null : pricingOf(price),
      quantity,
      quantity_decimal: String(quantity),
      tax_rates: taxRates(context, rates, 'tax_rates'),
      test_clock: customer?.['test_clock'] ?? null,
      parent: typeof subscription === 'string' ? subscriptionParent(subscription, null) : undefined,
    }),
  );
  item['discounts'] = makeDiscounts(context, discounts, { customer: customer?.id ?? null, invoice_item: item.id });
  return item;
}

/** Returns the price of an invoice item, if the request has one. Throws if the price is recurring. */
function oneTimePriceOf(context: Context, params: Context['params']): StoredObject | undefined {
  const price = priceOfEntry(context, params);
  if (price === undefined || !isRecurring(price)) return price;
  throw badRequest(
    'The price specified is set to `type=recurring` but this field only accepts prices with `type=one_time`.',
    { param: 'pricing[price]' },
  );
}

/** Returns the field `parent` of an invoice item that belongs to a subscription. */
export function subscriptionParent(subscription: string, item: string | null): object {
  return { type: 'subscription_details', subscription_details: { subscription, subscription_item: item } };
}

/** Returns the amount of a new item: the requested amount, or the quantity times the price or unit amount. */
function itemAmount(
  params: Context['params'],
  price: StoredObject | undefined,
  quantity: number,
  unitAmountDecimal: unknown,
): number {
  if (params['amount'] !== undefined) {
    if (price !== undefined)
      throw badRequest('You may only specify one of these parameters: amount, pricing.', { param: 'amount' });
    return Number(params['amount']);
  }
  if (price !== undefined) return priceAmount(price, quantity);
  if (unitAmountDecimal !== undefined) return roundAmount(Number(unitAmountDecimal) * quantity);
  throw badRequest('You must provide an `amount`, a `pricing[price]` or `price_data`.', {
    code: 'parameter_missing',
    param: 'amount',
  });
}

/** Throws if an invoice is not a draft, because its items then cannot change. */
function checkEditable(invoice: StoredObject, param?: string): void {
  if (invoice['status'] === 'draft') return;
  throw badRequest(
    "The invoice is not a draft: its items can't be changed any more.",
    definedFields({
      code: 'invoice_not_editable',
      param,
    }),
  );
}

/** Returns the invoice that contains an invoice item. Undefined for a pending item. */
function invoiceOf({ account }: Context, item: StoredObject): StoredObject | undefined {
  return typeof item['invoice'] === 'string' ? account.get('invoice', item['invoice']) : undefined;
}

/** POST /v1/invoiceitems/{id}. The item's invoice, if any, must be a draft. https://docs.stripe.com/api/invoiceitems/update */
export function updateInvoiceItem(context: Context, item: StoredObject): void {
  const { params } = context;
  const invoice = invoiceOf(context, item);
  if (invoice !== undefined) checkEditable(invoice);
  const newPrice = priceOfEntry(context, params);
  const price = newPrice ?? priceOfPricing(context, item['pricing']);
  const quantity = Number(params['quantity'] ?? item['quantity']);
  if (newPrice !== undefined) item['pricing'] = pricingOf(newPrice);
  if (params['amount'] === undefined) {
    if (price !== undefined && (newPrice !== undefined || params['quantity'] !== undefined))
      item['amount'] = priceAmount(price, quantity);
    else if (params['unit_amount_decimal'] !== undefined)
      item['amount'] = roundAmount(Number(params['unit_amount_decimal']) * quantity);
  }
  if (params['tax_rates'] !== undefined)
    item['tax_rates'] = taxRates(context, params['tax_rates'], 'tax_rates', item['tax_rates']);
  if (params['discounts'] !== undefined)
    item['discounts'] = makeDiscounts(context, params['discounts'], {
      customer: String(item['customer']),
      invoice_item: item.id,
    });
  for (const name of ['amount', 'description', 'discountable', 'period', 'quantity'])
    if (params[name] !== undefined) item[name] = params[name] === '' ? null : params[name];
  deleteParams(params, ['pricing', 'price_data', 'tax_rates', 'discounts', 'unit_amount_decimal']);
  if (invoice !== undefined) rebuildItemLine(context, invoice, item);
}

/** DELETE /v1/invoiceitems/{id}. If the item is on a draft, removes its line from the draft. The caller deletes the item. https://docs.stripe.com/api/invoiceitems/delete */
export function removeFromDraft(context: Context, item: StoredObject): void {
  const invoice = invoiceOf(context, item);
  if (invoice === undefined) return;
  if (invoice['deleted'] === true) throw noSuchObject('invoice', invoice.id, 'invoice');
  checkEditable(invoice);
  removeItemLine(context, invoice, item);
}
