/**
 * Takes a payment with fetch. Usage: node take-payment.mjs [operation id] [amount] [test card]
 * BASE is the address of the connector. TOKEN is an ID token, which a deployed connector requires.
 */
const { BASE = 'http://localhost:8080', TOKEN } = process.env;
const [operationId = `order-${Date.now()}`, amount = '1500', card = 'pm_card_visa'] = process.argv.slice(2);

const MAX_ATTEMPTS = 4;

/** Calls a function of the connector. Repeats a call that can still succeed, with the same operation id. */
async function call(name, body) {
  for (let attempt = 1; ; attempt += 1) {
    const response = await fetch(`${BASE}/${name}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...(TOKEN ? { Authorization: `Bearer ${TOKEN}` } : {}) },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(60_000),
    });
    const result = await response.json();
    if (response.ok) return result;
    const { reason, metadata } = result.error.details[0];
    const canSucceed = metadata.retryable === 'true' || metadata.effect === 'unknown';
    if (!canSucceed || attempt === MAX_ATTEMPTS) throw new Error(`${reason}: ${result.error.message}`);
    const seconds = Number(response.headers.get('Retry-After') ?? 2 ** attempt);
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  }
}

const created = await call('create-entity', {
  entity: 'PaymentIntent',
  operationId,
  connectorInputPayload: { Amount: Number(amount), Currency: 'usd', PaymentMethod: card },
});
const paymentIntent = created.connectorOutputPayload.Id;
const confirmed = await call('confirm-payment-intent', {
  operationId: `${operationId}-confirm`,
  connectorInputPayload: { PaymentIntentId: paymentIntent, ReturnUrl: 'https://example.com/' },
});
console.log(paymentIntent, confirmed.connectorOutputPayload[0].status);
