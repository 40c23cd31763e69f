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
/** One of this many payments is declined, disputed or partly refunded. */
const DECLINED_EVERY = 20;
const DISPUTED_EVERY = 50;
const REFUNDED_EVERY = 10;

type DemoParams = Readonly<Record<string, unknown>>;

/**
 * Creates a shop with 50 customers, 200 payments over the last 30 days, 20 subscriptions, disputes and refunds. It calls
 * the API, so that dependent objects such as charges and balance transactions exist too.
 */
export function fillDemo(state: State, api: Api): Readonly<Record<string, number>> {
  const now = state.now();
  const post = (path: string, params: DemoParams): Record<string, unknown> | undefined => {
    const { status, body } = api.handle({
      method: 'POST',
      path,
      query: '',
      form: encodeForm(params),
      isUpload: false,
      apiKey: SANDBOX_KEY,
    });
    return status === 200 ? (body as Record<string, unknown>) : undefined;
  };
  const atAge = <T>(age: number, run: () => T): T => state.atTime(Math.floor(now - age * DAY), run);
  const idOf = (object: Record<string, unknown> | undefined): string => String(object?.['id'] ?? '');

  const goods = atAge(61, () => GOODS.map(([name, amount]) => [idOf(post('/v1/products', { name })), amount] as const));
  for (const [product, amount] of goods) post('/v1/prices', { product, unit_amount: amount, currency: 'usd' });
  const plans = atAge(61, () =>
    PLANS.map(([name, amount]) =>
      idOf(
        post('/v1/prices', {
          product_data: { name },
          unit_amount: amount,
          currency: 'usd',
          recurring: { interval: 'month' },
        }),
      ),
    ),
  );
  const payers = Array.from({ length: CUSTOMERS }, (_, index) => atAge(60 - index / 2, () => postPayer(post, index)));
  for (let index = 0; index < PAYMENTS; index += 1)
    atAge(30 - (index * 30) / PAYMENTS, () => postPayment(post, payers[index % CUSTOMERS], index));
  for (let index = 0; index < SUBSCRIPTIONS; index += 1)
    atAge(28 - index, () =>
      post('/v1/subscriptions', {
        customer: payers[index]?.customer,
        items: [{ price: plans[index % plans.length] }],
        default_payment_method: payers[index]?.method,
      }),
    );
  const account = state.account('');
  const kinds = ['customer', 'payment_intent', 'refund', 'dispute', 'subscription', 'invoice'];
  const counts = kinds.map((kind): [string, number] => [kind, account.all(kind).length]);
  account.changes.forget();
  return Object.fromEntries(counts);
}

type Post = (path: string, params: DemoParams) => Record<string, unknown> | undefined;

interface Payer {
  readonly customer: string;
  readonly method: string;
}

function postPayer(post: Post, index: number): Payer {
  const first = FIRST_NAMES[index % FIRST_NAMES.length] ?? '';
  const last = LAST_NAMES[Math.floor(index / FIRST_NAMES.length) % LAST_NAMES.length] ?? '';
  const customer = post('/v1/customers', {
    name: `${first} ${last}`,
    email: `${first}.${last}@example.com`.toLowerCase(),
    metadata: { number: String(1001 + index) },
  });
  const id = String(customer?.['id'] ?? '');
  const method = String(post('/v1/payment_methods/pm_card_visa/attach', { customer: id })?.['id'] ?? '');
  post(`/v1/customers/${id}`, { invoice_settings: { default_payment_method: method } });
  return { customer: id, method };
}

function postPayment(post: Post, postPayer: Payer | undefined, index: number): void {
  const [name = '', price = 100] = GOODS[(index * 7) % GOODS.length] ?? [];
  const quantity = 1 + (index % 3);
  const pay = (method: string | undefined): Record<string, unknown> | undefined =>
    post('/v1/payment_intents', {
      amount: price * quantity,
      currency: 'usd',
      confirm: true,
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
      description: `${quantity} x ${name}`,
      payment_method: method,
      ...(method === postPayer?.method ? { customer: postPayer?.customer } : {}),
    });
  if (index % DECLINED_EVERY === DECLINED_EVERY - 1) pay('pm_card_visa_chargeDeclined');
  else if (index % DISPUTED_EVERY === DISPUTED_EVERY - 2) pay('pm_card_createDispute');
  else {
    const paid = pay(postPayer?.method);
    if (index % REFUNDED_EVERY === 0 && paid !== undefined)
      post('/v1/refunds', { payment_intent: paid['id'], amount: price, reason: 'requested_by_customer' });
  }
}
