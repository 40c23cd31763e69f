import { MONEYLESS, words } from './moneyless-writes.ts';

/**
 * A row of the table that says what limits the money of each write. The table is reviewed by hand. Every write of the
 * catalog must be in exactly one row, or the generator fails. The policy always checks the amounts in a request.
 * Sources: https://docs.stripe.com/api and the descriptions in the SDK's declarations.
 */
export interface WriteRule {
  /**
   * `none`: the write moves no money except what the request names. `fields`: the request's amounts limit it. `never`:
   * the amount is stored at Stripe and no input names it.
   */
  readonly bounds: 'none' | 'fields' | 'never';
  /** If `bounds` is `fields`, the request must have one of these inputs. */
  readonly needs?: readonly string[];
  /** Inputs that let more money move than the request names, each with the values that do so. */
  readonly opens?: Readonly<Record<string, OpenValues>>;
  /** Inputs that let money move unless they have this value. */
  readonly closed?: Readonly<Record<string, string | boolean>>;
  /**
   * The amounts are in the currency of an object at Stripe. A currency in the request does not show which one it is.
   */
  readonly currencyKept?: true;
  /** The quantity is stored at Stripe, so a unit price in the request does not determine the amount. */
  readonly quantityKept?: true;
  /**
   * Like `closed`, for connections with an API version before this date, in which the input had another default.
   */
  readonly closedBefore?: Readonly<Record<string, Readonly<Record<string, string | boolean>>>>;
  readonly reason: string;
  /** `Customer.Create`, `CapturePaymentIntent` */
  readonly writes: readonly string[];
}

/**
 * Values of an input with which the request does not limit the amount:
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

const PRORATIONS = { proration_behavior: { but: ['create_prorations', 'none'] } } as const;
const FINALIZING = { auto_advance: [true], automatically_finalizes_at: true } as const;
// Pending items of the subscription have amounts that no input names. https://docs.stripe.com/api/subscriptions/create
// At a threshold all usage so far is billed. https://docs.stripe.com/api/subscriptions/update
const THRESHOLDS = { billing_thresholds: true, 'items.billing_thresholds': true } as const;
// An activated card can spend what its own limits permit, which another program may have set.
const ACTIVATION = {
  status: { but: ['inactive', 'canceled'], unless: ['spending_controls.spending_limits'] },
} as const;
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
    reason: 'without an amount it moves the whole, or the rest',
    writes: words(`ApproveIssuingAuthorization CaptureCharge FeeRefund.Create RefundTerminalReaderPayment
      TransferReversal.Create`),
  },
  {
    bounds: 'fields',
    needs: ['amount'],
    currencyKept: true,
    reason: 'without an amount it gives back the whole; its currency says which cash balance is meant, if any',
    writes: ['Refund.Create'],
  },
  {
    bounds: 'fields',
    needs: ['amount_to_capture'],
    reason: 'without an amount it captures all that is authorized',
    writes: ['CapturePaymentIntent'],
  },
  {
    bounds: 'fields',
    needs: ['amount_to_confirm'],
    reason: "without an amount it confirms the payment intent's own, which another program may have set",
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
    reason: 'tons are paid at a price that changes',
    writes: ['Climate.Order.Create'],
  },
  {
    bounds: 'fields',
    needs: ['amount', 'price_data', 'unit_amount_decimal'],
    reason: 'a line of an invoice',
    writes: ['InvoiceItem.Create'],
  },
  {
    bounds: 'fields',
    needs: ['price_data'],
    opens: PRORATIONS,
    reason: 'bills an item; prorations that are invoiced at once are of amounts that no input names',
    writes: ['SubscriptionItem.Create'],
  },
  {
    bounds: 'fields',
    needs: ['items', 'add_invoice_items'],
    opens: { backdate_start_date: true, ...PREBILLING, ...PRORATIONS },
    reason:
      'bills its items each period; a start in the past bills periods that are over, a billing schedule those to come',
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
    reason: 'sets the amounts that it names; a subscription may bill what waits for it',
    writes: ['Checkout.Session.Create'],
  },
  {
    bounds: 'fields',
    opens: { currency: { but: [], unless: ['amount'] } },
    reason: 'sets the amounts that it names; a currency alone makes another sum of the amount that is kept',
    writes: ['PaymentIntent.Update'],
  },
  {
    bounds: 'fields',
    quantityKept: true,
    reason: 'a line of an invoice that has a quantity already',
    writes: words('InvoiceItem.Update InvoiceLineItem.Update'),
  },
  {
    bounds: 'fields',
    opens: { balance: true, source: true, 'cash_balance.settings.reconciliation_mode': { but: ['manual'] } },
    reason:
      'a balance is replaced, whatever it was; a new source is charged for invoices that are past due; a cash balance may pay what is open',
    writes: ['Customer.Update'],
  },
  {
    bounds: 'fields',
    needs: ['spending_controls.spending_limits'],
    reason: 'spends what its limits leave',
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
    reason: 'a payout by schedule, or a debit of what is owed, is of the whole balance',
    writes: words('Account.Create Account.Update'),
  },
  {
    bounds: 'fields',
    opens: FINALIZING,
    // https://docs.stripe.com/changelog/2018-11-08/one-off-invoices-no-longer-auto-collect-payment
    closedBefore: { '2018-11-08': { auto_advance: false } },
    reason: 'an invoice that finalizes itself is then paid, with the items that wait for it; it once did by default',
    writes: ['Invoice.Create'],
  },
  {
    bounds: 'fields',
    opens: FINALIZING,
    reason: 'an invoice that finalizes itself is then paid, with the items that wait for it',
    writes: ['Invoice.Update'],
  },
  {
    bounds: 'fields',
    opens: { billing_cycle_anchor: true, trial_end: true, ...PREBILLING, ...PRORATIONS, ...THRESHOLDS },
    reason:
      'a new period or the end of a trial bills at once; so do prorations that are invoiced at once, and a threshold that is passed',
    writes: ['Subscription.Update'],
  },
  {
    bounds: 'fields',
    opens: { billing_thresholds: true, ...PRORATIONS },
    quantityKept: true,
    reason: 'prorations that are invoiced at once, and usage over a threshold, are of amounts that no input names',
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
    reason: 'a start in the past bills periods that are over; prorations, pauses and thresholds may invoice at once',
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
    reason: 'a rule or a schedule may move the whole balance at each payout; a smaller minimum moves the difference',
    writes: ['BalanceSettings.Update'],
  },
  // Amounts that are stored at Stripe.
  {
    bounds: 'never',
    reason: 'pays what an invoice comes to',
    writes: words('FinalizeInvoice PayInvoice SendInvoice'),
  },
  {
    bounds: 'never',
    reason: 'makes a subscription or an invoice of what the quote comes to',
    writes: ['AcceptQuote'],
  },
  {
    bounds: 'never',
    reason: 'bills what the subscription comes to',
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
    reason: 'of a payment that an invoice made the full amount is applied, whatever amount is named',
    writes: ['ApplyCustomerBalanceToPaymentIntent'],
  },
  {
    bounds: 'never',
    reason: 'moves back the whole of an earlier transfer of money',
    writes: words('ReversePayout Treasury.CreditReversal.Create Treasury.DebitReversal.Create'),
  },
  {
    bounds: 'never',
    reason: 'pays out the amount of the payout intent',
    writes: ['ConfirmV2MoneyManagementPayoutIntent'],
  },
  {
    bounds: 'never',
    reason: 'usage becomes money by prices that the request does not name; a session is a token that sends it',
    writes: words('Billing.MeterEvent.Create V2.Billing.MeterEvent.Create V2.Billing.MeterEventSession.Create'),
  },
  {
    bounds: 'never',
    reason: 'sends any request, with card data, to another payment company',
    writes: ['Forwarding.Request.Create'],
  },
  // Ends and settings that may cause a bill.
  {
    bounds: 'none',
    opens: { invoice_now: [true], prorate: [true] },
    reason: 'ends a subscription; it may invoice what is still open',
    writes: words('CancelSubscription Subscription.Delete'),
  },
  {
    bounds: 'none',
    closed: { invoice_now: false },
    reason: 'ends a subscription; it invoices what is still open unless that is switched off',
    writes: ['CancelSubscriptionSchedule'],
  },
  {
    bounds: 'none',
    opens: PRORATIONS,
    reason: 'takes an item off; prorations may be invoiced at once',
    writes: ['SubscriptionItem.Delete'],
  },
  {
    bounds: 'none',
    opens: { 'settings.reconciliation_mode': { but: ['manual'] } },
    reason: 'a cash balance may pay what is open',
    writes: ['CashBalance.Update'],
  },
  {
    bounds: 'none',
    opens: { forwarding_settings: true },
    reason: 'says where the rest of the balance of an account that is closed goes',
    writes: words('CloseTreasuryFinancialAccount Treasury.FinancialAccount.Update'),
  },
  ...MONEYLESS.map(({ reason, writes }): WriteRule => ({ bounds: 'none', reason, writes })),
];
