/** Creates the customers, prices, coupons and subscriptions that the billing tests need. */
import assert from 'node:assert/strict';
import type Stripe from 'stripe';
import { sandboxOfEachFile } from '../documented.ts';

export const DAY = 86_400;

export const { open: openSandbox, double } = sandboxOfEachFile({ now: () => 1_795_000_000 });

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

/** The time at which the test clocks begin: the last day of a month with 31 days. */
export const START = Date.UTC(2026, 0, 31) / 1000;

export interface ClockTime {
  readonly clock: string;
  /** A customer of the clock, with the card that the test requests. */
  readonly customer: string;
  /** Moves the clock to a time in Unix seconds. */
  readonly advance: (to: number) => Promise<void>;
}

/** Creates a test clock and a customer of it. If `card` is null, the customer has no card. */
export async function onClock(card: string | null = 'pm_card_visa'): Promise<ClockTime> {
  const { id: clock } = await stripe().testHelpers.testClocks.create({ frozen_time: START });
  const more = { test_clock: clock, email: 'jane@example.com' };
  return {
    clock,
    customer: card === null ? (await stripe().customers.create(more)).id : await payer(card, more),
    advance: async (to) => {
      const { status } = await stripe().testHelpers.testClocks.advance(clock, { frozen_time: to });
      assert.equal(status, 'advancing');
      assert.equal((await stripe().testHelpers.testClocks.retrieve(clock)).status, 'ready');
    },
  };
}

/** The invoices of a subscription, newest first. */
export const invoicesOf = async (subscription: string): Promise<Stripe.Invoice[]> =>
  (await stripe().invoices.list({ subscription })).data;
