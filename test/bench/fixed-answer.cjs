/** `node fixed-answer.cjs`: a fast Stripe with fixed responses to a few requests. Prints its port. */
'use strict';
const http = require('node:http');

const metadata = { order: '1001', source: 'shop' };
const CUSTOMER = {
  id: 'cus_1',
  object: 'customer',
  address: { city: 'Lyon', country: 'FR', line1: '1 Rue A', line2: null, postal_code: '69001', state: null },
  balance: 0,
  created: 1_795_000_000,
  currency: 'eur',
  default_source: null,
  delinquent: false,
  description: 'a customer of the bench',
  discount: null,
  email: 'jane@example.com',
  invoice_prefix: 'ABCDEF12',
  invoice_settings: { custom_fields: null, default_payment_method: 'pm_1', footer: null, rendering_options: null },
  livemode: false,
  metadata,
  name: 'Jane',
  next_invoice_sequence: 2,
  phone: null,
  preferred_locales: ['fr'],
  shipping: null,
  tax_exempt: 'none',
  test_clock: null,
};
const PAYMENT_INTENT = {
  id: 'pi_1',
  object: 'payment_intent',
  amount: 500,
  amount_capturable: 0,
  amount_details: { tip: {} },
  amount_received: 500,
  application: null,
  application_fee_amount: null,
  automatic_payment_methods: { allow_redirects: 'never', enabled: true },
  canceled_at: null,
  cancellation_reason: null,
  capture_method: 'automatic_async',
  client_secret: 'pi_1_secret_1',
  confirmation_method: 'automatic',
  created: 1_795_000_000,
  currency: 'usd',
  customer: 'cus_1',
  description: null,
  last_payment_error: null,
  latest_charge: 'ch_1',
  livemode: false,
  metadata,
  next_action: null,
  on_behalf_of: null,
  payment_method: 'pm_1',
  payment_method_configuration_details: { id: 'pmc_1', parent: null },
  payment_method_options: { card: { installments: null, network: null, request_three_d_secure: 'automatic' } },
  payment_method_types: ['card', 'link'],
  processing: null,
  receipt_email: null,
  review: null,
  setup_future_usage: null,
  shipping: null,
  statement_descriptor: null,
  statement_descriptor_suffix: null,
  status: 'succeeded',
  transfer_data: null,
  transfer_group: null,
};
const customer = Buffer.from(JSON.stringify(CUSTOMER));
const paymentIntent = Buffer.from(JSON.stringify(PAYMENT_INTENT));

/** A write returns an object of its collection. The connector would not accept another type. */
function bodyOf({ method, url }) {
  const [collection = ''] = /(?<=^\/v1\/)[a-z_]+/.exec(url) ?? [];
  if (collection === 'payment_intents') return paymentIntent;
  if (method === 'GET' || collection === 'customers') return customer;
  return Buffer.from(JSON.stringify({ ...CUSTOMER, object: collection.replace(/s$/, '') }));
}

const server = http.createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    const body = bodyOf(request);
    response
      .writeHead(200, {
        'content-type': 'application/json',
        'content-length': body.length,
        'request-id': 'req_bench',
      })
      .end(body);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
