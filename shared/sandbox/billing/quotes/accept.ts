import { definedFields } from '../../../defined-fields.ts';
import { objectInPath, type Context } from '../../context.ts';
import { badRequest } from '../../api-error.ts';
import type { StoredObject } from '../../store.ts';
import { atClockTime } from '../clock-time.ts';
import { makeInvoice } from '../invoices/draft.ts';
import { makeInvoiceItem } from '../invoices/items.ts';
import { addInvoiceItem } from '../invoices/lines.ts';
import { priceAmount } from '../price-amounts.ts';
import { isRecurring, pricingOf } from '../prices.ts';
import { schedulePhaseChanges } from '../schedules/advance.ts';
import { readPhases } from '../schedules/phases.ts';
import { makeSchedule } from '../schedules/schedules.ts';
import { makeSubscription } from '../subscriptions/create.ts';
import { priceOf } from '../subscriptions/items.ts';
import { hashOrEmpty, storedObjectsOf, stringsOf } from '../values.ts';
import { quoteItems, ratesAndDiscounts } from './items.ts';

/** POST /v1/quotes/{id}/accept creates an invoice, a subscription or a schedule. https://docs.stripe.com/api/quotes/accept */
export function acceptQuote(requestContext: Context, id: string): StoredObject {
  const quote = objectInPath(requestContext, 'quote', id, 'quote');
  const context = atClockTime(requestContext, quote);
  requireStatus(quote, ['open'], 'accepted');
  const customer = context.account.get('customer', String(quote['customer']));
  const items = quoteItems(context, quote);
  const { effective_date: effectiveDate } = hashOrEmpty(quote['subscription_data']);
  if (!items.some((item) => isRecurring(priceOf(item))))
    quote['invoice'] = makeQuoteInvoice(context, customer, quote).id;
  else if (typeof effectiveDate === 'number' && effectiveDate > context.now)
    quote['subscription_schedule'] = makeQuoteSchedule(context, quote, effectiveDate).id;
  else quote['subscription'] = makeQuoteSubscription(context, customer, quote).id;
  return Object.assign(quote, {
    status: 'accepted',
    status_transitions: { ...(quote['status_transitions'] as object), accepted_at: context.now },
  });
}

/** Returns the parameters that are the same for the invoice, the subscription and the schedule of a quote. */
function sharedParams(quote: StoredObject): Context['params'] {
  const daysUntilDue = hashOrEmpty(quote['invoice_settings'])['days_until_due'] ?? 30;
  return definedFields({
    collection_method: quote['collection_method'],
    default_tax_rates: storedObjectsOf(quote['default_tax_rates']).map(({ id }) => id),
    discounts: stringsOf(quote['discounts']).map((discount) => ({ discount })),
    days_until_due: quote['collection_method'] === 'send_invoice' ? daysUntilDue : undefined,
  });
}

/** Creates a draft with a line for each item of a quote. */
function makeQuoteInvoice(context: Context, customer: StoredObject | undefined, quote: StoredObject): StoredObject {
  const invoice = makeInvoice(context, customer, { ...sharedParams(quote), currency: quote['currency'] });
  Object.assign(invoice, {
    billing_reason: 'quote_accept',
    parent: { quote_details: { quote: quote.id }, subscription_details: null, type: 'quote_details' },
  });
  for (const item of quoteItems(context, quote))
    addInvoiceItem(context, invoice, makeQuoteInvoiceItem(context, customer, item));
  return invoice;
}

/** Creates an invoice item for a line item of a quote. The invoice item is on no invoice yet. */
function makeQuoteInvoiceItem(context: Context, customer: StoredObject | undefined, item: StoredObject): StoredObject {
  const price = priceOf(item);
  const quantity = Number(item['quantity'] ?? 1);
  const { rates, discounts } = ratesAndDiscounts(context, item);
  const invoiceItem = makeInvoiceItem(context, customer, {
    amount: priceAmount(price, quantity),
    currency: item['currency'],
    description: item['description'],
    discountable: true,
    discounts: discounts.map((discount) => ({ discount })),
    tax_rates: rates.map(({ id }) => id),
  });
  return Object.assign(invoiceItem, { pricing: pricingOf(price), quantity, quantity_decimal: String(quantity) });
}

/** Creates a schedule with one phase, which begins at the effective date. https://docs.stripe.com/quotes/overview */
function makeQuoteSchedule(context: Context, quote: StoredObject, start: number): StoredObject {
  const {
    discounts,
    default_tax_rates: rates,
    days_until_due: daysUntilDue,
    collection_method: method,
  } = sharedParams(quote);
  const items = quoteItems(context, quote);
  const phase = {
    items: items.filter((item) => isRecurring(priceOf(item))).map(phaseEntryOf),
    add_invoice_items: items.filter((item) => !isRecurring(priceOf(item))).map(phaseEntryOf),
    default_tax_rates: rates,
    discounts,
    metadata: hashOrEmpty(hashOrEmpty(quote['subscription_data'])['metadata']),
  };
  const settings = definedFields({
    collection_method: method,
    invoice_settings: daysUntilDue === undefined ? undefined : { days_until_due: daysUntilDue },
  });
  const contextWithoutParams = { ...context, params: {} };
  const schedule = makeSchedule(
    contextWithoutParams,
    quote['customer'],
    readPhases(contextWithoutParams, [phase], start),
    settings,
  );
  schedulePhaseChanges(contextWithoutParams, schedule);
  return schedule;
}

function phaseEntryOf(item: StoredObject): object {
  return { price: priceOf(item).id, quantity: Number(item['quantity'] ?? 1) };
}

/** Creates the subscription of a quote. Its first invoice also bills the one-time items. */
function makeQuoteSubscription(
  context: Context,
  customer: StoredObject | undefined,
  quote: StoredObject,
): StoredObject {
  const items = quoteItems(context, quote);
  const { trial_period_days: days, description, metadata } = hashOrEmpty(quote['subscription_data']);
  const recurringItems = items.filter((item) => isRecurring(priceOf(item)));
  for (const item of items) if (!recurringItems.includes(item)) makeQuoteInvoiceItem(context, customer, item);
  return makeSubscription(
    context,
    customer,
    recurringItems.map((item) => {
      const { rates, discounts } = ratesAndDiscounts(context, item);
      return {
        price: priceOf(item),
        quantity: Number(item['quantity'] ?? 1),
        params: { discounts: discounts.map((discount) => ({ discount })), tax_rates: rates.map(({ id }) => id) },
      };
    }),
    definedFields({
      ...sharedParams(quote),
      payment_behavior: 'default_incomplete',
      trial_period_days: typeof days === 'number' && days > 0 ? days : undefined,
      description: typeof description === 'string' && description !== '' ? description : undefined,
      metadata: metadata === null || metadata === undefined ? undefined : metadata,
    }),
  );
}

/** Rejects an action if the quote has none of the allowed statuses. Stripe does not document the text of this error. */
export function requireStatus(quote: StoredObject, allowed: readonly string[], verb: string): void {
  const status = String(quote['status']);
  if (allowed.includes(status)) return;
  throw badRequest(
    `This quote cannot be ${verb} because it has a status of ${status}. Only a quote with one of the following statuses may be ${verb}: ${allowed.join(', ')}.`,
  );
}
