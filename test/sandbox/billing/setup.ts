/** Customers, prices, drafts and subscriptions to begin a billing test with. */
import type Stripe from 'stripe';
import { ownSandbox } from '../documented.ts';

export const DAY = 86_400;

export const double = ownSandbox({ now: () => 1_795_000_000 });

export const stripe = (): Stripe => double().stripe;

export async function payer(card = 'pm_card_visa', more: Stripe.CustomerCreateParams = {}): Promise<string> {
  const { id } = await stripe().customers.create(more);
  const method = await stripe().paymentMethods.attach(card, { customer: id });
  await stripe().customers.update(id, { invoice_settings: { default_payment_method: method.id } });
  return id;
}

export async function price(unit_amount: number, more: Partial<Stripe.PriceCreateParams> = {}): Promise<string> {
  const params = { currency: 'usd', unit_amount, product_data: { name: 'Plan' }, ...more };
  return (await stripe().prices.create(params)).id;
}

export const monthly = (unit_amount = 1000, more: Partial<Stripe.PriceCreateParams> = {}): Promise<string> =>
  price(unit_amount, { recurring: { interval: 'month' }, ...more });

export const coupon = async (params: Stripe.CouponCreateParams): Promise<string> =>
  (await stripe().coupons.create({ duration: 'once', ...params })).id;

export type Latest = Stripe.Subscription & { readonly latest_invoice: Stripe.Invoice };

export async function subscribe(more: Partial<Stripe.SubscriptionCreateParams> = {}): Promise<Latest> {
  const customer = more.customer ?? (await payer());
  const items = more.items ?? [{ price: await monthly() }];
  const made = await stripe().subscriptions.create({ ...more, customer, items, expand: ['latest_invoice'] });
  return made as Latest;
}
