/** The write policy: writes whose amount is kept at Stripe. https://docs.stripe.com/api/refunds/create */
import {
  type Write,
  clock,
  making,
  doing,
  changing,
  deleting,
  USD,
  TOO_MUCH,
  OPEN,
  ITEM,
  type PolicyCase,
  testPolicy,
} from './write-policy-cases.ts';

function startingAt(place: 'StartDate' | 'phases.start_date', start: number | 'now'): Write {
  if (place === 'StartDate')
    return making('SubscriptionSchedule', { Customer: 'cus_1', StartDate: start, Phases: [{ items: [ITEM] }] });
  return changing('SubscriptionSchedule', { Phases: [{ items: [ITEM], start_date: start }] });
}

const KEPT_AMOUNTS: readonly PolicyCase[] = [
  // Amounts that are kept at Stripe.
  [
    'the id of a price',
    making('Checkout.Session', { Mode: 'payment', LineItems: [{ price: 'price_1', quantity: 1 }] }),
    USD,
    OPEN,
    /LineItems\.price: names an object/,
  ],
  ['the id of a plan', making('SubscriptionItem', { Subscription: 'sub_1', Plan: 'plan_1' }), USD, OPEN],
  [
    'the id of a price of an invoice item',
    making('InvoiceItem', { Customer: 'cus_1', Pricing: { price: 'price_1' } }),
    USD,
    OPEN,
  ],
  ['a quantity alone', changing('SubscriptionItem', { Quantity: 5 }), USD, OPEN, /Quantity: has no unit price/],
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
    ...(['2020', 'yesterday'] as const).map((start): PolicyCase => [
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
];

for (const policyCase of KEPT_AMOUNTS) testPolicy(policyCase);
