/** The names that the connector suggests for names that it does not know. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toConnectorError } from '../../shared/errors.ts';
import { requireAction } from '../../shared/operations/actions.ts';
import { requireEntity } from '../../shared/operations/connector.ts';
import { catalog } from '../regression/input-rules.ts';

function messageOf(look: () => unknown): string {
  try {
    look();
  } catch (error) {
    return toConnectorError(error).message;
  }
  return '';
}

for (const [name, suggested] of [
  ['PaymentIntent.Confirm', 'ConfirmPaymentIntent'],
  ['invoice.pay', 'PayInvoice'],
  ['TestHelpers.TestClock.Advance', 'AdvanceTestClock'],
  ['Billing.Alert.Activate', 'ActivateBillingAlert'],
  ['PayInvoce', 'PayInvoice'],
] as const)
  test(`the action ${name} suggests ${suggested}`, () =>
    assert.equal(
      messageOf(() => requireAction(catalog, name)),
      `no action ${name}; did you mean ${suggested}?`,
    ));

test('an action that is like no other suggests none', () =>
  assert.equal(
    messageOf(() => requireAction(catalog, 'Qqqqqq.Zzzzzz')),
    'no action Qqqqqq.Zzzzzz',
  ));

for (const [name, suggested] of [
  ['TestClock', 'TestHelpers.TestClock'],
  ['verificationsession', 'Identity.VerificationSession'],
  ['Custmer', 'Customer'],
  ['Payment', 'PaymentLink or PaymentIntent or PaymentMethod'],
] as const)
  test(`the entity ${name} suggests ${suggested}`, () =>
    assert.equal(
      messageOf(() => requireEntity(catalog, name)),
      `entity: ${name} is not an entity; did you mean ${suggested}?`,
    ));
