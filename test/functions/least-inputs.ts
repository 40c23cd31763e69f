import { pascal } from '../../shared/catalog/names.ts';
import type { Fields, FieldType } from '../../shared/catalog/types.ts';
import { FILE_TEXTS } from '../support/planted-request.ts';

/** The least that Stripe takes: every required field, with a plausible value. */
export function least(fields: Fields): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([, field]) => field.required)
      .map(([name, field]) => [pascal(name), plausible(name, field.type)]),
  );
}

export function plausible(name: string, shape: FieldType): unknown {
  if (typeof shape === 'string') {
    const text = { country: 'US', currency: 'usd', email: 'x@example.com', url: 'https://example.com/x' }[name] ?? 'x';
    return { string: text, integer: 100, number: 1, decimal: '1', boolean: true, json: {} }[shape];
  }
  if ('text' in shape) return FILE_TEXTS[shape.text];
  if ('enum' in shape) return shape.enum[0];
  if ('array' in shape) return [plausible(name, shape.array)];
  if ('map' in shape) return { usd: plausible(name, shape.map) };
  if ('range' in shape) return 1;
  if ('anyOf' in shape) return plausible(name, shape.anyOf[0] ?? 'string');
  if ('object' in shape) {
    // An object without a required field is nothing on the wire: one field makes it something.
    const required = Object.entries(shape.object).filter(([, field]) => field.required);
    const chosen = required.length > 0 ? required : Object.entries(shape.object).slice(0, 1);
    return Object.fromEntries(chosen.map(([key, field]) => [key, plausible(key, field.type)]));
  }
  return 'x';
}

/** Terms for the filters that a list cannot do without. */
export function clauseOf(fields: Fields): Record<string, string> {
  const terms = Object.entries(fields)
    .filter(([, field]) => field.required)
    .map(([name, field]) => flatValue(pascal(name), plausible(name, field.type)));
  return Object.assign({}, ...terms) as Record<string, string>;
}

function flatValue(name: string, value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null) return { [name]: String(value) };
  if (Array.isArray(value)) return { [name]: String(value[0]) };
  const inner = Object.entries(value).map(([key, one]) => flatValue(name + pascal(key), one));
  return Object.assign({}, ...inner) as Record<string, string>;
}

/** An item that renews. */
function monthly(id: (entity: string) => string): { price_data: object } {
  const recurring = { interval: 'month' };
  return { price_data: { currency: 'usd', product: id('Product'), recurring, unit_amount: 100 } };
}

/** Usage of the meter below. */
function meterEvent(id: (entity: string) => string, identifier: string): Record<string, unknown> {
  return {
    EventName: 'calls',
    Identifier: identifier,
    Payload: { stripe_customer_id: id('Customer'), value: '1' },
  };
}

function canceled(identifier: string): Record<string, unknown> {
  return { EventName: 'calls', Type: 'cancel', Cancel: { identifier } };
}

/** Terms that a list checks beyond their types. Times of summaries are whole minutes. */
export const TERMS: Readonly<Record<string, (id: (entity: string) => string) => Record<string, string>>> = {
  'Billing.MeterEventSummary': (id) => ({ Customer: id('Customer'), StartTime: '60', EndTime: '120' }),
};

/** What Stripe checks beyond its parameters' types, for the entities that are machines in the sandbox. */
export const SEED: Readonly<Record<string, (id: (entity: string) => string, path: string) => Record<string, unknown>>> =
  {
    Account: () => ({ Type: 'custom', Capabilities: { transfers: { requested: true } } }),
    AccountLink: (id) => ({
      Account: id('Account'),
      Type: 'account_onboarding',
      RefreshUrl: 'https://example.com/',
      ReturnUrl: 'https://example.com/',
    }),
    AccountSession: (id) => ({ Account: id('Account'), Components: { payments: { enabled: true } } }),
    Charge: () => ({ Amount: 500, Currency: 'usd', Capture: false, Source: 'tok_visa' }),
    'Checkout.Session': (id) => ({
      Mode: 'payment',
      SuccessUrl: 'https://example.com/',
      LineItems: [{ price: id('Price'), quantity: 1 }],
    }),
    ExternalAccount: () => ({ ExternalAccount: 'btok_us' }),
    Coupon: () => ({ PercentOff: 10, Duration: 'once' }),
    PromotionCode: (id) => ({ Promotion: { type: 'coupon', coupon: id('Coupon') } }),
    FileLink: (id) => ({ File: id('File') }),
    'ProductCatalog.TrialOffer': (id) => ({
      Price: id('Price'),
      Duration: { type: 'relative' },
      EndBehavior: { transition: { price: id('Price') } },
    }),
    CustomerSource: () => ({ Source: 'btok_us' }),
    Plan: () => ({ Currency: 'usd', Interval: 'month', Amount: 100, Product: { name: 'x' } }),
    BankAccount: (_id, path) => (path.includes('sources') ? { Source: 'btok_us' } : { ExternalAccount: 'btok_us' }),
    Card: (_id, path) => (path.includes('sources') ? { Source: 'tok_visa' } : { ExternalAccount: 'tok_visa' }),
    InvoiceItem: (id) => ({ Customer: id('Customer'), Amount: 100, Currency: 'usd' }),
    Invoice: (id) => ({ Customer: id('Customer') }),
    PaymentMethod: () => ({ Type: 'card', Card: { token: 'tok_visa' } }),
    Price: () => ({ Currency: 'usd', UnitAmount: 100, ProductData: { name: 'x' } }),
    Refund: (id) => ({ PaymentIntent: id('PaymentIntent'), Amount: 100 }),
    PaymentIntent: () => ({
      Amount: 5000,
      Currency: 'usd',
      Confirm: true,
      // Its money is there at once, for payouts and transfers.
      PaymentMethod: 'pm_card_bypassPending',
      ReturnUrl: 'https://example.com/',
    }),
    'TestHelpers.ConfirmationToken': () => ({ PaymentMethod: 'pm_card_visa' }),
    Token: () => ({ Pii: { id_number: '000000000' } }),
    Transfer: (id) => ({ Amount: 100, Currency: 'usd', Destination: id('Account') }),
    Subscription: (id) => ({ Customer: id('Customer'), Items: [monthly(id)], PaymentBehavior: 'default_incomplete' }),
    SubscriptionItem: (id) => ({ Subscription: id('Subscription'), PriceData: monthly(id).price_data }),
    'BillingPortal.Session': (id) => ({ Customer: id('Customer') }),
    PaymentLink: (id) => ({ LineItems: [{ price: id('Price'), quantity: 1 }] }),
    SubscriptionSchedule: (id) => ({
      Customer: id('Customer'),
      StartDate: 'now',
      Phases: [{ items: [monthly(id)], duration: { interval: 'month' } }],
    }),
    'Billing.Meter': () => ({ DisplayName: 'calls', EventName: 'calls', DefaultAggregation: { formula: 'sum' } }),
    'Billing.MeterEvent': (id) => meterEvent(id, 'call_1'),
    'Billing.MeterEventAdjustment': () => canceled('call_1'),
    'V2.Billing.MeterEvent': (id) => meterEvent(id, 'call_2'),
    'V2.Billing.MeterEventAdjustment': () => canceled('call_2'),
    'V2.Core.EventDestination': () => ({
      Name: 'x',
      Type: 'webhook_endpoint',
      EventPayload: 'thin',
      EnabledEvents: ['v1.customer.created'],
      WebhookEndpoint: { url: 'https://example.com/x' },
    }),
    CreditNote: (id) => ({ Invoice: id('an open invoice'), Amount: 10 }),
  };
