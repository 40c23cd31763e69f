/** A sandbox with a clock of its own, and short ways to the objects that move money. */
import type Stripe from 'stripe';
import { documented, ownSandbox } from '../documented.ts';

export interface Shop {
  readonly stripe: Stripe;
  /** Seconds pass. */
  readonly pass: (seconds: number) => void;
  /** A payment of 10 dollars by card, confirmed. */
  readonly pay: (more?: object, options?: Stripe.RequestOptions) => Promise<Stripe.PaymentIntent>;
  /** The same, not confirmed and without a card. */
  readonly intent: (more?: object) => Promise<Stripe.PaymentIntent>;
  readonly charge: (intent: Stripe.PaymentIntent) => Promise<Stripe.Charge>;
  readonly customer: () => Promise<string>;
}

type Documented = (page: string, behaviour: string, see: (shop: Shop) => Promise<unknown>) => void;

const BASE = {
  amount: 1000,
  currency: 'usd',
  automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
};

/** `documented` for behaviours that are seen in one shop. */
export function inShop(): Documented {
  let now = Date.UTC(2026, 10, 27) / 1000;
  const double = ownSandbox({ now: () => now });
  const shop = (): Shop => {
    const { stripe } = double();
    const create = (params: object, options?: Stripe.RequestOptions): Promise<Stripe.PaymentIntent> =>
      stripe.paymentIntents.create({ ...BASE, ...params }, options);
    return {
      stripe,
      pass: (seconds) => (now += seconds),
      pay: (more, options) => create({ payment_method: 'pm_card_visa', confirm: true, ...more }, options),
      intent: (more = {}) => create(more),
      charge: (intent) => stripe.charges.retrieve(String(intent.latest_charge)),
      customer: async () => (await stripe.customers.create({ email: 'jane@example.com' })).id,
    };
  };
  return (page, behaviour, see) => documented(page, behaviour, async () => void (await see(shop())));
}
