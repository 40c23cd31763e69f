import { MONEYLESS, words } from './moneyless-writes.ts';

/**
 * A row of the table that says what limits the money of each write. The table is reviewed by hand. Every write of the
 * catalog must be in exactly one row, or the generator fails. The policy always checks the amounts in a request.
 * Sources: https://docs.stripe.com/api and the descriptions in the SDK's declarations.
 */
export interface WriteRule {
  /**
   * `none`: the write moves no money except the amounts in the request. `fields`: the amounts in the request limit how
   * much money moves. `never`: the amount is stored at Stripe and no input names it.
   */
  readonly bounds: 'none' | 'fields' | 'never';
  /** If `bounds` is `fields`, the request must have one of these inputs. */
  readonly needs?: readonly string[];
  /** Inputs that let more money move than the amounts in the request, each with the values that have this effect. */
  readonly opens?: Readonly<Record<string, OpenValues>>;
  /** Inputs that let money move unless they have this value. */
  readonly closed?: Readonly<Record<string, string | boolean>>;
  /**
   * The amounts are in the currency of an object that is stored at Stripe. The request does not name this currency: its
   * `currency`, if any, has another purpose.
   */
  readonly currencyKept?: true;
  /** The quantity is stored at Stripe, so a unit price in the request does not determine the amount. */
  readonly quantityKept?: true;
  /** Like `closed`, but only for API versions before a date (the key), in which the input had another default. */
  readonly closedBefore?: Readonly<Record<string, Readonly<Record<string, string | boolean>>>>;
  readonly reason: string;
  /** `Customer.Create`, `CapturePaymentIntent` */
  readonly writes: readonly string[];
}

/**
 * Values of an input with which the amounts in the request do not limit how much money moves:
 *
 *   a list    these values
 *   true      any value
 *   past      a time in the past
 *   but       any value except these, because Stripe may add values with an unknown effect; if the request also has one of
 *             the inputs in `unless`, that input limits the amount
 */
export type OpenValues =
  | true
  | 'past'
  | readonly boolean[]
  | { readonly but: readonly string[]; readonly unless?: readonly string[] };

// Prorations that are invoiced at once (`always_invoice`) have amounts that no input names.
const PRORATIONS = { proration_behavior: { but: ['create_prorations', 'none'] } } as const;
// Stripe finalizes the invoice later and then collects its total, with pending items that no input names.
const FINALIZING = { auto_advance: [true], automatically_finalizes_at: true } as const;
// At a threshold, Stripe bills all usage so far. https://docs.stripe.com/api/subscriptions/update
const THRESHOLDS = { billing_thresholds: true, 'items.billing_thresholds': true } as const;
// An activated card can spend up to the limits that are stored with it, which another program may have set.
const ACTIVATION = {
  status: { but: ['inactive', 'canceled'], unless: ['spending_controls.spending_limits'] },
} as const;
// Pending items of the subscription have amounts that no input names. https://docs.stripe.com/api/subscriptions/create
const PREBILLING = { billing_schedules: true, pending_invoice_item_interval: true } as const;

export const WRITE_RULES: readonly WriteRule[] = [
  // Amounts that the request must name.
  {
    bounds: 'fields',
    needs: ['amount'],
    reason: 'moves the amount that it names',
    writes: words(`Charge.Create CustomerBalanceTransaction.Create PaymentIntent.Create Payout.Create Topup.Create
      Transfer.Create IncrementPaymentIntentAuthorization FundTestCustomerCashBalance TestHelpers.Treasury.ReceivedCredit.Create
      TestHelpers.Treasury.ReceivedDebit.Create Treasury.InboundTransfer.Create Treasury.OutboundPayment.Create
      Treasury.OutboundTransfer.Create V2.MoneyManagement.InboundTransfer.Create V2.MoneyManagement.OutboundPayment.Create
      V2.MoneyManagement.PayoutIntent.Create CreditTestV2MoneyManagementFinancialAddress Billing.CreditGrant.Create`),
  },
  {
    bounds: 'fields',
    needs: ['amount'],
    reason: 'without an amount, Stripe moves the complete or the remaining amount',
    writes: words(`ApproveIssuingAuthorization CaptureCharge FeeRefund.Create RefundTerminalReaderPayment
      TransferReversal.Create`),
  },
  {
    bounds: 'fields',
    needs: ['amount'],
    currencyKept: true,
    reason: 'without an amount, Stripe refunds the complete payment; `currency` only selects a cash balance',
    writes: ['Refund.Create'],
  },
  {
    bounds: 'fields',
    needs: ['amount_to_capture'],
    reason: 'without an amount, Stripe captures the complete authorized amount',
    writes: ['CapturePaymentIntent'],
  },
  {
    bounds: 'fields',
    needs: ['amount_to_confirm'],
    reason: 'without an amount, Stripe charges the amount of the payment intent, which another program may have set',
    writes: ['ConfirmPaymentIntent'],
  },
  {
    bounds: 'fields',
    needs: ['amount', 'lines', 'shipping_cost', 'credit_amount', 'refund_amount', 'out_of_band_amount'],
    reason: 'credits the amounts that it names',
    writes: ['CreditNote.Create'],
  },
  {
    bounds: 'fields',
    needs: ['amount'],
    opens: { metric_tons: true },
    reason: 'Stripe charges for metric tons at a price that changes',
    writes: ['Climate.Order.Create'],
  },
  {
    bounds: 'fields',
    needs: ['amount', 'price_data', 'unit_amount_decimal'],
    reason: 'adds a line to an invoice',
    writes: ['InvoiceItem.Create'],
  },
  {
    bounds: 'fields',
    needs: ['price_data'],
    opens: PRORATIONS,
    reason: 'bills an item; prorations that are invoiced at once have amounts that no input names',
    writes: ['SubscriptionItem.Create'],
  },
  {
    bounds: 'fields',
    needs: ['items', 'add_invoice_items'],
    opens: { backdate_start_date: true, ...PREBILLING, ...PRORATIONS },
    reason:
      'bills its items each period; a start date in the past bills past periods, a billing schedule bills future ones',
    writes: ['Subscription.Create'],
  },
  // Amounts that the request may name.
  {
    bounds: 'fields',
    reason: 'sets the amounts that it names',
    writes:
      words(`Checkout.Session.Update Coupon.Create Coupon.Update Customer.Create AddInvoiceLines UpdateInvoiceLines
      Issuing.Cardholder.Create Issuing.Dispute.Create
      Issuing.Dispute.Update PaymentLink.Create PaymentLink.Update Plan.Create Price.Create
      Price.Update Product.Create PromotionCode.Create PromotionCode.Update Quote.Create Quote.Update SetupIntent.Create
      SetupIntent.Update ConfirmSetupIntent ShippingRate.Create ShippingRate.Update Source.Create Source.Update
      Terminal.Configuration.Create Terminal.Configuration.Update ThreeDSecure.Authentication.Create
      V2.Core.AccountToken.Create V2.Core.Account.Create V2.Core.Account.Update BillingPortal.Session.Create`),
  },
  {
    bounds: 'fields',
    opens: { 'subscription_data.pending_invoice_item_interval': true },
    reason: 'sets the amounts that it names; a subscription may bill pending invoice items',
    writes: ['Checkout.Session.Create'],
  },
  {
    bounds: 'fields',
    opens: { currency: { but: [], unless: ['amount'] } },
    reason: 'sets the amounts that it names; a new currency without an amount changes the value of the stored amount',
    writes: ['PaymentIntent.Update'],
  },
  {
    bounds: 'fields',
    quantityKept: true,
    reason: 'changes an invoice line, whose quantity is stored at Stripe',
    writes: words('InvoiceItem.Update InvoiceLineItem.Update'),
  },
  {
    bounds: 'fields',
    opens: { balance: true, source: true, 'cash_balance.settings.reconciliation_mode': { but: ['manual'] } },
    reason:
      'replaces the complete balance; Stripe charges a new source for past-due invoices; a cash balance may pay open invoices',
    writes: ['Customer.Update'],
  },
  {
    bounds: 'fields',
    needs: ['spending_controls.spending_limits'],
    reason: 'the card can spend up to its limits',
    writes: ['Issuing.Card.Create'],
  },
  {
    bounds: 'fields',
    opens: ACTIVATION,
    reason: 'sets the limits that it names',
    writes: words('Issuing.Card.Update Issuing.Cardholder.Update'),
  },
  {
    bounds: 'fields',
    opens: {
      'settings.payouts.schedule.interval': { but: ['manual'] },
      'settings.payouts.debit_negative_balances': [true],
    },
    reason: 'a scheduled payout, or a debit for a negative balance, moves the complete balance',
    writes: words('Account.Create Account.Update'),
  },
  {
    bounds: 'fields',
    opens: FINALIZING,
    // https://docs.stripe.com/changelog/2018-11-08/one-off-invoices-no-longer-auto-collect-payment
    closedBefore: { '2018-11-08': { auto_advance: false } },
    reason:
      'Stripe collects an automatically finalized invoice with its pending items; old API versions finalize by default',
    writes: ['Invoice.Create'],
  },
  {
    bounds: 'fields',
    opens: FINALIZING,
    reason: 'Stripe collects an automatically finalized invoice with its pending items',
    writes: ['Invoice.Update'],
  },
  {
    bounds: 'fields',
    opens: { billing_cycle_anchor: true, trial_end: true, ...PREBILLING, ...PRORATIONS, ...THRESHOLDS },
    reason: 'Stripe bills at once for a new period, the end of a trial, invoiced prorations and usage over a threshold',
    writes: ['Subscription.Update'],
  },
  {
    bounds: 'fields',
    opens: { billing_thresholds: true, ...PRORATIONS },
    quantityKept: true,
    reason: 'prorations that are invoiced at once, and usage over a threshold, have amounts that no input names',
    writes: ['SubscriptionItem.Update'],
  },
  {
    bounds: 'fields',
    opens: {
      start_date: 'past',
      'phases.start_date': 'past',
      'phases.proration_behavior': PRORATIONS.proration_behavior,
      pause_schedules: true,
      'phases.billing_thresholds': true,
      'phases.items.billing_thresholds': true,
      'default_settings.billing_thresholds': true,
      ...PRORATIONS,
    },
    reason: 'a start date in the past bills past periods; prorations, pauses and thresholds may invoice at once',
    writes: words('SubscriptionSchedule.Create SubscriptionSchedule.Update'),
  },
  {
    bounds: 'fields',
    opens: {
      'payments.payouts.automatic_transfer_rules_by_currency.*.type': { but: ['transfer_up_to_amount'] },
      'payments.payouts.minimum_balance_by_currency': true,
      'payments.payouts.schedule.interval': { but: ['manual'] },
      'payments.debit_negative_balances': [true],
    },
    reason: 'a rule or a schedule may pay out the complete balance; a lower minimum balance pays out the difference',
    writes: ['BalanceSettings.Update'],
  },
  // Amounts that are stored at Stripe.
  {
    bounds: 'never',
    reason: 'charges the total of an invoice',
    writes: words('FinalizeInvoice PayInvoice SendInvoice'),
  },
  {
    bounds: 'never',
    reason: 'creates a subscription or an invoice with the amounts of the quote',
    writes: ['AcceptQuote'],
  },
  {
    bounds: 'never',
    reason: 'bills the amounts of the subscription',
    writes: words('PauseSubscription ResumeSubscription'),
  },
  {
    bounds: 'never',
    reason: 'charges the amount of the payment intent',
    writes: words(`ConfirmTerminalReaderPaymentIntent ProcessTerminalReaderPaymentIntent
      VerifyPaymentIntentMicrodeposits`),
  },
  {
    bounds: 'never',
    // https://docs.stripe.com/api/payment_intents/apply_customer_balance
    reason: 'for the payment of an invoice, Stripe applies the complete amount even if the request names another one',
    writes: ['ApplyCustomerBalanceToPaymentIntent'],
  },
  {
    bounds: 'never',
    reason: 'reverses the complete amount of an earlier movement of money',
    writes: words('ReversePayout Treasury.CreditReversal.Create Treasury.DebitReversal.Create'),
  },
  {
    bounds: 'never',
    reason: 'pays out the amount of the payout intent',
    writes: ['ConfirmV2MoneyManagementPayoutIntent'],
  },
  {
    bounds: 'never',
    reason: 'Stripe bills usage at prices that the request does not name; a session is a token for sending usage',
    writes: words('Billing.MeterEvent.Create V2.Billing.MeterEvent.Create V2.Billing.MeterEventSession.Create'),
  },
  {
    bounds: 'never',
    reason: 'sends any request, with card data, to another payment company',
    writes: ['Forwarding.Request.Create'],
  },
  // Cancellations and settings that may cause an invoice or a payment.
  {
    bounds: 'none',
    opens: { invoice_now: [true], prorate: [true] },
    reason: 'cancels a subscription; the request may ask for an invoice of what was not yet billed',
    writes: words('CancelSubscription Subscription.Delete'),
  },
  {
    bounds: 'none',
    closed: { invoice_now: false },
    reason: 'cancels a subscription; Stripe invoices what was not yet billed unless `invoice_now` is false',
    writes: ['CancelSubscriptionSchedule'],
  },
  {
    bounds: 'none',
    opens: PRORATIONS,
    reason: 'deletes an item; prorations may be invoiced at once',
    writes: ['SubscriptionItem.Delete'],
  },
  {
    bounds: 'none',
    opens: { 'settings.reconciliation_mode': { but: ['manual'] } },
    reason: 'a cash balance may pay open invoices',
    writes: ['CashBalance.Update'],
  },
  {
    bounds: 'none',
    opens: { forwarding_settings: true },
    reason: 'determines where Stripe sends the remaining balance of a closed account',
    writes: words('CloseTreasuryFinancialAccount Treasury.FinancialAccount.Update'),
  },
  ...MONEYLESS.map(({ reason, writes }): WriteRule => ({ bounds: 'none', reason, writes })),
];
