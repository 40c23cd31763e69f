import { definedFields } from '../../defined-fields.ts';
import type { Api } from '../protocol/api.ts';
import type { State } from '../state.ts';
import { SANDBOX_KEY } from '../key.ts';
import { encodeForm } from '../protocol/parameters/form.ts';
import { DAY } from '../seconds.ts';

const FIRST_NAMES = ['Jane', 'Omar', 'Mei', 'Lucas', 'Aisha', 'Noah', 'Priya', 'Mateo', 'Sofia', 'Kofi'];
const LAST_NAMES = ['Doe', 'Haddad', 'Lin', 'Silva', 'Bello'];
const GOODS: readonly (readonly [string, number])[] = [
  ['Coffee beans', 1_490],
  ['Tea sampler', 2_250],
  ['Filter papers', 690],
  ['Espresso machine', 34_900],
  ['Ceramic mug', 1_200],
];
const PLANS: readonly (readonly [string, number])[] = [
  ['Monthly box', 2_900],
  ['Monthly box, large', 4_900],
];

const CUSTOMERS = 50;
const PAYMENTS = 200;
const SUBSCRIPTIONS = 20;
/** Every 20th payment is declined. */
const DECLINED_EVERY = 20;
/** Every 50th payment is disputed. */
const DISPUTED_EVERY = 50;
/** Every 10th payment is partly refunded, unless it is declined or disputed. */
const REFUNDED_EVERY = 10;

type DemoParams = Readonly<Record<string, unknown>>;

/**
 * Creates a shop with 50 customers, 200 payments over the last 30 days, 20 subscriptions, disputes and refunds. It
 * calls the API, so that dependent objects such as charges and balance transactions exist too.
 */
export function fillDemo(state: State, api: Api): Readonly<Record<string, number>> {
  const now = state.now();
  const post = postFunction(api);
  const daysAgo = <T>(days: number, run: () => T): T => state.atTime(Math.floor(now - days * DAY), run);

  const products = daysAgo(61, () =>
    GOODS.map(([name, amount]) => [createdId(post('/v1/products', { name })), amount] as const),
  );
  for (const [product, amount] of products) post('/v1/prices', { product, unit_amount: amount, currency: 'usd' });
  const planPrices = daysAgo(61, () => PLANS.map(([name, amount]) => postPlanPrice(post, name, amount)));
  const payers = Array.from({ length: CUSTOMERS }, (_, index) => daysAgo(60 - index / 2, () => postPayer(post, index)));
  const payments = Array.from({ length: PAYMENTS }, (_, index) => ({
    days: 30 - (index * 30) / PAYMENTS,
    run: () => postPayment(post, payers[index % CUSTOMERS], index),
  }));
  const subscriptions = Array.from({ length: SUBSCRIPTIONS }, (_, index) => ({
    days: 28 - index,
    run: () => {
      post('/v1/subscriptions', {
        customer: payers[index]?.customer,
        items: [{ price: planPrices[index % planPrices.length] }],
        default_payment_method: payers[index]?.method,
      });
    },
  }));
  // Creates the oldest payments and subscriptions first, because the store keeps objects in the order of creation.
  for (const { days, run } of [...payments, ...subscriptions].sort((a, b) => b.days - a.days)) daysAgo(days, run);
  const account = state.account('');
  const kinds = ['customer', 'payment_intent', 'refund', 'dispute', 'subscription', 'invoice'];
  const counts = kinds.map((kind): [string, number] => [kind, account.all(kind).length]);
  // `account.all` records the objects as possibly changed. They have not changed, so the change log can forget them.
  account.changes.forget();
  return Object.fromEntries(counts);
}

/** Sends a request to the API. Returns the object, or undefined if the request failed. */
type Post = (path: string, params: DemoParams) => Record<string, unknown> | undefined;

/** Returns a function that sends POST requests to the API with the sandbox's key. */
function postFunction(api: Api): Post {
  return (path, params) => {
    const form = encodeForm(params);
    const request = { method: 'POST', path, query: '', form, isUpload: false, apiKey: SANDBOX_KEY };
    const { status, body } = api.handle(request);
    return status === 200 ? (body as Record<string, unknown>) : undefined;
  };
}

function createdId(object: Record<string, unknown> | undefined): string {
  return String(object?.['id'] ?? '');
}

function postPlanPrice(post: Post, name: string, amount: number): string {
  const recurring = { interval: 'month' };
  return createdId(post('/v1/prices', { product_data: { name }, unit_amount: amount, currency: 'usd', recurring }));
}

/** Ids of a customer and of the payment method that is attached to the customer. */
interface Payer {
  readonly customer: string;
  readonly method: string;
}

/** Creates a customer with a card. */
function postPayer(post: Post, index: number): Payer {
  const first = FIRST_NAMES[index % FIRST_NAMES.length] ?? '';
  const last = LAST_NAMES[Math.floor(index / FIRST_NAMES.length) % LAST_NAMES.length] ?? '';
  const customer = post('/v1/customers', {
    name: `${first} ${last}`,
    email: `${first}.${last}@example.com`.toLowerCase(),
    metadata: { number: String(1001 + index) },
  });
  const id = createdId(customer);
  const method = createdId(post('/v1/payment_methods/pm_card_visa/attach', { customer: id }));
  post(`/v1/customers/${id}`, { invoice_settings: { default_payment_method: method } });
  return { customer: id, method };
}

/** Creates a payment of goods that is successful, declined, disputed or partly refunded. */
function postPayment(post: Post, payer: Payer | undefined, index: number): void {
  const [name = '', price = 100] = GOODS[(index * 7) % GOODS.length] ?? [];
  const quantity = 1 + (index % 3);
  const pay = (method: string | undefined): Record<string, unknown> | undefined =>
    post(
      '/v1/payment_intents',
      definedFields({
        amount: price * quantity,
        currency: 'usd',
        confirm: true,
        automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
        description: `${quantity} x ${name}`,
        payment_method: method,
        customer: method === payer?.method ? payer?.customer : undefined,
      }),
    );
  if (index % DECLINED_EVERY === DECLINED_EVERY - 1) pay('pm_card_visa_chargeDeclined');
  else if (index % DISPUTED_EVERY === DISPUTED_EVERY - 2) pay('pm_card_createDispute');
  else {
    const intent = pay(payer?.method);
    if (index % REFUNDED_EVERY === 0 && intent !== undefined)
      post('/v1/refunds', { payment_intent: intent['id'], amount: price, reason: 'requested_by_customer' });
  }
}
