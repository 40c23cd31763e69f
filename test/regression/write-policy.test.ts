/** The write policy, case by case: factors, currencies, writes whose amount is kept at Stripe, names, accounts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { executeAction } from '../../shared/operations/actions.ts';
import type { CallContext } from '../../shared/stripe/call-context.ts';
import type { ConnectorDeps } from '../../shared/operations/connector.ts';
import { create, list, remove, update } from '../../shared/operations/entities.ts';
import type { WritePolicy } from '../../shared/stripe/write-policy/enforce.ts';
import { isConnectorError, type ConnectorError } from '../../shared/errors.ts';
import { testConnector, type TestConnector } from '../support/connector.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { callContext } from '../support/calls.ts';
import { fakeStripe } from '../support/fake-stripe.ts';

type Input = Record<string, unknown>;
type Write = (deps: ConnectorDeps, call: CallContext) => Promise<{ readonly body: Readonly<Record<string, unknown>> }>;

const clock = new VirtualClock();
const stripe = fakeStripe(() => ({ id: 'one_1', object: 'list', data: [], has_more: false }));

function connector(policy: Partial<WritePolicy>, apiVersion?: string): TestConnector {
  return testConnector({ clock, stripe, policy, ...(apiVersion === undefined ? {} : { apiVersion }) });
}

const making =
  (entity: string, input: Input): Write =>
  (deps, call) =>
    create(deps, entity, input, call);
const doing =
  (action: string, input: Input): Write =>
  (deps, call) =>
    executeAction(deps, action, input, call);
const changing =
  (entity: string, input: Input, entityId: string | null = 'one_1'): Write =>
  (deps, call) =>
    update(deps, entity, { entityId: entityId ?? undefined, maxAffected: 1, explain: false }, input, call);
const deleting =
  (entity: string, input: Input, entityId = 'one_1'): Write =>
  (deps, call) =>
    remove(deps, entity, { entityId, maxAffected: 1, explain: false }, input, call);

function callOf(dryRun: boolean): CallContext {
  return callContext(clock, { outputFormat: 'connector', dryRun });
}

/** The refusal, with nothing sent; a dry run is refused alike. Undefined where the request passes. */
async function refusal(write: Write, { deps }: Pick<TestConnector, 'deps'>): Promise<ConnectorError | undefined> {
  const before = stripe.sent.length;
  const tried = async (dryRun: boolean): Promise<ConnectorError | undefined> => {
    try {
      await write(deps, callOf(dryRun));
      return undefined;
    } catch (error) {
      if (!isConnectorError(error)) throw error;
      return error;
    }
  };
  const shown = await tried(true);
  if (shown === undefined) return undefined;
  const [real] = await Promise.all([tried(false), clock.advance(1)]);
  assert.equal(real?.message, shown.message);
  assert.equal(stripe.sent.length, before);
  return shown;
}

const USD = { maxAmounts: { usd: 1000 } };
const LINE = { price_data: { currency: 'usd', product: 'prod_1', unit_amount: 400 } };
const [TOO_MUCH, OPEN, OTHER] = ['AMOUNT_NOT_ALLOWED', 'AMOUNT_NOT_BOUNDED', 'CURRENCY_NOT_ALLOWED'];

const ITEM = { price_data: { ...LINE.price_data, recurring: { interval: 'day' } } };
const CARD = { Currency: 'usd', Type: 'virtual', Cardholder: 'ich_1' };
const ALL = { amount: 900, interval: 'all_time' };
const SOME = { amount: 1, interval: 'all_time', categories: ['bakeries'] };
const TAX = {
  amount: 400,
  taxable_amount: 400,
  tax_rate_data: { display_name: 'x', inclusive: false, percentage: 20 },
};

function shippingOf(amount: number): object {
  return { shipping_rate_data: { display_name: 'x', type: 'fixed_amount', fixed_amount: { amount, currency: 'usd' } } };
}

function startingAt(place: 'StartDate' | 'phases.start_date', start: number | 'now'): Write {
  if (place === 'StartDate')
    return making('SubscriptionSchedule', { Customer: 'cus_1', StartDate: start, Phases: [{ items: [ITEM] }] });
  return changing('SubscriptionSchedule', { Phases: [{ items: [ITEM], start_date: start }] });
}

/** What is asked, under which policy, the reason of the refusal (none: it passes), and words of it. */
const CASES: readonly (readonly [string, Write, Partial<WritePolicy>, (string | undefined)?, RegExp?])[] = [
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
    'the limits of a cardholder in the currency beside them',
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
    /no bound for constructor/,
  ],
  // https://docs.stripe.com/api/refunds/create: currency is of a customer's cash balance
  [
    'a refund in a currency that the payment need not have',
    making('Refund', { PaymentIntent: 'pi_1', Amount: 900, Currency: 'jpy' }),
    { maxAmounts: { usd: 100, jpy: 5000 } },
    TOO_MUCH,
    /smallest/,
  ],
  // Amounts that are kept at Stripe.
  [
    'the id of a price',
    making('Checkout.Session', { Mode: 'payment', LineItems: [{ price: 'price_1', quantity: 1 }] }),
    USD,
    OPEN,
    /LineItems\.price: names something/,
  ],
  ['the id of a plan', making('SubscriptionItem', { Subscription: 'sub_1', Plan: 'plan_1' }), USD, OPEN],
  [
    'the id of a price of an invoice item',
    making('InvoiceItem', { Customer: 'cus_1', Pricing: { price: 'price_1' } }),
    USD,
    OPEN,
  ],
  ['a quantity alone', changing('SubscriptionItem', { Quantity: 5 }), USD, OPEN, /Quantity: stands beside no price/],
  ['no quantity', changing('SubscriptionItem', { Quantity: 0 }), USD],
  [
    'a quantity of a line of an invoice',
    making('CreditNote', {
      Invoice: 'in_1',
      Lines: [{ type: 'invoice_line_item', invoice_line_item: 'il_1', quantity: 2 }],
    }),
    USD,
    OPEN,
  ],
  [
    'an amount of a line of an invoice',
    making('CreditNote', {
      Invoice: 'in_1',
      Lines: [{ type: 'invoice_line_item', invoice_line_item: 'il_1', amount: 20 }],
    }),
    USD,
  ],
  [
    'a refund of the whole',
    making('Refund', { PaymentIntent: 'pi_1' }),
    USD,
    OPEN,
    /Amount: is missing.*allow_unbounded with Refund\.Create/,
  ],
  ['a refund of an amount', making('Refund', { PaymentIntent: 'pi_1', Amount: 1000 }), USD],
  [
    'a refund of the whole that is allowed',
    making('Refund', { PaymentIntent: 'pi_1' }),
    { ...USD, allowUnbounded: ['Refund.Create'] },
  ],
  [
    'a refund over the bound, though the whole is allowed',
    making('Refund', { PaymentIntent: 'pi_1', Amount: 1001 }),
    { ...USD, allowUnbounded: ['Refund.Create'] },
    TOO_MUCH,
  ],
  [
    'a capture of the rest',
    doing('CapturePaymentIntent', { PaymentIntentId: 'pi_1' }),
    USD,
    OPEN,
    /AmountToCapture: is missing/,
  ],
  ['a capture of an amount', doing('CapturePaymentIntent', { PaymentIntentId: 'pi_1', AmountToCapture: 10 }), USD],
  ['a confirmation', doing('ConfirmPaymentIntent', { PaymentIntentId: 'pi_1' }), USD, OPEN, /AmountToConfirm/],
  ['a confirmation of an amount', doing('ConfirmPaymentIntent', { PaymentIntentId: 'pi_1', AmountToConfirm: 10 }), USD],
  [
    'a confirmation where another is allowed',
    doing('ConfirmPaymentIntent', { PaymentIntentId: 'pi_1' }),
    { ...USD, allowUnbounded: ['CapturePaymentIntent'] },
    OPEN,
  ],
  ['the payment of an invoice', doing('PayInvoice', { InvoiceId: 'in_1' }), USD, OPEN, /PayInvoice/],
  [
    'an invoice that finalizes itself',
    making('Invoice', { Customer: 'cus_1', AutoAdvance: true }),
    USD,
    OPEN,
    /AutoAdvance/,
  ],
  ['a draft of an invoice', making('Invoice', { Customer: 'cus_1', AutoAdvance: false }), USD],
  ['the end of a subscription', doing('CancelSubscription', { SubscriptionId: 'sub_1' }), USD],
  [
    'the end of a subscription with an invoice',
    doing('CancelSubscription', { SubscriptionId: 'sub_1', InvoiceNow: true }),
    USD,
    OPEN,
    /InvoiceNow/,
  ],
  [
    'the end of a schedule, which invoices by default',
    doing('CancelSubscriptionSchedule', { SubscriptionScheduleId: 'sub_sched_1' }),
    USD,
    OPEN,
    /InvoiceNow: must be false/,
  ],
  [
    'the end of a schedule without an invoice',
    doing('CancelSubscriptionSchedule', { SubscriptionScheduleId: 'sub_sched_1', InvoiceNow: false }),
    USD,
  ],
  [
    'prorations that are invoiced at once',
    deleting('SubscriptionItem', { ProrationBehavior: 'always_invoice' }),
    USD,
    OPEN,
  ],
  [
    'a price that the payer chooses',
    making('Price', { Currency: 'usd', Product: 'prod_1', CustomUnitAmount: { enabled: true } }),
    USD,
    OPEN,
    /CustomUnitAmount\.maximum: is missing/,
  ],
  [
    'a price that the payer chooses up to a bound',
    making('Price', { Currency: 'usd', Product: 'prod_1', CustomUnitAmount: { enabled: true, maximum: 1000 } }),
    USD,
  ],
  [
    'a rule that moves the whole balance',
    changing(
      'BalanceSettings',
      {
        Payments: {
          payouts: { automatic_transfer_rules_by_currency: { usd: [{ payout_method: 'x', type: 'transfer_all' }] } },
        },
      },
      null,
    ),
    USD,
    OPEN,
  ],
  // https://docs.stripe.com/api/subscription_schedules/update: each phase has its own prorations
  [
    'prorations of a phase that are invoiced at once',
    changing('SubscriptionSchedule', { Phases: [{ items: [ITEM], proration_behavior: 'always_invoice' }] }),
    USD,
    OPEN,
    /Phases\.proration_behavior/,
  ],
  [
    'a pause that invoices',
    changing('SubscriptionSchedule', { PauseSchedules: [{ key: 'k', pause: { pause_at: { type: 'now' } } }] }),
    USD,
    OPEN,
    /PauseSchedules/,
  ],
  ...(['StartDate', 'phases.start_date'] as const).flatMap((place) => [
    ...(['2020', 'yesterday'] as const).map((start): (typeof CASES)[number] => [
      `a schedule that began in ${start} by ${place}`,
      startingAt(place, start === '2020' ? 1_577_836_800 : clock.epochMs() / 1000 - 86_400),
      USD,
      OPEN,
      /start_?date/i,
    ]),
    [`a schedule that begins now by ${place}`, startingAt(place, 'now'), USD] as const,
    [
      `a schedule that begins tomorrow by ${place}`,
      startingAt(place, Math.ceil(clock.epochMs() / 1000) + 86_400),
      USD,
    ] as const,
  ]),
  // https://docs.stripe.com/api/subscriptions/create: billing_schedules bills periods ahead, the interval what waits
  [
    'periods that are billed ahead',
    making('Subscription', {
      Customer: 'cus_1',
      Items: [ITEM],
      BillingSchedules: [{ bill_until: { type: 'timestamp', timestamp: 4_000_000_000 } }],
    }),
    USD,
    OPEN,
    /BillingSchedules/,
  ],
  [
    'items that wait and are billed at an interval',
    changing('Subscription', { PendingInvoiceItemInterval: { interval: 'day' } }),
    USD,
    OPEN,
  ],
  // https://docs.stripe.com/api/invoice-line-item/update: each tax amount comes on top, unless its rate is inclusive
  ...(
    [
      [false, TOO_MUCH],
      [true, undefined],
    ] as const
  ).flatMap(([inclusive, reason]) => {
    const tax = { amount: 300, taxable_amount: 600, tax_rate_data: { ...TAX.tax_rate_data, inclusive } };
    const words = reason === undefined ? /./ : /amount and tax_amounts together: (1300|1100)/i;
    return [
      [
        `taxes of a line, inclusive ${inclusive}`,
        changing('InvoiceLineItem', { Invoice: 'in_1', Amount: 700, TaxAmounts: [tax, tax] }),
        USD,
        reason,
        words,
      ] as const,
      [
        `taxes of lines that are added, inclusive ${inclusive}`,
        doing('AddInvoiceLines', {
          InvoiceId: 'in_1',
          Lines: [{ price_data: LINE.price_data, quantity: 2, tax_amounts: [tax] }],
        }),
        USD,
        reason,
        words,
      ] as const,
    ];
  }),
  [
    'taxes alone, of a line that is there',
    doing('UpdateInvoiceLines', {
      InvoiceId: 'in_1',
      Lines: [{ id: 'il_1', tax_amounts: [TAX, TAX, TAX] }],
    }),
    USD,
    TOO_MUCH,
    /tax_amounts together: 1200/,
  ],
  // https://docs.stripe.com/api/payment-link/update: by default up to 99 units
  ...([{ enabled: true }, { enabled: true, maximum: 5 }, { enabled: 'true', maximum: 5 }] as const).map(
    (quantity): (typeof CASES)[number] => [
      `units that a payer may take of a kept price: ${JSON.stringify(quantity)}`,
      changing('PaymentLink', { LineItems: [{ id: 'li_1', adjustable_quantity: quantity }] }),
      USD,
      OPEN,
      /adjustable_quantity/,
    ],
  ),
  [
    'no units that a payer may choose',
    changing('PaymentLink', { LineItems: [{ id: 'li_1', adjustable_quantity: { enabled: false } }] }),
    USD,
  ],
  // https://docs.stripe.com/api/balance-settings: an automatic payout is of the whole balance
  ...(
    [
      ['schedule', { payouts: { schedule: { interval: 'daily' } } }, OPEN],
      ['schedule by hand', { payouts: { schedule: { interval: 'manual' } } }, undefined],
      ['smaller minimum', { payouts: { minimum_balance_by_currency: { usd: 0 } } }, OPEN],
      ['debit of what is owed', { debit_negative_balances: true }, OPEN],
    ] as const
  ).map(([sentence, payments, reason]): (typeof CASES)[number] => [
    `payouts of the balance: ${sentence}`,
    changing('BalanceSettings', { Payments: payments }, null),
    USD,
    reason,
  ]),
  [
    'payouts of a connected account by a schedule',
    changing('Account', { Settings: { payouts: { schedule: { interval: 'weekly', weekly_anchor: 'friday' } } } }),
    USD,
    OPEN,
  ],
  // https://docs.stripe.com/api/payment_intents/update
  [
    'a currency for an amount that is kept',
    changing('PaymentIntent', { Currency: 'usd' }),
    USD,
    OPEN,
    /without Amount/,
  ],
  ['a currency with its amount', changing('PaymentIntent', { Currency: 'usd', Amount: 900 }), USD],
  // https://docs.stripe.com/api/customers/update: invoices that are past due are paid again by a new source
  ['a new source of a customer', changing('Customer', { Source: 'tok_visa' }), USD, OPEN, /Source/],
  // A price of one unit, of units that are there.
  [
    'a new price of units that are kept',
    changing('SubscriptionItem', { PriceData: ITEM.price_data }),
    USD,
    OPEN,
    /Quantity: is missing/,
  ],
  ['a new price of some units', changing('SubscriptionItem', { PriceData: ITEM.price_data, Quantity: 2 }), USD],
  [
    'a new price of an item that is there',
    changing('Subscription', { Items: [{ id: 'si_1', price_data: ITEM.price_data }] }),
    USD,
    OPEN,
    /Items\.quantity: is missing/,
  ],
  [
    'an item that is new',
    changing('Subscription', { Items: [{ price_data: ITEM.price_data }], ProrationBehavior: 'none' }),
    USD,
  ],
  ['a new price of units of an invoice', changing('InvoiceItem', { UnitAmountDecimal: '900' }), USD, OPEN],
  ['units beside an amount', changing('InvoiceItem', { Quantity: 100_000, Amount: 1 }), USD, OPEN, /Quantity/],
  // https://docs.stripe.com/api/issuing/cards/create
  ['a card without limits', making('Issuing.Card', { Currency: 'usd', Type: 'virtual' }), USD, OPEN],
  [
    'a card with a limit',
    making('Issuing.Card', {
      Currency: 'usd',
      Type: 'virtual',
      SpendingControls: { spending_limits: [{ amount: 900, interval: 'all_time' }] },
    }),
    USD,
  ],
  // https://docs.stripe.com/api/payment_intents/apply_customer_balance: of an invoice's payment the full amount is applied
  [
    "a customer's balance for a payment, whatever amount is named",
    doing('ApplyCustomerBalanceToPaymentIntent', { PaymentIntentId: 'pi_1', Amount: 5, Currency: 'usd' }),
    USD,
    OPEN,
    /allow_unbounded with ApplyCustomerBalanceToPaymentIntent/,
  ],
  // https://docs.stripe.com/api/payment_intents/verify_microdeposits: what waited for it is paid
  [
    'microdeposits that a payment waits for',
    doing('VerifyPaymentIntentMicrodeposits', { PaymentIntentId: 'pi_1', Amounts: [32, 45] }),
    USD,
    OPEN,
  ],
  // https://docs.stripe.com/api/v2/billing-meter-stream: usage is sent past the connector with the session's token
  ['a token that sends usage', making('V2.Billing.MeterEventSession', {}), USD, OPEN],
  // https://docs.stripe.com/api/customers/update: the balance is set, whatever it was
  ...[0, 500].map((Balance): (typeof CASES)[number] => [
    `a balance that is replaced by ${Balance}`,
    changing('Customer', { Balance }),
    USD,
    OPEN,
    /Balance/,
  ]),
  ['the balance that a customer begins with', making('Customer', { Balance: 500 }), USD],
  // https://docs.stripe.com/api/treasury/financial_accounts/update: where the rest of the balance goes
  [
    'where the rest of a balance goes',
    changing('Treasury.FinancialAccount', { ForwardingSettings: { type: 'payment_method', payment_method: 'pm_1' } }),
    USD,
    OPEN,
  ],
  // https://docs.stripe.com/api/subscriptions/update: at the threshold an invoice is sent, of all the usage so far
  ...(
    [
      ['Subscription', { BillingThresholds: { amount_gte: 50 } }, OPEN],
      ['Subscription', { Items: [{ id: 'si_1', billing_thresholds: { usage_gte: 1 } }] }, OPEN],
      ['Subscription', { BillingThresholds: null }, undefined],
      ['SubscriptionItem', { BillingThresholds: { usage_gte: 1 } }, OPEN],
      ['SubscriptionSchedule', { DefaultSettings: { billing_thresholds: { amount_gte: 50 } } }, OPEN],
      ['SubscriptionSchedule', { Phases: [{ items: [ITEM], billing_thresholds: { amount_gte: 50 } }] }, OPEN],
      ['SubscriptionSchedule', { Phases: [{ items: [{ ...ITEM, billing_thresholds: { usage_gte: 1 } }] }] }, OPEN],
    ] as const
  ).map(([entity, input, reason]): (typeof CASES)[number] => [
    `a threshold for usage that is kept: ${entity} ${JSON.stringify(input)}`,
    changing(entity, input),
    USD,
    reason,
  ]),
  // https://docs.stripe.com/api/issuing/cards/update: with `categories` a limit is of these alone; a card may have none
  ...(
    [
      [making('Issuing.Card', { ...CARD, SpendingControls: { spending_limits: [SOME] } }), OPEN],
      [making('Issuing.Card', { ...CARD, SpendingControls: { spending_limits: [SOME, ALL] } }), undefined],
      [changing('Issuing.Card', { SpendingControls: { spending_limits: [SOME] } }), OPEN],
      [changing('Issuing.Card', { SpendingControls: { spending_limits: [ALL] } }), undefined],
      [changing('Issuing.Card', { Status: 'active' }), OPEN],
      [changing('Issuing.Card', { Status: 'active', SpendingControls: { spending_limits: [ALL] } }), undefined],
      [changing('Issuing.Card', { Status: 'active', SpendingControls: { spending_limits: [SOME] } }), OPEN],
      [changing('Issuing.Card', { Status: 'inactive' }), undefined],
      [changing('Issuing.Cardholder', { Status: 'active' }), OPEN],
      [changing('Issuing.Cardholder', { Status: 'inactive' }), undefined],
    ] as const
  ).map(([write, reason], index): (typeof CASES)[number] => [`what a card may spend, ${index}`, write, USD, reason]),
  // https://docs.stripe.com/api/credit_notes/create: `unit_amount` is of a custom line alone
  ...(
    [
      [{ type: 'invoice_line_item', invoice_line_item: 'il_1', unit_amount: 1, quantity: 100 }, OPEN],
      [{ type: 'invoice_line_item', invoice_line_item: 'il_1', unit_amount_decimal: '1' }, OPEN],
      [{ type: 'custom_line_item', description: 'x', unit_amount: 10, quantity: 5 }, undefined],
      [{ type: 'custom_line_item', description: 'x' }, OPEN],
    ] as const
  ).map(([line, reason]): (typeof CASES)[number] => [
    `a line of a credit note: ${JSON.stringify(line)}`,
    making('CreditNote', { Invoice: 'in_1', Lines: [line] }),
    USD,
    reason,
  ]),
  [
    'an amount without its number',
    making('Billing.CreditGrant', {
      Customer: 'cus_1',
      ApplicabilityConfig: { scope: { price_type: 'metered' } },
      Amount: { type: 'monetary' },
    }),
    USD,
    OPEN,
    /Amount: is missing/,
  ],
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
    'an amount further in that the catalogue does not describe',
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

for (const [sentence, write, policy, reason, words = /./] of CASES) {
  test(`${sentence}: ${reason ?? 'passes'}`, async () => {
    const error = await refusal(write, connector(policy));
    assert.equal(error?.details.reason, reason, error?.message);
    if (error !== undefined) assert.match(error.message, words);
  });
}

test('an Update by clause is refused before a row is listed, and so is its explanation', async () => {
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

// A catalogue of today and an account of yesterday: https://docs.stripe.com/upgrades#api-versions
const OLD = '2020-08-27';

for (const [sentence, input] of [
  ['on top', { Customer: 'cus_1', Surcharge: 5 }],
  ['further in', { Customer: 'cus_1', Shipping: { name: 'x', address: { city: 'x' }, surcharge: 5 } }],
  ['that other writes have', { Customer: 'cus_1', UnitAmount: 5 }],
] as const) {
  test(`a name that the catalogue does not know, ${sentence}: refused under a policy, else passed with a warning`, async () => {
    const write = making('InvoiceItem', { ...input, Amount: 5, Currency: 'usd' });
    for (const policy of [USD, { allowedCurrencies: ['usd'] }]) {
      const error = await refusal(write, connector(policy, OLD));
      assert.equal(error?.details.reason, 'INVALID_INPUT');
      assert.match(error.message, /is not an input of InvoiceItem/);
    }
    const free = connector({}, OLD);
    const { body } = await write(free.deps, { ...callOf(false), operationId: `old-${sentence}` });
    assert.equal((body['warnings'] as string[]).length, 1);
    assert.equal(free.logged.filter(({ severity }) => severity === 'WARNING').length, 1);
  });
}

test('an action refuses its input beside what Stripe calls it: one of the two would be lost', async () => {
  const input = { PaymentMethodId: 'pm_1', CustomerId: 'cus_1', Customer: 'cus_2' };
  const error = await refusal(doing('AttachPaymentMethodToCustomer', input), connector({}, OLD));
  assert.equal(error?.details.reason, 'INVALID_INPUT');
  assert.match(error.message, /Customer: is another name of CustomerId; send only one of them/);
});

// https://docs.stripe.com/changelog/2018-11-08/one-off-invoices-no-longer-auto-collect-payment
for (const [version, refused] of [
  ['2018-10-31', true],
  ['2018-11-08', false],
  ['2025-03-31.basil', false],
] as const)
  test(`an invoice finalizes itself by the default of ${version}: ${refused}`, async () => {
    const draft = connector({ ...USD, apiVersion: version }, version);
    const error = await refusal(making('Invoice', { Customer: 'cus_1' }), draft);
    assert.equal(error?.details.reason, refused ? OPEN : undefined);
    if (refused) assert.match(error?.message ?? '', /AutoAdvance: must be false/);
    assert.equal(await refusal(making('Invoice', { Customer: 'cus_1', AutoAdvance: false }), draft), undefined);
  });

test('under a policy an older API version keeps its own values', async () => {
  const write = making('PaymentIntent', { Amount: 5, Currency: 'usd', CaptureMethod: 'of_yesterday' });
  assert.equal(await refusal(write, connector(USD, OLD)), undefined);
});

const ACCOUNTS = { accounts: new Set(['acct_own', 'acct_listed']) };
const found =
  (entity: string, filterClause: string, explain = false): Write =>
  (deps, call) =>
    list(deps, entity, { filterClause, pageSize: 10, consistency: 'strong', explain }, call);
const naming = (account: string): readonly (readonly [string, Write])[] => [
  ['the id of an account', changing('Account', { Email: 'a@example.com' }, account)],
  ['an account that is deleted', deleting('Account', {}, account)],
  ['a parent', found('Person', `Account = '${account}'`)],
  ['a parent in an explanation', found('Person', `Account = '${account}'`, true)],
  ['a filter that Stripe takes', found('Transfer', `Destination = '${account}'`)],
  ['whom a payment is for', making('PaymentIntent', { Amount: 1, Currency: 'usd', OnBehalfOf: account })],
  [
    'where a payment goes',
    making('PaymentIntent', { Amount: 1, Currency: 'usd', TransferData: { destination: account } }),
  ],
  ['where a transfer goes', making('Transfer', { Amount: 1, Currency: 'usd', Destination: account })],
  ['an input that holds accounts', making('AccountLink', { Account: account, Type: 'account_onboarding' })],
  ['an account of API v2', changing('V2.Core.Account', { DisplayName: 'x' }, account)],
];

for (const [index, [sentence, write]] of naming('acct_other').entries()) {
  test(`${sentence}: only an account that is listed`, async () => {
    assert.equal((await refusal(write, connector(ACCOUNTS)))?.details.reason, 'ACCOUNT_NOT_ALLOWED');
    assert.equal(await refusal(write, connector({})), undefined);
    const [, listed] = naming('acct_listed')[index] ?? [];
    assert.ok(listed);
    assert.equal(await refusal(listed, connector(ACCOUNTS)), undefined);
  });
}

for (const written of [' acct_other', 'acct_other\n', 'acct_other/x', 'acct_listed,acct_other', 'acct_listed '])
  test(`${JSON.stringify(written)} is no account that is listed`, async () => {
    for (const [sentence, write] of naming(written)) {
      const error = await refusal(write, connector(ACCOUNTS));
      // A path takes no control characters, and a parent stands before a slash.
      assert.match(error?.details.reason ?? '', /^(ACCOUNT_NOT_ALLOWED|INVALID_INPUT)$/, sentence);
    }
  });

test('an account in metadata is a text, and every request is sent for a listed account', async () => {
  const { deps } = connector(ACCOUNTS);
  const noted = making('Customer', { Metadata: { seller: 'acct_other' } });
  assert.equal(await refusal(noted, { deps }), undefined);
  await assert.rejects(create(deps, 'Customer', {}, { ...callOf(false), account: 'acct_other' }), /accountId/);
});
