/** The write policy on an account of another API version. https://docs.stripe.com/upgrades#api-versions */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connector, making, doing, callOf, refusal, USD, OPEN } from './write-policy-cases.ts';

// A catalog of today and an account of yesterday: https://docs.stripe.com/upgrades#api-versions
const OLD = '2020-08-27';

for (const [sentence, input] of [
  ['on top', { Customer: 'cus_1', Surcharge: 5 }],
  ['further in', { Customer: 'cus_1', Shipping: { name: 'x', address: { city: 'x' }, surcharge: 5 } }],
  ['that other writes have', { Customer: 'cus_1', UnitAmount: 5 }],
] as const) {
  test(`an unknown name, ${sentence}: rejected under a policy, else passed with a warning`, async () => {
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

test("an action rejects its input together with Stripe's parameter name: one of them would be lost", async () => {
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
