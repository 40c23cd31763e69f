/** One table of the nine actions and the five operations: run against the sandbox by the tests, against Stripe's test mode by `npm run conformance`. */

/** Calls a function by name; answers its connectorOutputPayload or throws. */
export type CallFunction = (name: string, body: object) => Promise<unknown>;

export interface Step {
  /** The sample of Google's page that this step repeats. */
  readonly sample: string;
  readonly run: (call: CallFunction) => Promise<unknown>;
}

const idOf = (payload: unknown): string => String((payload as { Id: string }).Id);
const create = async (call: CallFunction, entity: string, connectorInputPayload: object): Promise<string> =>
  idOf(await call('create-entity', { entity, connectorInputPayload }));
const action = (call: CallFunction, name: string, connectorInputPayload: object): Promise<unknown> =>
  call(name, { connectorInputPayload });

const customer = (call: CallFunction): Promise<string> =>
  create(call, 'Customer', { Email: 'conformance@example.com', Name: 'Jane' });

const intent = (call: CallFunction, more: object = {}): Promise<string> =>
  create(call, 'PaymentIntent', {
    Amount: 33000,
    Currency: 'usd',
    PaymentMethod: 'pm_card_visa',
    AutomaticPaymentMethods: { enabled: true },
    ...more,
  });

async function quote(call: CallFunction): Promise<string> {
  const price = await create(call, 'Price', { Currency: 'usd', UnitAmount: 1000, ProductData: { name: 'thing' } });
  return create(call, 'Quote', { Customer: await customer(call), LineItems: [{ price, quantity: 1 }] });
}

async function openQuote(call: CallFunction): Promise<string> {
  const made = await quote(call);
  await action(call, 'finalize-quote', { QuoteId: made });
  return made;
}

export const SCENARIO: readonly Step[] = [
  {
    sample: 'confirm-payment-intent',
    run: async (call) =>
      action(call, 'confirm-payment-intent', { PaymentIntentId: await intent(call), ReturnUrl: 'http://google.com/' }),
  },
  {
    sample: 'capture-payment-intent',
    async run(call) {
      const held = await intent(call, { CaptureMethod: 'manual' });
      await action(call, 'confirm-payment-intent', { PaymentIntentId: held, ReturnUrl: 'http://google.com/' });
      return action(call, 'capture-payment-intent', { PaymentIntentId: held });
    },
  },
  {
    sample: 'cancel-payment-intent',
    run: async (call) => action(call, 'cancel-payment-intent', { PaymentIntentId: await intent(call) }),
  },
  {
    sample: 'attach-payment-method-to-customer',
    async run(call) {
      const method = await create(call, 'PaymentMethod', { Type: 'card', Card: { token: 'tok_visa' } });
      return action(call, 'attach-payment-method-to-customer', {
        PaymentMethodId: method,
        CustomerId: await customer(call),
      });
    },
  },
  {
    sample: 'detach-payment-method-from-customer',
    async run(call) {
      const method = await create(call, 'PaymentMethod', { Type: 'card', Card: { token: 'tok_visa' } });
      await action(call, 'attach-payment-method-to-customer', {
        PaymentMethodId: method,
        CustomerId: await customer(call),
      });
      return action(call, 'detach-payment-method-from-customer', { PaymentMethodId: method });
    },
  },
  {
    sample: 'finalize-invoice',
    run: async (call) =>
      action(call, 'finalize-invoice', {
        InvoiceId: await create(call, 'Invoice', { Customer: await customer(call) }),
      }),
  },
  { sample: 'finalize-quote', run: async (call) => action(call, 'finalize-quote', { QuoteId: await quote(call) }) },
  { sample: 'accept-quote', run: async (call) => action(call, 'accept-quote', { QuoteId: await openQuote(call) }) },
  { sample: 'cancel-quote', run: async (call) => action(call, 'cancel-quote', { QuoteId: await openQuote(call) }) },
  {
    sample: 'create-payment-intent',
    run: (call) =>
      call('payment-intent-create', {
        connectorInputPayload: { PaymentMethod: 'pm_card_visa', Currency: 'usd', Amount: 1500.0 },
      }),
  },
  { sample: 'get-customer', run: async (call) => call('customer-get', { entityId: await customer(call) }) },
  {
    sample: 'list-customer',
    async run(call) {
      await customer(call);
      return call('customer-list', { listEntitiesPageSize: 1 });
    },
  },
  {
    sample: 'update-customer',
    run: async (call) =>
      call('customer-update', { entityId: await customer(call), connectorInputPayload: { Name: 'John' } }),
  },
  { sample: 'delete-customer', run: async (call) => call('customer-delete', { entityId: await customer(call) }) },
];

/** Keys with the type of each value: what is compared, because ids and times differ. */
export function outline(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(outline);
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      typeof inner === 'object' && inner !== null ? 'object' : outline(inner),
    ]),
  );
}
