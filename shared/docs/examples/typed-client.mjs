/**
 * Takes a payment with the typed client, which repeats calls that can still succeed. Needs Node.js 22.18 or later, and
 * the client next to this file:
 *   npx stripe-connector client --out shared/docs/examples/stripe-connector.ts --entities Customer,PaymentIntent --actions ConfirmPaymentIntent
 * Usage: node typed-client.mjs
 * BASE is the address of the connector.
 */
import { ConnectorFailure, stripeConnector } from './stripe-connector.ts';

const stripe = stripeConnector({ address: process.env.BASE ?? 'http://localhost:8080' });

const { output: customer } = await stripe.entity('Customer').create({ Email: 'jane@typed.example', Name: 'Jane' });

/** Takes a payment from a card. Returns its status, or the reason of the decline. */
async function pay(card) {
  const { output } = await stripe
    .entity('PaymentIntent')
    .create({ Amount: 1500, Currency: 'usd', Customer: customer.Id, PaymentMethod: card });
  try {
    const confirmed = await stripe.action('ConfirmPaymentIntent', {
      PaymentIntentId: output.Id,
      ReturnUrl: 'https://example.com/',
    });
    return confirmed.output.status;
  } catch (error) {
    if (error instanceof ConnectorFailure && error.isDeclined) return error.reason;
    throw error;
  }
}

for (const card of ['pm_card_visa_chargeDeclined', 'pm_card_visa']) console.log(card, await pay(card));
for await (const row of stripe.entity('PaymentIntent').rows({ filterClause: `Customer = '${customer.Id}'` }))
  console.log(row.Id, row.Amount, row.Status);
