/** Payments: amounts, authentication, setup, confirmation tokens. */
import assert from 'node:assert/strict';
import { rejected } from '../documented.ts';
import { inShop, type Shop } from './shop.ts';

const documented = inShop();

const BACK = { automatic_payment_methods: undefined, return_url: 'https://example.com/back' };
/** Payment methods that redirect are on, as by default. */
const BACK_LATER = { automatic_payment_methods: undefined };

/** The customer on the page of the issuer. */
async function choose(url: string | null | undefined, outcome: 'succeed' | 'fail'): Promise<string> {
  const answer = await fetch(String(url), {
    method: 'POST',
    body: new URLSearchParams({ outcome }),
    redirect: 'manual',
  });
  return answer.headers.get('location') ?? '';
}

/** Currency, too little, enough. */
const LEAST: readonly (readonly [string, number, number])[] = [
  ['usd', 49, 50],
  ['eur', 49, 50],
  ['jpy', 49, 50],
  ['mxn', 999, 1000],
  ['hkd', 399, 400],
  ['czk', 1499, 1500],
  ['huf', 17_499, 17_500],
  ['krw', 700, 800],
];

for (const [currency, few, enough] of LEAST)
  documented(
    '/currencies#minimum-and-maximum-charge-amounts',
    `${few} ${currency} are too little and ${enough} are enough`,
    async ({ intent }) => {
      await rejected(intent({ amount: few, currency }), { statusCode: 400, code: 'amount_too_small', param: 'amount' });
      assert.equal((await intent({ amount: enough, currency })).amount, enough);
    },
  );

const ON_SESSION: readonly (readonly [string, string])[] = [
  ['authenticationRequiredOnSetup', 'requires_action'],
  ['authenticationRequired', 'requires_action'],
  ['authenticationRequiredSetupForOffSession', 'requires_action'],
  ['threeDSecure2Required', 'requires_action'],
  ['threeDSecureOptional', 'succeeded'],
  ['amex_threeDSecureNotSupported', 'succeeded'],
];

for (const [name, status] of ON_SESSION)
  documented('/testing#regulatory-cards', `on session pm_card_${name} ends in ${status}`, async ({ pay }) =>
    assert.equal((await pay({ ...BACK, payment_method: `pm_card_${name}` })).status, status),
  );

/** Saves a card with a setup intent, the customer authenticating if asked, and pays with it off session. */
async function offSession({ stripe, customer, pay }: Shop, name: string): Promise<string> {
  const id = await customer();
  const setup = await stripe.setupIntents.create({
    customer: id,
    payment_method: `pm_card_${name}`,
    confirm: true,
    return_url: BACK.return_url,
  });
  if (setup.status === 'requires_action') await choose(setup.next_action?.redirect_to_url?.url, 'succeed');
  const saved = await stripe.setupIntents.retrieve(setup.id);
  assert.equal(saved.status, 'succeeded');
  try {
    return (await pay({ customer: id, payment_method: saved.payment_method, off_session: true })).status;
  } catch (error) {
    return (error as { decline_code: string }).decline_code;
  }
}

const OFF_SESSION: readonly (readonly [string, string])[] = [
  ['visa', 'succeeded'],
  ['authenticationRequiredOnSetup', 'succeeded'],
  ['authenticationRequired', 'authentication_required'],
  ['authenticationRequiredSetupForOffSession', 'succeeded'],
  ['authenticationRequiredChargeDeclinedInsufficientFunds', 'insufficient_funds'],
  ['chargeCustomerFail', 'generic_decline'],
];

for (const [name, ending] of OFF_SESSION)
  documented('/testing#regulatory-cards', `once set up, pm_card_${name} off session ends in ${ending}`, async (shop) =>
    assert.equal(await offSession(shop, name), ending),
  );

documented('/currencies#three-decimal', 'three-decimal currencies end in 0, isk and ugx in 00', async ({ intent }) => {
  await rejected(intent({ amount: 5124, currency: 'kwd' }), { statusCode: 400 });
  await rejected(intent({ amount: 50_050, currency: 'isk' }), { statusCode: 400 });
  assert.equal((await intent({ amount: 5120, currency: 'kwd' })).amount, 5120);
});
documented(
  '/currencies#presentment-currencies',
  'unknown currencies are rejected, and more than eight digits',
  async ({ intent }) => {
    await rejected(intent({ currency: 'zzz' }), { statusCode: 400, param: 'currency' });
    await rejected(intent({ amount: 100_000_000 }), { code: 'amount_too_large' });
  },
);

documented(
  '/changelog/2023-08-16/automatic-payment-methods',
  'a confirmation needs a return_url, unless nothing may redirect',
  async ({ stripe, intent, pay }) => {
    const made = await intent(BACK_LATER);
    assert.deepEqual(made.automatic_payment_methods, { allow_redirects: 'always', enabled: true });
    await rejected(stripe.paymentIntents.confirm(made.id, { payment_method: 'pm_card_visa' }), {
      statusCode: 400,
      message: /must provide a `return_url`/,
    });
    assert.equal((await pay(BACK)).status, 'succeeded');
  },
);

documented(
  '/payments/3d-secure/authentication-flow',
  'after the page of the issuer the payment succeeds, or asks for another method',
  async ({ stripe, pay }) => {
    for (const [outcome, status] of [
      ['succeed', 'succeeded'],
      ['fail', 'requires_payment_method'],
    ] as const) {
      const asked = await pay({ ...BACK, payment_method: 'pm_card_threeDSecure2Required' });
      const location = await choose(asked.next_action?.redirect_to_url?.url, outcome);
      assert.match(location, /redirect_status=/);
      assert.equal((await stripe.paymentIntents.retrieve(asked.id)).status, status);
    }
  },
);

documented(
  '/api/payment_intents/create#create_payment_intent-error_on_requires_action',
  'error_on_requires_action fails what would need the customer',
  ({ pay }) =>
    rejected(pay({ payment_method: 'pm_card_authenticationRequired', error_on_requires_action: true }), {
      statusCode: 402,
      code: 'authentication_required',
    }),
);

documented(
  '/testing#three-ds-cards',
  'pm_card_threeDSecureRequiredChargeDeclined is declined after the authentication',
  async ({ stripe, pay }) => {
    const asked = await pay({ ...BACK, payment_method: 'pm_card_threeDSecureRequiredChargeDeclined' });
    await choose(asked.next_action?.redirect_to_url?.url, 'succeed');
    const { status, last_payment_error: error } = await stripe.paymentIntents.retrieve(asked.id);
    assert.deepEqual([status, error?.code], ['requires_payment_method', 'card_declined']);
  },
);

documented(
  '/payments/3d-secure/authentication-flow#manual-three-ds',
  'request_three_d_secure=any asks a card that supports it',
  async ({ pay }) => {
    const options = { payment_method_options: { card: { request_three_d_secure: 'any' } } };
    assert.equal(
      (await pay({ ...BACK, ...options, payment_method: 'pm_card_threeDSecureOptional' })).status,
      'requires_action',
    );
    assert.equal((await pay({ ...BACK, ...options })).status, 'succeeded');
  },
);

documented(
  '/api/confirmation_tokens/test_create',
  'a confirmation token confirms one intent, with its return_url',
  async ({ stripe, intent }) => {
    const token = await stripe.testHelpers.confirmationTokens.create({
      payment_method: 'pm_card_visa',
      return_url: BACK.return_url,
    });
    assert.equal(token.payment_method_preview?.card?.last4, '4242');
    const paid = await stripe.paymentIntents.confirm((await intent(BACK_LATER)).id, { confirmation_token: token.id });
    assert.equal(paid.status, 'succeeded');
    assert.equal((await stripe.confirmationTokens.retrieve(token.id)).payment_intent, paid.id);
    await rejected(stripe.paymentIntents.confirm((await intent()).id, { confirmation_token: token.id }), {
      statusCode: 400,
    });
  },
);

documented(
  '/api/payment_intents/object#payment_intent_object-setup_future_usage',
  'setup_future_usage attaches the payment method to the customer',
  async ({ stripe, customer, pay }) => {
    const id = await customer();
    const paid = await pay({ customer: id, setup_future_usage: 'off_session' });
    assert.equal((await stripe.paymentMethods.retrieve(String(paid.payment_method))).customer, id);
  },
);

documented(
  '/api/setup_intents/object',
  'a setup intent that is declined waits for another card, and can be canceled once',
  async ({ stripe }) => {
    const made = await stripe.setupIntents.create({
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    });
    await rejected(stripe.setupIntents.confirm(made.id, { payment_method: 'pm_card_visa_chargeDeclined' }), {
      statusCode: 402,
      code: 'card_declined',
    });
    const after = await stripe.setupIntents.retrieve(made.id);
    assert.deepEqual([after.status, after.last_setup_error?.code], ['requires_payment_method', 'card_declined']);
    assert.equal((await stripe.setupIntents.cancel(made.id)).status, 'canceled');
    await rejected(stripe.setupIntents.cancel(made.id), { code: 'setup_intent_unexpected_state' });
  },
);
