import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { catalogFiles } from '../../shared/adapters/catalog-files.ts';
import { planClause } from '../../shared/operations/list/plan.ts';
import { isConnectorError } from '../../shared/errors.ts';
import type { QueryPlan } from '../../shared/query/planner.ts';

const catalogue = catalogFiles(path.resolve('shared/catalog'));

function plan(entity: string, clause: string, eventual = false): QueryPlan {
  const found = catalogue.entity(entity);
  return planClause(found, found.operations.List!, clause, { eventual });
}

/** Where a plan reads, as one text a branch. */
function ways(read: QueryPlan): string[] {
  return read.branches.map(({ source, parents }) => {
    const outer = Object.entries(parents).map(([name, id]) => `${name}:${id} `);
    if (source.by === 'ids') return `${outer.join('')}get ${source.ids.join(' ')}`;
    if (source.by === 'search') return `search ${source.query}`;
    return `${outer.join('')}list ${JSON.stringify(source.params)}`;
  });
}

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
  // https://docs.stripe.com/api/invoice-payment/list: payment.type is required beside its id.
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
  ['Customer', 'Created > 1 AND Created > 2', ['list {"created":{"gt":1}}'], ["Created > '2'"]],
  ['Customer', "Email = 'a' AND Email = 'b'", ['list {"email":"a"}'], ["Email = 'b'"]],
  ['Customer', "Name = 'x'", ['list {}'], ["Name = 'x'"]],
  ['Customer', "Email = 'a@b.c' AND Name LIKE 'x%'", ['list {"email":"a@b.c"}'], ["Name LIKE 'x%'"]],
  ['Customer', "Email IN ('a', 'b')", ['list {"email":"a"}', 'list {"email":"b"}'], []],
  [
    'Customer',
    "Email = 'a' OR Email = 'b' AND Balance > 0",
    ['list {"email":"a"}', 'list {"email":"b"}'],
    ["Balance > '0'"],
  ],
  ['Customer', "Email = 'a' OR Name = 'b'", ['list {}'], ["Email = 'a' OR Name = 'b'"]],
  ['Customer', "Email != 'a'", ['list {}'], ["Email != 'a'"]],
  ['Customer', "Id = 'cus_1'", ['get cus_1'], []],
  ['Customer', "Id IN ('cus_1', 'cus_2') AND Delinquent = true", ['get cus_1 cus_2'], ["Delinquent = 'true'"]],
  ['Customer', "Id = 'cus_1' OR Id = 'cus_2'", ['get cus_1 cus_2'], []],
  ['Customer', "Id = 'cus_1' AND Id = 'cus_2'", ['get '], []],
  ['Customer', "Id = 'cus_1' OR Email = 'a'", ['get cus_1', 'list {"email":"a"}'], []],
  [
    'Invoice',
    "Status = 'open' AND Customer = 'cus_1' AND AmountDue > 10000 AND Created >= '2026-05-01'",
    ['list {"status":"open","customer":"cus_1","created":{"gte":1777593600}}'],
    ["AmountDue > '10000'"],
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
    ["StatusTransitionsPostedAt > '5'"],
  ],
  // A value that rows have and the list's parameter does not name is compared here: Stripe would refuse it.
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

for (const [entity, clause, expected, here] of [
  ['Customer', 'Name = \'Ann "A"\'', ['search name:"Ann \\"A\\""'], []],
  ['Customer', "Name LIKE '%ann%'", ['search name~"ann"'], []],
  ['Customer', "Name LIKE '%an%'", ['list {}'], ["Name LIKE '%an%'"]],
  ['Customer', "Email = 'a'", ['list {"email":"a"}'], []],
  ['Customer', "Metadata['order id'] = '7' AND Created > 5", ['search metadata["order id"]:"7" AND created>5'], []],
  [
    'PaymentIntent',
    "Amount > 1000 AND Status = 'succeeded' AND Currency != 'eur'",
    ['search amount>1000 AND status:"succeeded"'],
    ["Currency != 'eur'"],
  ],
  ['Coupon', "Name = 'x'", ['list {}'], ["Name = 'x'"]],
] as const) {
  test(`${entity} where ${clause}, eventually, is read by ${expected.join(', ')}`, () => {
    const read = plan(entity, clause, true);
    assert.deepEqual(ways(read), expected);
    assert.deepEqual(read.clientFilters, here);
  });
}

for (const [entity, clause, message] of [
  ['Customer', "Nmae = 'x'", /Nmae is not a column of Customer; did you mean Name\? at 1$/],
  ['Product', "Active = 'maybe'", /Active must be true or false, not 'maybe', at 1$/],
  ['Product', 'Active > true', /Active is of type boolean and supports =, !=, IN, IS NULL, IS NOT NULL, not >, at 1$/],
  ['Invoice', "Status = 'opened'", /Status must be one of .*open.*, not 'opened', at 1$/],
  ['Invoice', "AmountDue = '1.5'", /AmountDue must be an integer, not '1.5', at 1$/],
  ['Invoice', "AmountDue LIKE '1%'", /AmountDue is of type integer and supports/],
  ['Invoice', "Created > 'May'", /Created must be a time: Unix seconds, or ISO 8601/],
  ['Invoice', "Created > '2026-02-30'", /Created must be a time/],
  // A date, a year and milliseconds are no Unix seconds (faults seen: all rows of 1970 on came).
  ...[
    '20261126',
    '2026',
    '202611',
    '18991231',
    '26112026',
    '2026330',
    '1795651200000',
    '17956512000',
    '20261126.0',
  ].flatMap((value): (readonly [string, string, RegExp])[] =>
    [value, `'${value}'`].map((one) => ['Invoice', `Created >= ${one}`, /Created must be a time/]),
  ),
  ['V2.Core.Event', "Created >= 'yesterday'", /Created must be a time: Unix seconds, or ISO 8601/],
  ['V2.Core.Event', "Created >= '1795651200000'", /Created must be a time/],
  [
    'Invoice',
    "Created = '2026-11-26T00:00:00.5Z'",
    /whole seconds and supports a fraction only with < <= > >=, not with =/,
  ],
  [
    'Price',
    `LookupKeys IN (${Array.from({ length: 11 }, (_, index) => `'k${index}'`).join(', ')})`,
    /Stripe supports at most 10 values of LookupKeys/,
  ],
  // SQL compares columns here; a text stands in quotes.
  ['Customer', 'Name != Email', /a string needs quotes: 'Email'; columns cannot be compared with each other at 9$/],
  ['Customer', 'Name IN (Email)', /a string needs quotes/],
  // https://docs.stripe.com/billing/testing/test-clocks: plain lists leave their objects out.
  ['Invoice', "TestClock = 'clock_1'", /TestClock = matches no row/],
  ['Customer', 'TestClock IS NOT NULL', /TestClock IS NOT NULL matches no row/],
  ['Customer', "TestClock LIKE 'clock%'", /TestClock LIKE matches no row/],
  // https://docs.stripe.com/api/customers/delete: a deleted object is in no list.
  ['Customer', 'Deleted = true', /Deleted = matches no row: Stripe's lists omit deleted objects/],
  ['Customer', "Name = 'x' OR NOT Deleted = true", /Deleted != matches no row/],
  ['Customer', "Deleted = false AND Email = 'a'", /Deleted = matches no row/],
  ['Customer', "Metadata = 'x'", /Metadata is a list or an object and supports LIKE/],
  ['Customer', "Email.x = 'y'", /Email has no keys/],
  ['SubscriptionItem', '', /Stripe lists SubscriptionItem only with Subscription = '...'; add it, joined by AND/],
  ['BankAccount', '', /Stripe lists BankAccount only with Account = '...', or Customer = '...'/],
  [
    'Invoice',
    "Subscription = 'a' OR Status = 'open'",
    /Subscription is a filter of Stripe's list; use it once and join it to the whole clause/,
  ],
  ['Invoice', "Subscription LIKE 'a%'", /Subscription is a filter of Stripe's list and supports =, not LIKE/],
] as const) {
  test(`${entity} cannot be filtered by ${clause || 'nothing'}`, () =>
    assert.throws(
      () => plan(entity, clause),
      (error) => isConnectorError(error) && error.status === 'INVALID_ARGUMENT' && message.test(error.message),
    ));
}

// jsonata-js/jsonata#140, jq#2224: fractions of a second. Rows carry whole seconds, so each operator has one reading.
for (const [clause, sent] of [
  ["Created >= '2026-11-26T00:00:00.123Z'", { gte: 1795651201 }],
  ["Created > '2026-11-26T00:00:00.123Z'", { gt: 1795651200 }],
  ["Created <= '2026-11-26T00:00:59.999Z'", { lte: 1795651259 }],
  ["Created < '2026-11-26T00:00:59.999Z'", { lt: 1795651260 }],
  ["Created >= '2026-11-26T00:00:00.000Z'", { gte: 1795651200 }],
  ["Created >= '2026-11-26T00:00:00.000000001Z'", { gte: 1795651201 }],
  ["Created >= '2026-11-26T02:00:01+0200'", { gte: 1795651201 }],
  ["Created >= '2026-11-26T00:00:01+0000'", { gte: 1795651201 }],
  ["Created >= '2026-11-26 00:00:01'", { gte: 1795651201 }],
  ['Created >= 2026-11-26', { gte: 1795651200 }],
] as const)
  test(`${clause} is ${JSON.stringify(sent)}`, () => {
    const entity = catalogue.entity('Customer');
    const [branch] = planClause(entity, entity.operations.List ?? assert.fail(), clause, { eventual: false }).branches;
    assert.deepEqual(branch?.source.by === 'list' && branch.source.params['created'], sent);
  });

for (const [entity, clause, eventual, remark] of [
  // https://docs.stripe.com/search, https://docs.stripe.com/billing/testing/test-clocks
  ['Customer', "Name = 'x'", true, /Search API also finds objects of test clocks/],
  ['Customer', "Name = 'x'", false, undefined],
  ['Product', "Name = 'x'", true, undefined],
  // stripe-node, TaxIdListParams.owner: "Defaults to owner[type]=self".
  // stripe-node, V2.Core.AccountListParams.closed: "If omitted, returns only Accounts that are not closed".
  ['V2.Core.Account', '', false, /omits closed accounts/],
  ['V2.Core.Account', "AppliedConfigurations = 'merchant'", false, /omits closed accounts/],
  ['V2.Core.Account', 'Closed IN (true, false)', false, undefined],
  ['TaxId', '', false, /contains only the account's own/],
  ['TaxId', "OwnerCustomer = 'cus_1'", false, undefined],
  ['TaxId', "Customer = 'cus_1'", false, undefined],
] as const)
  test(`${entity} where ${clause || 'nothing'}${eventual ? ', eventually,' : ''} ${remark ? 'says' : 'has nothing to say'} of other rows`, () => {
    const { remarks } = plan(entity, clause, eventual);
    assert.equal(remarks.length, remark === undefined ? 0 : 1);
    if (remark !== undefined) assert.match(remarks.join(''), remark);
  });
