/** The sandbox as the official SDK sees it: Stripe's rules, with Stripe's texts. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import Stripe from 'stripe';
import { SANDBOX_KEY, startSandbox, type Sandbox } from '../../shared/sandbox/server.ts';

let sandbox: Sandbox;
let stripe: Stripe;

function sdk(options: Record<string, unknown> = {}, key = SANDBOX_KEY): Stripe {
  const { hostname, port } = new URL(sandbox.url);
  return new Stripe(key, {
    host: hostname,
    port: Number(port),
    protocol: 'http',
    telemetry: false,
    maxNetworkRetries: 0,
    ...options,
  });
}

before(async () => {
  sandbox = await startSandbox({ seed: 7 });
  stripe = sdk();
});
after(() => sandbox.close());
beforeEach(() => sandbox.faults.clear());

/** An error of Stripe with these facts. */
const says =
  (facts: {
    message?: string | RegExp;
    code?: string;
    statusCode?: number;
    param?: string;
    rawType?: string;
    decline_code?: string;
  }) =>
  (error: unknown) => {
    assert.ok(error instanceof Stripe.errors.StripeError, String(error));
    for (const [key, value] of Object.entries(facts)) {
      const actual: unknown = (error as unknown as Record<string, unknown>)[key];
      if (value instanceof RegExp) assert.match(String(actual), value);
      else assert.equal(actual, value, key);
    }
    return true;
  };

const customer = (): Promise<Stripe.Customer> => stripe.customers.create({ email: 'a@b.c' });
const visa = (): Promise<Stripe.PaymentMethod> =>
  stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_visa' } });
/** Without payment methods that redirect, no `return_url` is needed. */
const NO_REDIRECTS = { enabled: true, allow_redirects: 'never' } as const;
const intent = (more: object = {}): Promise<Stripe.PaymentIntent> =>
  stripe.paymentIntents.create({ amount: 1500, currency: 'usd', automatic_payment_methods: NO_REDIRECTS, ...more });

test('a payment intent walks from no method to success', async () => {
  const made = await intent();
  assert.equal(made.status, 'requires_payment_method');
  assert.match(made.client_secret ?? '', new RegExp(`^${made.id}_secret_`));
  await assert.rejects(
    stripe.paymentIntents.confirm(made.id),
    says({ code: 'payment_intent_unexpected_state', message: /missing a payment method/, statusCode: 400 }),
  );
  assert.equal(
    (await stripe.paymentIntents.update(made.id, { payment_method: 'pm_card_visa' })).status,
    'requires_confirmation',
  );
  const paid = await stripe.paymentIntents.confirm(made.id);
  assert.deepEqual([paid.status, paid.amount_received], ['succeeded', 1500]);
  await assert.rejects(
    stripe.paymentIntents.confirm(made.id),
    says({
      message:
        'You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed.',
    }),
  );
  await assert.rejects(
    stripe.paymentIntents.cancel(made.id),
    says({
      message:
        /You cannot cancel this PaymentIntent because it has a status of succeeded\. Only a PaymentIntent with one of the following statuses may be canceled: requires_payment_method, requires_capture/,
    }),
  );
});

test('manual capture holds, captures at most what it holds, once', async () => {
  const held = await intent({ capture_method: 'manual', confirm: true, payment_method: 'pm_card_visa' });
  assert.deepEqual([held.status, held.amount_capturable], ['requires_capture', 1500]);
  await assert.rejects(
    stripe.paymentIntents.capture(held.id, { amount_to_capture: 1501 }),
    says({ code: 'amount_too_large' }),
  );
  const captured = await stripe.paymentIntents.capture(held.id, { amount_to_capture: 1000 });
  assert.deepEqual([captured.status, captured.amount_received], ['succeeded', 1000]);
  await assert.rejects(
    stripe.paymentIntents.capture(held.id),
    says({ message: 'This PaymentIntent could not be captured because it has already been captured.' }),
  );
  await assert.rejects(
    stripe.paymentIntents.capture((await intent()).id),
    says({
      message:
        /has a status of requires_payment_method\. Only a PaymentIntent with one of the following statuses may be captured: requires_capture/,
    }),
  );
});

test('cancel is for good', async () => {
  const canceled = await stripe.paymentIntents.cancel((await intent()).id, { cancellation_reason: 'abandoned' });
  assert.deepEqual([canceled.status, canceled.cancellation_reason], ['canceled', 'abandoned']);
  assert.ok(canceled.canceled_at);
  await assert.rejects(stripe.paymentIntents.cancel(canceled.id), says({ message: /has a status of canceled/ }));
});

// https://docs.stripe.com/payments/3d-secure/authentication-flow
test('a 3-D Secure card waits for its customer, who accepts or fails on the page of the issuer', async () => {
  const customerChooses = async (outcome: string): Promise<Stripe.PaymentIntent> => {
    const asked = await stripe.paymentIntents.create({
      amount: 1500,
      currency: 'usd',
      confirm: true,
      payment_method: 'pm_card_authenticationRequired',
      return_url: 'https://example.com/back',
    });
    assert.deepEqual([asked.status, asked.next_action?.type], ['requires_action', 'redirect_to_url']);
    assert.equal(
      (await stripe.paymentIntents.confirm(asked.id, { return_url: 'https://example.com/back' })).status,
      'requires_action',
    );
    const url = asked.next_action?.redirect_to_url?.url ?? '';
    assert.match(await (await fetch(url)).text(), /Complete authentication/);
    const chosen = await fetch(url, { method: 'POST', body: new URLSearchParams({ outcome }), redirect: 'manual' });
    assert.match(
      chosen.headers.get('location') ?? '',
      new RegExp(`^https://example.com/back\\?payment_intent=${asked.id}&`),
    );
    return stripe.paymentIntents.retrieve(asked.id);
  };
  assert.equal((await customerChooses('succeed')).status, 'succeeded');
  const failed = await customerChooses('fail');
  assert.deepEqual(
    [failed.status, failed.last_payment_error?.code],
    ['requires_payment_method', 'payment_intent_authentication_failure'],
  );
});

test('a decline is a 402 with its code, and the intent remembers it', async () => {
  const made = await intent({ payment_method: 'pm_card_visa_chargeDeclined' });
  await assert.rejects(
    stripe.paymentIntents.confirm(made.id),
    says({
      statusCode: 402,
      rawType: 'card_error',
      code: 'card_declined',
      decline_code: 'generic_decline',
      message: 'Your card was declined.',
    }),
  );
  const after = await stripe.paymentIntents.retrieve(made.id);
  assert.deepEqual(
    [after.status, after.last_payment_error?.code, after.payment_method],
    ['requires_payment_method', 'card_declined', null],
  );
});

test('a real card number is refused, a test one is taken', async () => {
  await assert.rejects(
    stripe.paymentMethods.create({
      type: 'card',
      card: { number: '4111111111111111', exp_month: 1, exp_year: 2040, cvc: '123' },
    }),
    says({ statusCode: 402, decline_code: 'test_mode_live_card' }),
  );
  assert.equal(
    (
      await stripe.paymentMethods.create({
        type: 'card',
        card: { number: '4242424242424242', exp_month: 1, exp_year: 2040, cvc: '123' },
      })
    ).card?.last4,
    '4242',
  );
});

test('attach and detach: attached once, detached for good', async () => {
  const [one, other, method] = [await customer(), await customer(), await visa()];
  assert.equal((await stripe.paymentMethods.attach(method.id, { customer: one.id })).customer, one.id);
  await assert.rejects(
    stripe.paymentMethods.attach(method.id, { customer: other.id }),
    says({ message: 'The payment method you provided has already been attached to a customer.' }),
  );
  assert.equal((await stripe.paymentMethods.detach(method.id)).customer, null);
  await assert.rejects(
    stripe.paymentMethods.attach(method.id, { customer: one.id }),
    says({ message: /was detached from a Customer\. It may not be used again/ }),
  );
  await assert.rejects(
    intent({ payment_method: method.id, confirm: true }),
    says({ message: /It may not be used again/ }),
  );
  await assert.rejects(
    stripe.paymentMethods.detach(method.id),
    says({ message: 'The payment method you provided is not attached to a customer so detachment is impossible.' }),
  );
  await assert.rejects(
    stripe.paymentMethods.attach('pm_card_visa_chargeDeclined', { customer: one.id }),
    says({ code: 'card_declined' }),
  );
});

test('only a draft invoice finalizes; with nothing due it is paid at once', async () => {
  const payer = await customer();
  const empty = await stripe.invoices.finalizeInvoice((await stripe.invoices.create({ customer: payer.id })).id);
  assert.deepEqual([empty.status, empty.amount_due], ['paid', 0]);
  assert.ok(empty.number);
  await assert.rejects(
    stripe.invoices.finalizeInvoice(empty.id),
    says({ message: "This invoice is already finalized, you can't re-finalize a non-draft invoice." }),
  );
  const draft = await stripe.invoices.create({ customer: payer.id });
  await stripe.invoiceItems.create({ customer: payer.id, invoice: draft.id, amount: 700, currency: 'usd' });
  const open = await stripe.invoices.finalizeInvoice(draft.id, { expand: ['payments.data.payment.payment_intent'] });
  assert.deepEqual([open.status, open.amount_due, open.lines.data.length], ['open', 700, 1]);
  const waiting = open.payments?.data[0]?.payment.payment_intent;
  assert.ok(typeof waiting === 'object' && waiting.status === 'requires_payment_method');
  await assert.rejects(stripe.invoices.del(open.id), says({ message: 'You can only delete draft invoices.' }));
  assert.equal((await stripe.invoices.pay(open.id, { payment_method: 'pm_card_visa' })).status, 'paid');
  await assert.rejects(stripe.invoices.pay(open.id), says({ message: 'Invoice is already paid' }));
});

const price = async (recurring: boolean): Promise<Stripe.Price> =>
  stripe.prices.create({
    currency: 'usd',
    unit_amount: 1000,
    product_data: { name: 'thing' },
    ...(recurring ? { recurring: { interval: 'month' as const } } : {}),
  });

test('a quote is finalized, then accepted: an invoice, a subscription or a schedule', async () => {
  const payer = await customer();
  const quote = async (recurring: boolean, more: object = {}): Promise<Stripe.Quote> => {
    const made = await stripe.quotes.create({
      customer: payer.id,
      line_items: [{ price: (await price(recurring)).id, quantity: 2 }],
      ...more,
    });
    await assert.rejects(
      stripe.quotes.accept(made.id),
      says({ statusCode: 400, message: /cannot be accepted because it has a status of draft/ }),
    );
    assert.equal((await stripe.quotes.finalizeQuote(made.id)).status, 'open');
    await assert.rejects(
      stripe.quotes.finalizeQuote(made.id),
      says({ message: /cannot be finalized because it has a status of open/ }),
    );
    return stripe.quotes.accept(made.id);
  };
  const once = await quote(false);
  assert.equal((await stripe.invoices.retrieve(String(once.invoice))).total, 2000);
  const monthly = await quote(true);
  assert.deepEqual([monthly.invoice, typeof monthly.subscription], [null, 'string']);
  const later = await quote(true, { subscription_data: { effective_date: 4_000_000_000 } });
  assert.deepEqual([later.invoice, later.subscription, typeof later.subscription_schedule], [null, null, 'string']);
});

test('draft and open quotes can be canceled, others cannot', async () => {
  const payer = await customer();
  const make = async (): Promise<Stripe.Quote> =>
    stripe.quotes.create({ customer: payer.id, line_items: [{ price: (await price(false)).id }] });
  assert.equal((await stripe.quotes.cancel((await make()).id)).status, 'canceled');
  const open = await stripe.quotes.finalizeQuote((await make()).id);
  assert.equal((await stripe.quotes.cancel(open.id)).status, 'canceled');
  await assert.rejects(
    stripe.quotes.cancel(open.id),
    says({ message: /cannot be canceled because it has a status of canceled/ }),
  );
});

test('a refund gives back at most what was paid', async () => {
  const paid = await intent({ confirm: true, payment_method: 'pm_card_visa' });
  assert.equal((await stripe.refunds.create({ payment_intent: paid.id, amount: 500 })).status, 'succeeded');
  await assert.rejects(
    stripe.refunds.create({ payment_intent: paid.id, amount: 1001 }),
    says({ message: /greater than unrefunded amount/ }),
  );
  await stripe.refunds.create({ payment_intent: paid.id });
  await assert.rejects(stripe.refunds.create({ payment_intent: paid.id }), says({ code: 'charge_already_refunded' }));
});

// https://docs.stripe.com/file-upload, https://docs.stripe.com/api/files/create
test('a file is kept with its facts; what its purpose does not take is refused', async () => {
  const pdf = Buffer.from('%PDF-1.4\nevidence');
  const upload = (data: Buffer, purpose: string, more: object = {}): Promise<Stripe.File> =>
    stripe.files.create({
      file: { data, name: 'evidence.pdf', type: 'application/pdf' },
      purpose,
      ...more,
    });
  const file = await upload(pdf, 'dispute_evidence', { file_link_data: { create: true } });
  const { purpose, size, type, filename, expires_at: expires } = file;
  assert.deepEqual(
    { purpose, size, type, filename },
    { purpose: 'dispute_evidence', size: pdf.length, type: 'pdf', filename: 'evidence.pdf' },
  );
  assert.ok((expires ?? 0) > file.created);
  assert.deepEqual(await stripe.files.retrieve(file.id), file);
  assert.equal((await stripe.files.list({ purpose: 'dispute_evidence' })).data[0]?.id, file.id);
  assert.equal((await stripe.fileLinks.list({ file: file.id })).data.length, 1);

  const large = Buffer.concat([pdf, Buffer.alloc(5 * 1024 * 1024)]);
  const refused: readonly (readonly [Buffer, string, string | RegExp, object?])[] = [
    [pdf, 'evidence', /^Invalid purpose: must be one of account_requirement, /],
    [Buffer.alloc(0), 'dispute_evidence', 'The file is empty.'],
    [large, 'dispute_evidence', /larger than 5242880 bytes/],
    [
      Buffer.from('plain text'),
      'dispute_evidence',
      /following mimetypes: application\/pdf, image\/jpeg, image\/png\.$/,
    ],
    [pdf, 'business_logo', /following mimetypes: image\/jpeg, image\/png, image\/gif\.$/],
    [pdf, 'identity_document', /file link cannot be created/, { file_link_data: { create: true } }],
  ];
  for (const [data, named, message, more] of refused)
    await assert.rejects(upload(data, named, more), says({ statusCode: 400, message }));
});

// https://docs.stripe.com/testing#disputes, https://docs.stripe.com/api/disputes/update
test('a disputed payment takes files as evidence', async () => {
  const file = (data: Buffer, purpose: Stripe.FileCreateParams.Purpose = 'dispute_evidence'): Promise<Stripe.File> =>
    stripe.files.create({ file: { data: Buffer.concat([Buffer.from('%PDF-'), data]), name: 'x.pdf' }, purpose });
  const paid = await intent({ amount: 500, payment_method: 'pm_card_createDispute', confirm: true });
  const [open] = (await stripe.disputes.list({ payment_intent: paid.id })).data;
  assert.deepEqual([open?.status, open?.amount, open?.reason], ['needs_response', 500, 'fraudulent']);
  const id = open?.id ?? '';
  const receipt = await file(Buffer.from('receipt'));

  const wrong = await file(Buffer.from('x'), 'pci_document');
  const halves = [await file(Buffer.alloc(2_400_000)), await file(Buffer.alloc(2_400_000))];
  const refused: readonly (readonly [Stripe.DisputeUpdateParams.Evidence, RegExp])[] = [
    [{ receipt: 'file_none' }, /^No such file: 'file_none'$/],
    [{ receipt: wrong.id }, /not dispute_evidence/],
    [
      { receipt: halves[0]?.id ?? '', refund_policy: halves[1]?.id ?? '' },
      /exceed the limit for a dispute's total size/,
    ],
  ];
  for (const [evidence, message] of refused)
    await assert.rejects(stripe.disputes.update(id, { evidence }), says({ statusCode: 400, message }));

  const staged = await stripe.disputes.update(id, { evidence: { receipt: receipt.id }, submit: false });
  assert.deepEqual([staged.status, staged.evidence.receipt], ['needs_response', receipt.id]);
  const won = await stripe.disputes.update(id, { evidence: { uncategorized_text: 'winning_evidence' } });
  assert.deepEqual([won.status, won.evidence.receipt, won.evidence_details.submission_count], ['won', receipt.id, 1]);
  await assert.rejects(stripe.disputes.close(id), says({ statusCode: 400, message: /already closed/ }));
});

test('bad parameters are refused with what and where', async () => {
  const send = (params: object) => stripe.rawRequest('POST', '/v1/customers', params);
  await assert.rejects(
    send({ nmae: 'x' }),
    says({ code: 'parameter_unknown', param: 'nmae', message: 'Received unknown parameter: nmae', statusCode: 400 }),
  );
  await assert.rejects(
    send({ tax_exempt: 'maybe' }),
    says({ param: 'tax_exempt', message: 'Invalid tax_exempt: must be one of exempt, none, or reverse' }),
  );
  await assert.rejects(send({ balance: 'much' }), says({ code: 'parameter_invalid_integer', param: 'balance' }));
  await assert.rejects(
    stripe.rawRequest('POST', '/v1/payment_intents', { currency: 'usd' }),
    says({ code: 'parameter_missing', param: 'amount', message: 'Missing required param: amount.' }),
  );
  await assert.rejects(
    stripe.customers.retrieve('cus_none'),
    says({ code: 'resource_missing', statusCode: 404, message: "No such customer: 'cus_none'", param: 'id' }),
  );
  await assert.rejects(
    intent({ customer: 'cus_none' }),
    says({ code: 'resource_missing', statusCode: 400, param: 'customer' }),
  );
  await assert.rejects(
    stripe.rawRequest('POST', '/v1/nothing', {}),
    says({ statusCode: 404, message: /Unrecognized request URL/ }),
  );
});

test('lists walk by cursor, filter, and tell when there is more', async () => {
  const marker = 'list@example.com';
  const made: string[] = [];
  for (let i = 0; i < 12; i += 1) made.unshift((await stripe.customers.create({ email: marker, name: String(i) })).id);
  const all: string[] = [];
  for await (const one of stripe.customers.list({ email: marker, limit: 5 })) all.push(one.id);
  assert.deepEqual(all, made);
  const first = await stripe.customers.list({ email: marker });
  assert.deepEqual([first.data.length, first.has_more], [10, true]);
  const before = await stripe.customers.list({ email: marker, limit: 2, ending_before: made[5]! });
  assert.deepEqual(
    before.data.map(({ id }) => id),
    made.slice(3, 5),
  );
  assert.equal((await stripe.customers.list({ created: { gt: 9_000_000_000 } })).data.length, 0);
  await assert.rejects(stripe.customers.list({ limit: 101 }), says({ param: 'limit' }));
  await assert.rejects(
    stripe.customers.list({ starting_after: 'cus_none' }),
    says({ code: 'resource_missing', param: 'starting_after' }),
  );
});

test('expansion puts the object where its id was', async () => {
  const payer = await customer();
  const made = await intent({ customer: payer.id });
  const read = await stripe.paymentIntents.retrieve(made.id, { expand: ['customer'] });
  assert.equal((read.customer as Stripe.Customer).email, 'a@b.c');
  await assert.rejects(
    stripe.paymentIntents.retrieve(made.id, { expand: ['nothing'] }),
    says({ message: 'This property cannot be expanded (nothing).' }),
  );
});

test('a deleted customer answers as deleted', async () => {
  const gone = await customer();
  assert.deepEqual(JSON.parse(JSON.stringify(await stripe.customers.del(gone.id))), {
    id: gone.id,
    object: 'customer',
    deleted: true,
  });
  assert.equal((await stripe.customers.retrieve(gone.id)).deleted, true);
  await assert.rejects(stripe.customers.update(gone.id, { name: 'x' }), says({ code: 'resource_missing' }));
});

test('an idempotency key replays, refuses another payload, and conflicts in flight', async () => {
  const first = await stripe.customers.create({ name: 'once' }, { idempotencyKey: 'k1' });
  const again = await stripe.customers.create({ name: 'once' }, { idempotencyKey: 'k1' });
  assert.equal(again.id, first.id);
  await assert.rejects(
    stripe.customers.create({ name: 'twice' }, { idempotencyKey: 'k1' }),
    says({ rawType: 'idempotency_error', statusCode: 400, message: /can only be used with the same parameters/ }),
  );
  await assert.rejects(intent({ amount: 0 }), says({ statusCode: 400 }));
  await assert.rejects(
    stripe.paymentIntents.create({ amount: 0, currency: 'usd' }, { idempotencyKey: 'k2' }),
    says({ statusCode: 400 }),
  );
  assert.equal(
    (await stripe.paymentIntents.create({ amount: 100, currency: 'usd' }, { idempotencyKey: 'k2' })).amount,
    100,
    'what failed its checks did not begin',
  );
});

test('accounts do not see each other', async () => {
  const mine = await customer();
  await assert.rejects(
    stripe.customers.retrieve(mine.id, {}, { stripeAccount: 'acct_other' }),
    says({ code: 'resource_missing' }),
  );
});

test('keys and versions are checked', async () => {
  await assert.rejects(
    sdk({}, 'sk_live_000000000000').customers.list(),
    says({ statusCode: 401, message: /Invalid API Key provided/ }),
  );
  await assert.rejects(
    sdk({ apiVersion: '2019-01-01' }).customers.list(),
    says({ statusCode: 400, message: /Invalid Stripe API version/ }),
  );
  assert.match((await stripe.customers.list()).lastResponse.requestId, /^req_/);
});

test('the older version carries the fields that were dropped since', async () => {
  const older = sdk({ apiVersion: '2024-04-10' });
  const payer = await older.customers.create({});
  const draft = await older.invoices.create({ customer: payer.id });
  await older.invoiceItems.create({ customer: payer.id, invoice: draft.id, amount: 700, currency: 'usd' });
  const open = (await older.invoices.finalizeInvoice(draft.id)) as unknown as Record<string, unknown>;
  assert.deepEqual([open['paid'], open['paid_out_of_band'], open['charge']], [false, false, null]);
  assert.match(String(open['payment_intent']), /^pi_/);
  const paid = (await older.invoices.pay(draft.id, { payment_method: 'pm_card_visa' })) as unknown as Record<
    string,
    unknown
  >;
  assert.match(String(paid['charge']), /^ch_/);
  assert.ok('invoice' in (await older.paymentIntents.retrieve(String(open['payment_intent']))));
  assert.ok(!('invoice' in (await stripe.paymentIntents.retrieve(String(open['payment_intent'])))));
});

test('a share of requests can fail', async () => {
  sandbox.faults.add({ kind: 'rate_limit', share: 0.5 });
  const results = await Promise.allSettled(Array.from({ length: 60 }, () => stripe.customers.list()));
  const failed = results.filter(({ status }) => status === 'rejected').length;
  assert.ok(failed > 10 && failed < 50, String(failed));
});

test('faults and the log of what arrived can be had over HTTP', async () => {
  const control = (method: string, path: string, body?: string): Promise<Response> =>
    fetch(`${sandbox.url}/_sandbox/${path}`, { method, ...(body === undefined ? {} : { body }) });
  assert.equal((await control('POST', 'faults', '{"kind":"nonsense"}')).status, 400);
  await control('POST', 'faults', '{"kind":"lock_timeout","times":1}');
  await control('DELETE', 'requests');
  await assert.rejects(stripe.customers.list(), says({ code: 'lock_timeout', statusCode: 429 }));
  const seen = (await (await control('GET', 'requests')).json()) as Record<string, unknown>[];
  assert.deepEqual(
    seen.map(({ method, path }) => [method, path]),
    [['GET', '/v1/customers']],
  );
  assert.ok(!('key' in seen[0]!));
});

// https://docs.stripe.com/api/v2/core/events/list, https://docs.stripe.com/api/v2/core/accounts/list
test('lists of API v2 take ranges of ISO 8601, and accounts by whether they are closed', async () => {
  // The SDK's type has numbers; API v2 takes what its objects carry.
  await stripe.rawRequest('GET', '/v2/core/events?created[gte]=2026-01-01T00:00:00.000Z');
  const { id } = await stripe.v2.core.accounts.create({ display_name: 'Open' });
  const of = async (closed: boolean): Promise<string[]> =>
    (await stripe.v2.core.accounts.list({ closed })).data.map((one) => one.id);
  assert.ok((await of(false)).includes(id));
  assert.ok(!(await of(true)).includes(id));
});
