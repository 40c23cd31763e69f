/** The write policy: amounts that are open, such as taxes on top, thresholds and balances. https://docs.stripe.com/api */
import {
  making,
  doing,
  changing,
  USD,
  LINE,
  TOO_MUCH,
  OPEN,
  ITEM,
  type PolicyCase,
  testPolicy,
} from './write-policy-cases.ts';

const CARD = { Currency: 'usd', Type: 'virtual', Cardholder: 'ich_1' };

const ALL = { amount: 900, interval: 'all_time' };

const SOME = { amount: 1, interval: 'all_time', categories: ['bakeries'] };

const TAX = {
  amount: 400,
  taxable_amount: 400,
  tax_rate_data: { display_name: 'x', inclusive: false, percentage: 20 },
};

const OPEN_AMOUNTS: readonly PolicyCase[] = [
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
    (quantity): PolicyCase => [
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
  ).map(([sentence, payments, reason]): PolicyCase => [
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
  ['a currency for an amount that is kept', changing('PaymentIntent', { Currency: 'usd' }), USD, OPEN, /needs Amount/],
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
  ['units next to an amount', changing('InvoiceItem', { Quantity: 100_000, Amount: 1 }), USD, OPEN, /Quantity/],
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
  ...[0, 500].map((Balance): PolicyCase => [
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
  ).map(([entity, input, reason]): PolicyCase => [
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
  ).map(([write, reason], index): PolicyCase => [`what a card may spend, ${index}`, write, USD, reason]),
  // https://docs.stripe.com/api/credit_notes/create: `unit_amount` is of a custom line alone
  ...(
    [
      [{ type: 'invoice_line_item', invoice_line_item: 'il_1', unit_amount: 1, quantity: 100 }, OPEN],
      [{ type: 'invoice_line_item', invoice_line_item: 'il_1', unit_amount_decimal: '1' }, OPEN],
      [{ type: 'custom_line_item', description: 'x', unit_amount: 10, quantity: 5 }, undefined],
      [{ type: 'custom_line_item', description: 'x' }, OPEN],
    ] as const
  ).map(([line, reason]): PolicyCase => [
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
];

for (const policyCase of OPEN_AMOUNTS) testPolicy(policyCase);
