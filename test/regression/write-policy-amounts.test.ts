/** The write policy: amounts and their factors, currencies, lists. https://docs.stripe.com/currencies */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { update } from '../../shared/operations/entities.ts';
import {
  stripe,
  connector,
  making,
  doing,
  callOf,
  USD,
  LINE,
  TOO_MUCH,
  OTHER,
  type PolicyCase,
  testPolicy,
} from './write-policy-cases.ts';

const LONG = 'x'.repeat(3000);

const AMOUNTS: readonly PolicyCase[] = [
  // https://docs.stripe.com/api/invoiceitems/create: up to 12 decimals
  [
    'a price with decimals times a quantity with decimals',
    making('InvoiceItem', {
      Customer: 'cus_1',
      QuantityDecimal: '2.5',
      Currency: 'usd',
      UnitAmountDecimal: '400.000000000001',
    }),
    USD,
    TOO_MUCH,
    /1000\.0000000000025 is more than 1000/,
  ],
  [
    'the same within the bound',
    making('InvoiceItem', { Customer: 'cus_1', QuantityDecimal: '2.5', Currency: 'usd', UnitAmountDecimal: '400' }),
    USD,
  ],
  [
    'lines that are paid together',
    making('Checkout.Session', {
      Mode: 'payment',
      LineItems: [
        { ...LINE, quantity: 1 },
        { ...LINE, quantity: 2 },
      ],
    }),
    USD,
    TOO_MUCH,
    /LineItems together: 1200/,
  ],
  [
    'lines of two lists that are paid together',
    making('Subscription', {
      Customer: 'cus_1',
      Items: [{ price_data: { ...LINE.price_data, recurring: { interval: 'day' } }, quantity: 2 }],
      AddInvoiceItems: [{ ...LINE, quantity: 1 }],
    }),
    USD,
    TOO_MUCH,
  ],
  [
    'phases come one after another',
    making('SubscriptionSchedule', {
      Customer: 'cus_1',
      Phases: [1, 2].map(() => ({
        items: [{ price_data: { ...LINE.price_data, recurring: { interval: 'day' } }, quantity: 2 }],
      })),
    }),
    USD,
  ],
  [
    'tiers are a choice',
    making('Price', {
      Currency: 'usd',
      Product: 'prod_1',
      BillingScheme: 'tiered',
      Tiers: [
        { up_to: 5, unit_amount: 600 },
        { up_to: 'inf', unit_amount: 900 },
      ],
    }),
    USD,
  ],
  // https://docs.stripe.com/api/checkout/sessions/create: by default up to 99
  [
    'a quantity that the payer may raise',
    making('Checkout.Session', {
      Mode: 'payment',
      LineItems: [{ ...LINE, quantity: 1, adjustable_quantity: { enabled: true } }],
    }),
    USD,
    TOO_MUCH,
  ],
  [
    'a quantity that the payer may raise to two',
    making('Checkout.Session', {
      Mode: 'payment',
      LineItems: [{ ...LINE, quantity: 1, adjustable_quantity: { enabled: true, maximum: 2 } }],
    }),
    USD,
  ],
  [
    'a quantity of what is on a terminal',
    doing('SetTerminalReaderDisplay', {
      TerminalReaderId: 'tmr_1',
      Type: 'cart',
      Cart: { currency: 'usd', total: 10, line_items: [{ amount: 300, description: 'x', quantity: 4 }] },
    }),
    USD,
    TOO_MUCH,
  ],
  [
    'an amount in the currency of its own key',
    making('PromotionCode', {
      Promotion: { type: 'coupon', coupon: 'c' },
      Restrictions: { minimum_amount: 900, minimum_amount_currency: 'JPY' },
    }),
    { maxAmounts: { usd: 100, jpy: 5000 } },
  ],
  [
    'the limits of a cardholder in the currency next to them',
    making('Issuing.Cardholder', {
      Name: 'x',
      Type: 'individual',
      Billing: { address: { city: 'x', country: 'US', line1: 'x', postal_code: '1' } },
      SpendingControls: { spending_limits_currency: 'jpy', spending_limits: [{ amount: 6000, interval: 'daily' }] },
    }),
    { maxAmounts: { usd: 100, jpy: 5000 } },
    TOO_MUCH,
    /jpy by max_amounts/,
  ],
  [
    'a tip in the currency that is its key',
    making('Terminal.Configuration', { Tipping: { jpy: { fixed_amounts: [100, 6000] } } }),
    { maxAmounts: { usd: 100, jpy: 5000 } },
    TOO_MUCH,
    /fixed_amounts\[1\]: 6000 .*jpy/,
  ],
  [
    'a list of currencies',
    making('Treasury.FinancialAccount', { SupportedCurrencies: ['usd', 'EUR'] }),
    { allowedCurrencies: ['usd'] },
    OTHER,
    /SupportedCurrencies: eur/,
  ],
  [
    'a balance of a prototype',
    making('PaymentIntent', { Amount: 1, Currency: 'constructor' }),
    USD,
    TOO_MUCH,
    /no limit for constructor/,
  ],
  // https://docs.stripe.com/api/refunds/create: currency is of a customer's cash balance
  [
    'a refund in a currency that the payment need not have',
    making('Refund', { PaymentIntent: 'pi_1', Amount: 900, Currency: 'jpy' }),
    { maxAmounts: { usd: 100, jpy: 5000 } },
    TOO_MUCH,
    /smallest/,
  ],
  // A response repeats at most 2000 characters, so a long text would cut off what is allowed.
  [
    'a long text as a currency, with the list of what is allowed',
    making('Refund', { PaymentIntent: 'pi_1', Amount: 900, Currency: LONG }),
    { allowedCurrencies: ['usd', 'jpy'] },
    OTHER,
    /^Currency: x{199}… is not among allowed_currencies \(usd, jpy\)$/,
  ],
  [
    'an amount in a long text as a currency',
    making('PaymentIntent', { Amount: 900, Currency: LONG }),
    USD,
    TOO_MUCH,
    /^Amount: max_amounts has no limit for x{199}…; add one to allow amounts in it$/,
  ],
];

for (const policyCase of AMOUNTS) testPolicy(policyCase);

test('an Update by clause is rejected before a row is listed, and so is its explain', async () => {
  const { deps } = connector(USD);
  const before = stripe.sent.length;
  for (const explain of [true, false])
    await assert.rejects(
      update(
        deps,
        'Customer',
        { filterClause: "Email = 'a'", maxAffected: 1, explain },
        { Balance: -1001 },
        callOf(false),
      ),
      /Balance: 1001 is more than 1000/,
    );
  await assert.rejects(
    update(deps, 'Customer', { entityId: 'cus_1', maxAffected: 1, explain: true }, { Balance: 1001 }, callOf(false)),
    /Balance/,
  );
  assert.equal(stripe.sent.length, before);
});
