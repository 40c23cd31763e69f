/** Stripe's SDK alone under the framework: what a call costs that is no more than a call. */
'use strict';
// As the connector's functions do (`shared/serve/domains.ts`): what the SDK's call costs without the framework's domain.
if (process.env.WITHOUT_DOMAINS === '1')
  require('node:domain').create = () => ({ run: (work) => work(), on: () => undefined });
const http = require('node:http');
const Stripe = require('stripe');

const base = new URL(process.env.STRIPE_API_BASE);
const stripe = new Stripe(process.env.STRIPE_API_KEY, {
  httpAgent: new http.Agent({ keepAlive: true }),
  host: base.hostname,
  port: base.port,
  protocol: 'http',
  maxNetworkRetries: 0,
  telemetry: false,
});

exports.bare = async (request, response) => {
  const { entityId, connectorInputPayload } = request.body;
  response.json(
    entityId === undefined
      ? await stripe.paymentIntents.confirm(connectorInputPayload.PaymentIntentId)
      : await stripe.customers.retrieve(entityId),
  );
};
