/** The write policy: amounts that are paid together, currencies alone, values of open enumerations. https://docs.stripe.com/api */
import {
  making,
  doing,
  changing,
  USD,
  LINE,
  TOO_MUCH,
  OPEN,
  type PolicyCase,
  testPolicy,
} from './write-policy-cases.ts';

function shippingOf(amount: number): object {
  return { shipping_rate_data: { display_name: 'x', type: 'fixed_amount', fixed_amount: { amount, currency: 'usd' } } };
}

const SUMS: readonly PolicyCase[] = [
  // Amounts that are paid together.
  [
    'lines of which one names no currency',
    doing('AddInvoiceLines', {
      InvoiceId: 'in_1',
      Lines: [{ amount: 700 }, { price_data: LINE.price_data }],
    }),
    { maxAmounts: { usd: 1000, eur: 5000 } },
    TOO_MUCH,
    /Lines together: 1100/,
  ],
  [
    'a line and what it costs to ship it',
    making('Checkout.Session', {
      Mode: 'payment',
      LineItems: [{ ...LINE, quantity: 2 }],
      ShippingOptions: [shippingOf(100), shippingOf(300)],
    }),
    USD,
    TOO_MUCH,
    /LineItems and shipping_options together: 1100/,
  ],
  [
    'of ways to ship one is paid',
    making('Checkout.Session', {
      Mode: 'payment',
      LineItems: [{ ...LINE, quantity: 2 }],
      ShippingOptions: [shippingOf(200), shippingOf(200)],
    }),
    USD,
  ],
  // https://docs.stripe.com/payments/mx-installments
  [
    'how a card pays in parts',
    doing('ConfirmPaymentIntent', {
      PaymentIntentId: 'pi_1',
      AmountToConfirm: 900,
      PaymentMethodOptions: { card: { installments: { plan: { count: 3, interval: 'month', type: 'fixed_count' } } } },
    }),
    USD,
  ],
  ['currencies alone bound no amount', doing('PayInvoice', { InvoiceId: 'in_1' }), { allowedCurrencies: ['usd'] }],
  [
    'a name further in that no input has',
    making('PaymentIntent', {
      Amount: 1,
      Currency: 'usd',
      PaymentMethodData: { type: 'paypal', paypal: { surcharge: 5 } },
    }),
    USD,
    'INVALID_INPUT',
    /PaymentMethodData\.paypal\.surcharge/,
  ],
  [
    'an amount in an object that has no fields',
    making('PaymentIntent', {
      Amount: 1,
      Currency: 'usd',
      PaymentMethodData: { type: 'paypal', paypal: { amount: 1001 } },
    }),
    USD,
    'INVALID_INPUT',
    /PaymentMethodData\.paypal\.amount: is not an input/,
  ],
  [
    'an amount further in that the catalog does not describe',
    changing('InvoiceItem', { InvoicingRules: { amount: 1001 } }),
    USD,
    TOO_MUCH,
  ],
  // A value that an open enumeration does not list.
  [
    'a proration that is new',
    changing('SubscriptionItem', { ProrationBehavior: 'at_once' }),
    USD,
    OPEN,
    /ProrationBehavior: moves money that no input names/,
  ],
  ['a proration that is known', changing('SubscriptionItem', { ProrationBehavior: 'create_prorations' }), USD],
  // No money.
  ['a cancelled payment', doing('CancelPaymentIntent', { PaymentIntentId: 'pi_1' }), USD],
  [
    'a customer',
    changing('Customer', { Name: 'x', Metadata: { amount: '99999', currency: 'eur', price: 'p' } }),
    { ...USD, allowedCurrencies: ['usd'] },
  ],
  ['a share of an amount', making('Coupon', { PercentOff: 100, Duration: 'once' }), USD],
  ['a balance that is cleared', changing('Customer', { Name: 'x', Shipping: null }), USD],
  // https://docs.stripe.com/metadata: keys without square brackets
  [
    'a key of metadata with brackets',
    making('Customer', { Metadata: { 'x][amount': '1' } }),
    {},
    'INVALID_INPUT',
    /Metadata\.x\]\[amount/,
  ],
];

for (const policyCase of SUMS) testPolicy(policyCase);
