/** The write policy: only listed accounts are named by a write. https://docs.stripe.com/connect/authentication */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create } from '../../shared/operations/entities.ts';
import { list } from '../../shared/operations/list/list.ts';
import { type Write, connector, making, changing, deleting, callOf, refusal } from './write-policy-cases.ts';

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
  test(`${sentence}: only a listed account`, async () => {
    assert.equal((await refusal(write, connector(ACCOUNTS)))?.details.reason, 'ACCOUNT_NOT_ALLOWED');
    assert.equal(await refusal(write, connector({})), undefined);
    const [, listed] = naming('acct_listed')[index] ?? [];
    assert.ok(listed);
    assert.equal(await refusal(listed, connector(ACCOUNTS)), undefined);
  });
}

for (const written of [' acct_other', 'acct_other\n', 'acct_other/x', 'acct_listed,acct_other', 'acct_listed '])
  test(`${JSON.stringify(written)} is not a listed account`, async () => {
    for (const [sentence, write] of naming(written)) {
      const error = await refusal(write, connector(ACCOUNTS));
      // A path takes no control characters, and a parent stands before a slash.
      assert.match(error?.details.reason ?? '', /^(ACCOUNT_NOT_ALLOWED|INVALID_INPUT)$/, sentence);
    }
  });

test('an account in metadata is text, and every request is sent for a listed account', async () => {
  const { deps } = connector(ACCOUNTS);
  const noted = making('Customer', { Metadata: { seller: 'acct_other' } });
  assert.equal(await refusal(noted, { deps }), undefined);
  await assert.rejects(create(deps, 'Customer', {}, { ...callOf(false), account: 'acct_other' }), /accountId/);
});
