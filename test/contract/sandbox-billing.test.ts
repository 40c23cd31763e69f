/** Invoices, quotes, files and evidence in the sandbox, through Stripe's SDK. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import Stripe from 'stripe';
import { stripe, says, customer, intent } from './sandbox-client.ts';

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
