/** Clauses by Stripe's search, clauses that cannot be read, times, and what a list leaves out. https://docs.stripe.com/search */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planClause } from '../../shared/operations/list/plan.ts';
import { isConnectorError } from '../../shared/errors.ts';
import { catalog, plan, ways } from './filter-plan-steps.ts';

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
    const entity = catalog.entity('Customer');
    const [branch] = planClause(entity, entity.operations.List ?? assert.fail(), clause, { eventual: false }).paths;
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
  test(`${entity} where ${clause || 'nothing'}${eventual ? ', eventually,' : ''} ${remark ? 'mentions' : 'does not mention'} other rows`, () => {
    const { remarks } = plan(entity, clause, eventual);
    assert.equal(remarks.length, remark === undefined ? 0 : 1);
    if (remark !== undefined) assert.match(remarks.join(''), remark);
  });
