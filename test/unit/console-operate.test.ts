/** What the console shows of responses and messages: secrets, corrections, times of the sandbox. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { draftFromParams } from '../../shared/console/form/deep-link.ts';
import { shownJson } from '../../shared/console/format/secrets.ts';
import { correctionLink } from '../../shared/console/pages/dead-letters/correction-link.ts';
import { requestedCall } from '../../shared/console/pages/dead-letters/requested-call.ts';
import { parseHash } from '../../shared/console/state/hash.ts';

test('the JSON of a response hides its secrets until someone asks for them', () => {
  const body = {
    connectorOutputPayload: { Id: 'pi_1', ClientSecret: 'pi_1_secret_abc', Description: 'a secret' },
    client_secret: 'pi_1_secret_abc',
    list: ['seti_1_secret_abc', { secret: 'whsec_abc' }],
  };
  const hidden = shownJson(body, false);
  assert.doesNotMatch(hidden, /_abc/);
  assert.match(hidden, /"Description": "a secret"/);
  assert.equal(shownJson(body, true).match(/_abc/g)?.length, 4);
});

test('a card number in a text of a response is hidden, and a shorter one or a time is not', () => {
  // https://docs.stripe.com/testing#cards
  const metadata = { card: '4242 4242 4242 4242', order: '424242424242', at: '1795841931000000' };
  assert.deepEqual(JSON.parse(shownJson({ metadata }, false)), { metadata: { ...metadata, card: '[hidden]' } });
});

const SCHEMA = { type: 'object', properties: { Amount: { type: 'integer' }, Currency: { type: 'string' } } } as const;

for (const [way, input] of [
  ['attributes', '{"Amount": 1500, "Currency": "usd", "Description": "[redacted]"}'],
  ['data', { Amount: 1500, Currency: 'usd', Description: '[redacted]' }],
] as const)
  test(`the correction of a message by ${way} has its inputs and its operationId`, () => {
    const message = { entity: 'PaymentIntent', operation: 'Create', connectorInputPayload: input };
    const { segments, params } = parseHash(correctionLink(message, 'm-1') ?? '');
    assert.deepEqual(segments, ['entity', 'PaymentIntent', 'Create']);
    const { payload, operationId, entityId } = draftFromParams(params, SCHEMA);
    assert.deepEqual([payload, operationId, entityId], [{ Amount: 1500, Currency: 'usd' }, 'm-1', '']);
  });

test('the call of a dead letter is named by what its message has', () => {
  const names = [
    { entity: 'Customer', operation: 'Create' },
    { action: 'PayInvoice' },
    { entity: 'PaymentIntent', operation: { type: 'create' } },
    { entity: 5 },
    null,
  ].map(requestedCall);
  assert.deepEqual(names, ['Customer.Create', 'PayInvoice', 'PaymentIntent', undefined, undefined]);
});
