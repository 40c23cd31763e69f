/** Which requests a filter clause needs, and what remains for the connector. https://docs.stripe.com/api/pagination */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plan, ways } from './filter-plan-steps.ts';

for (const [entity, clause, expected, here] of [
  ['Customer', '', ['list {}'], []],
  ['Customer', "Email = 'a@b.c'", ['list {"email":"a@b.c"}'], []],
  // Forwarding.Request takes a range alone (stripe-node, Forwarding.RequestListParams.created): so do all then.
  ['Customer', "Created = '1700000000'", ['list {"created":{"gte":1700000000,"lte":1700000000}}'], []],
  ['Forwarding.Request', "Created = '2026-01-01'", ['list {"created":{"gte":1767225600,"lte":1767225600}}'], []],
  // https://docs.stripe.com/api/prices/list: lookup_keys, up to ten.
  ['Price', "LookupKey = 'gold'", ['list {"lookup_keys":["gold"]}'], []],
  ['Price', "LookupKeys IN ('a', 'b')", ['list {"lookup_keys":["a","b"]}'], []],
  ['Event', "Types IN ('invoice.paid', 'charge.failed')", ['list {"types":["invoice.paid","charge.failed"]}'], []],
  // https://docs.stripe.com/api/invoice-payment/list: payment.type is required with its id.
  [
    'InvoicePayment',
    "PaymentPaymentIntent = 'pi_1'",
    ['list {"payment":{"payment_intent":"pi_1","type":"payment_intent"}}'],
    [],
  ],
  ['Invoice', "ParentSubscriptionDetailsSubscription = 'sub_1'", ['list {"subscription":"sub_1"}'], []],
  ['Invoice', "Subscription IN ('s1', 's2')", ['list {"subscription":"s1"}', 'list {"subscription":"s2"}'], []],
  ['InvoiceLineItem', "Invoice IN ('in_1', 'in_2')", ['invoice:in_1 list {}', 'invoice:in_2 list {}'], []],
  // https://docs.stripe.com/api/tax/registrations/list: `all` is no status of a registration.
  ['Tax.Registration', "Status = 'all'", ['list {"status":"all"}'], []],
  ['Customer', "TestClock = 'clock_1'", ['list {"test_clock":"clock_1"}'], []],
  ['Invoice', "Customer = 'cus_1' AND TestClock = 'clock_1'", ['list {"customer":"cus_1"}'], ["TestClock = 'clock_1'"]],
  ['Customer', "Created > '1700000000'", ['list {"created":{"gt":1700000000}}'], []],
  [
    'Customer',
    "Created BETWEEN 2026-05-01 AND '2026-06-01T00:00:00+02:00'",
    ['list {"created":{"gte":1777593600,"lte":1780264800}}'],
    [],
  ],
  ['Customer', 'Created > 1 AND Created > 2', ['list {"created":{"gt":1}}'], ['Created > 2']],
  ['Customer', "Email = 'a' AND Email = 'b'", ['list {"email":"a"}'], ["Email = 'b'"]],
  ['Customer', "Name = 'x'", ['list {}'], ["Name = 'x'"]],
  ['Customer', "Email = 'a@b.c' AND Name LIKE 'x%'", ['list {"email":"a@b.c"}'], ["Name LIKE 'x%'"]],
  ['Customer', "Email IN ('a', 'b')", ['list {"email":"a"}', 'list {"email":"b"}'], []],
  [
    'Customer',
    "Email = 'a' OR Email = 'b' AND Balance > 0",
    ['list {"email":"a"}', 'list {"email":"b"}'],
    ['Balance > 0'],
  ],
  ['Customer', "Email = 'a' OR Name = 'b'", ['list {}'], ["Email = 'a' OR Name = 'b'"]],
  ['Customer', "Email != 'a'", ['list {}'], ["Email != 'a'"]],
  ['Customer', "Id = 'cus_1'", ['get cus_1'], []],
  ['Customer', "Id IN ('cus_1', 'cus_2') AND Delinquent = true", ['get cus_1 cus_2'], ['Delinquent = true']],
  ['Customer', "Id = 'cus_1' OR Id = 'cus_2'", ['get cus_1 cus_2'], []],
  ['Customer', "Id = 'cus_1' AND Id = 'cus_2'", ['get '], []],
  ['Customer', "Id = 'cus_1' OR Email = 'a'", ['get cus_1', 'list {"email":"a"}'], []],
  [
    'Invoice',
    "Status = 'open' AND Customer = 'cus_1' AND AmountDue > 10000 AND Created >= '2026-05-01'",
    ['list {"status":"open","customer":"cus_1","created":{"gte":1777593600}}'],
    ['AmountDue > 10000'],
  ],
  ['Invoice', "Subscription = 'sub_1'", ['list {"subscription":"sub_1"}'], []],
  ['Subscription', "Customer = 'cus_1'", ['list {"status":"all","customer":"cus_1"}'], []],
  ['Subscription', "Status = 'active'", ['list {"status":"active"}'], []],
  ['Subscription', '', ['list {"status":"all"}'], []],
  ['SubscriptionItem', "Subscription = 'sub_1'", ['list {"subscription":"sub_1"}'], []],
  [
    'SubscriptionItem',
    "Subscription IN ('sub_1', 'sub_2')",
    ['list {"subscription":"sub_1"}', 'list {"subscription":"sub_2"}'],
    [],
  ],
  [
    'Price',
    "RecurringInterval = 'month' AND Active = true",
    ['list {"recurring":{"interval":"month"},"active":true}'],
    [],
  ],
  ['Price', "LookupKeys = 'gold'", ['list {"lookup_keys":["gold"]}'], []],
  ['BankAccount', "Customer = 'cus_1'", ['customer:cus_1 list {"object":"bank_account"}'], []],
  ['BankAccount', "Account = 'acct_1' AND Id = 'ba_1'", ['account:acct_1 get ba_1'], []],
  ['TaxId', "Customer = 'cus_1'", ['customer:cus_1 list {}'], []],
  [
    'TaxId',
    "OwnerType = 'customer' AND OwnerCustomer = 'cus_1'",
    ['list {"owner":{"type":"customer","customer":"cus_1"}}'],
    [],
  ],
  ['PaymentMethod', "Customer = 'cus_1' AND Type = 'card'", ['list {"customer":"cus_1","type":"card"}'], []],
  ['LineItem', "Quote = 'qt_1'", ['quote:qt_1 list {}'], []],
  // Stripe compares it without case; each row is compared again here.
  ['PromotionCode', "Code = 'SUMMER'", ['list {"code":"SUMMER"}'], []],
  [
    'V2.Core.Event',
    "Created > '2026-05-01' AND ObjectId = 'x'",
    ['list {"object_id":"x","created":{"gt":"2026-05-01T00:00:00.000Z"}}'],
    [],
  ],
  // One value of IN is equality; it was a scan of the whole list.
  ['Customer', "Email IN ('a')", ['list {"email":"a"}'], []],
  ['Customer', "Email IN ('a', 'b', 'a')", ['list {"email":"a"}', 'list {"email":"b"}'], []],
  ['BalanceTransaction', "Payout IN ('po_1')", ['list {"payout":"po_1"}'], []],
  ['Customer', "Id IN ('cus_1')", ['get cus_1'], []],
  // stripe-node, EventListParams: "either `type` or `types`, but not both", up to 20.
  ['Event', "Type IN ('invoice.paid', 'charge.failed')", ['list {"types":["invoice.paid","charge.failed"]}'], []],
  [
    'Event',
    "Type = 'charge.failed' AND Types = 'invoice.paid'",
    ['list {"types":["invoice.paid"]}'],
    ["Type = 'charge.failed'"],
  ],
  [
    'V2.Core.Event',
    "Type IN ('v1.balance.available', 'v1.account.updated')",
    ['list {"types":["v1.balance.available","v1.account.updated"]}'],
    [],
  ],
  ['Price', "LookupKey IN ('a', 'b')", ['list {"lookup_keys":["a","b"]}'], []],
  ['Price', "LookupKey = 'a' AND LookupKeys IN ('a', 'b')", ['list {"lookup_keys":["a","b"]}'], ["LookupKey = 'a'"]],
  ['Issuing.PersonalizationDesign', "LookupKey = 'a'", ['list {"lookup_keys":["a"]}'], []],
  ['PromotionCode', "PromotionCoupon = 'c'", ['list {"coupon":"c"}'], []],
  ['ShippingRate', "FixedAmountCurrency = 'usd'", ['list {"currency":"usd"}'], []],
  ['Billing.Alert', "UsageThresholdMeter = 'm'", ['list {"meter":"m"}'], []],
  ['ProductCatalog.TrialOffer', "Price IN ('a', 'b')", ['list {"prices":["a","b"]}'], []],
  ['Subscription', "Plan IN ('p', 'q')", ['list {"status":"all","plan":"p"}', 'list {"status":"all","plan":"q"}'], []],
  ['V2.MoneyManagement.OutboundPayment', "ToRecipient = 'r'", ['list {"recipient":"r"}'], []],
  ['V2.MoneyManagement.OutboundPayment', "Status IN ('failed', 'posted')", ['list {"status":["failed","posted"]}'], []],
  ['V2.MoneyManagement.Transaction', "FlowOutboundPayment = 'o'", ['list {"flow":"o"}'], []],
  ['V2.MoneyManagement.Adjustment', "AdjustedFlowReceivedCredit = 'r'", ['list {"adjusted_flow":"r"}'], []],
  // InvoiceItem.date: "Time at which the object was created"; the list's parameter is `created`.
  ['InvoiceItem', "Date >= '2026-05-01'", ['list {"created":{"gte":1777593600}}'], []],
  // A parameter for each bound; "created after" and "before" may leave the second itself out.
  [
    'PaymentRecord',
    "Created >= '2026-05-01' AND Created < '2026-05-02'",
    ['list {"created_after":1777593599,"created_before":1777680000}'],
    [],
  ],
  ['PaymentRecord', "CreatedAfter = '2026-05-01'", ['list {"created_after":1777593600}'], []],
  [
    'V2.Commerce.ProductCatalogImport',
    "Created = '2026-05-01'",
    ['list {"created_gte":"2026-05-01T00:00:00.000Z","created_lte":"2026-05-01T00:00:00.000Z"}'],
    [],
  ],
  // "When using this filter, status=posted and order_by=posted_at must also be specified."
  [
    'Treasury.Transaction',
    "FinancialAccount = 'f' AND StatusTransitionsPostedAt > 5",
    [
      'list {"financial_account":"f","status_transitions":{"posted_at":{"gt":5}},"status":"posted","order_by":"posted_at"}',
    ],
    [],
  ],
  [
    'Treasury.Transaction',
    "FinancialAccount = 'f' AND StatusTransitionsPostedAt > 5 AND Status = 'void'",
    ['list {"financial_account":"f","status":"void"}'],
    ['StatusTransitionsPostedAt > 5'],
  ],
  // A value that rows have and the list's parameter does not name is compared locally: Stripe would reject it.
  ['Topup', "Status = 'reversed'", ['list {}'], ["Status = 'reversed'"]],
  [
    'Treasury.DebitReversal',
    "FinancialAccount = 'f' AND Status = 'failed'",
    ['list {"financial_account":"f"}'],
    ["Status = 'failed'"],
  ],
  // "If omitted, closed FinancialAccounts are not returned", "returns only Accounts that are not closed".
  ['V2.MoneyManagement.FinancialAccount', '', ['list {"statuses":["closed","open","pending"]}'], []],
  ['V2.MoneyManagement.FinancialAccount', "Status = 'closed'", ['list {"statuses":["closed"]}'], []],
  ['V2.Core.Account', '', ['list {}'], []],
  ['V2.Core.Account', 'Closed = true', ['list {"closed":true}'], []],
  ['V2.Core.Account', 'Closed IN (true, false)', ['list {"closed":true}', 'list {"closed":false}'], []],
  [
    'V2.Core.Account',
    "DisplayName = 'a' OR ContactEmail = 'b'",
    ['list {}'],
    ["DisplayName = 'a' OR ContactEmail = 'b'"],
  ],
  // "Filter only accounts that have all of the configurations specified."
  [
    'V2.Core.Account',
    "AppliedConfigurations IN ('customer', 'merchant') AND Closed = false",
    [
      'list {"applied_configurations":["customer"],"closed":false}',
      'list {"applied_configurations":["merchant"],"closed":false}',
    ],
    [],
  ],
  [
    'V2.Core.Account',
    "AppliedConfigurations = 'customer' AND AppliedConfigurations = 'merchant' AND Closed = false",
    ['list {"applied_configurations":["customer","merchant"],"closed":false}'],
    [],
  ],
  // docs.stripe.com/api/v2/core/vault/us-bank-accounts/list: verification_status, of `verification.status`.
  ['V2.Core.UsBankAccount', "VerificationStatus = 'verified'", ['list {"verification_status":"verified"}'], []],
  ['V2.MoneyManagement.FinancialAccount', "Statuses = 'open'", ['list {"statuses":["open"]}'], []],
  [
    'V2.MoneyManagement.PayoutMethod',
    "UsageStatusPayments = 'eligible'",
    ['list {"usage_status":{"payments":["eligible"]}}'],
    [],
  ],
  ['Product', "Ids IN ('prod_1', 'prod_2')", ['list {"ids":["prod_1","prod_2"]}'], []],
  // A time is Unix seconds or ISO 8601, of API v2 too.
  ['V2.Core.Event', "Created > '1777593600'", ['list {"created":{"gt":"2026-05-01T00:00:00.000Z"}}'], []],
  ['Invoice', 'Created > 0 AND Created < 9999999999', ['list {"created":{"gt":0,"lt":9999999999}}'], []],
] as const) {
  test(`${entity} where ${clause || 'nothing'} is read by ${expected.join(', ')}`, () => {
    const read = plan(entity, clause);
    assert.deepEqual(ways(read), expected);
    assert.deepEqual(read.clientFilters, here);
  });
}
