/** Requests without the SDK, and objects to begin with. */
import type Stripe from 'stripe';
import { sandboxOfEachFile } from './documented.ts';

export const { open: openSandbox, double } = sandboxOfEachFile();

export const intent = (params: object = {}, options = {}): Promise<Stripe.Response<Stripe.PaymentIntent>> =>
  double().stripe.paymentIntents.create(
    {
      amount: 1000,
      currency: 'usd',
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
      ...params,
    },
    options,
  );
