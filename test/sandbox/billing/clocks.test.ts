/** Test clocks of the sandbox: order of events, scheduled changes, objects of a clock. */
import assert from 'node:assert/strict';
import type Stripe from 'stripe';
import { documented, rejected } from '../documented.ts';
import { coupon, DAY, onClock, price, START, stripe, subscribe, openSandbox } from './setup.ts';

openSandbox();

/** Returns the types of the events that an action causes, with the status of their objects, oldest first. */
async function statusesOf(action: () => Promise<unknown>, types: RegExp): Promise<string[]> {
  const [last] = (await stripe().events.list({ limit: 1 })).data;
  await action();
  const { data } = await stripe().events.list({
    limit: 100,
    ...(last === undefined ? {} : { ending_before: last.id }),
  });
  return data
    .filter(({ type }) => types.test(type))
    .map(({ type, data: { object } }) => `${type} ${String((object as { status?: unknown }).status)}`)
    .reverse();
}

documented(
  '/billing/subscriptions/webhooks',
  'a subscription is incomplete until its first invoice is paid',
  async () => {
    const { customer } = await onClock();
    assert.deepEqual(
      await statusesOf(() => subscribe({ customer }), /^(customer\.subscription|invoice)\.(?!updated|payment)/),
      [
        'customer.subscription.created incomplete',
        'invoice.created draft',
        'invoice.finalized open',
        'invoice.paid paid',
      ],
    );
    const [updated] = (await stripe().events.list({ type: 'customer.subscription.updated', limit: 1 })).data;
    assert.deepEqual(updated?.data.previous_attributes, { status: 'incomplete' });
  },
);

documented(
  '/billing/testing/test-clocks',
  'an advance creates the events of each step, with the states of the objects at that step',
  async () => {
    const { customer, advance } = await onClock();
    await subscribe({ customer });
    const statuses = await statusesOf(
      () => advance(START + 29 * DAY),
      /^(test_helpers\.test_clock|invoice|charge)\.(?!updated|payment)/,
    );
    assert.deepEqual(statuses, [
      'test_helpers.test_clock.advancing advancing',
      'invoice.created draft',
      'invoice.finalized open',
      'charge.succeeded succeeded',
      'invoice.paid paid',
      'test_helpers.test_clock.ready ready',
    ]);
  },
);

documented('/quotes/overview#quote-lifecycle', 'a quote of a test clock expires by the time of the clock', async () => {
  const { customer, advance } = await onClock();
  const line_items = [{ price: await price(500) }];
  const { id } = await stripe().quotes.create({ customer, line_items, expires_at: START + 5 * DAY });
  await stripe().quotes.finalizeQuote(id);
  await advance(START + 6 * DAY);
  assert.equal((await stripe().quotes.retrieve(id)).status, 'canceled');
  await rejected(stripe().quotes.accept(id), { statusCode: 400 });
});

documented(
  '/billing/testing/test-clocks/api-advanced-usage',
  'a list has the objects of a test clock only if it is filtered by the clock or by its customer',
  async () => {
    const { clock, customer } = await onClock();
    const { id, latest_invoice: invoice } = await subscribe({ customer });
    const listed = async (list: Promise<{ data: readonly { id: string }[] }>, wanted: string): Promise<boolean> =>
      (await list).data.some((object) => object.id === wanted);
    assert.equal(await listed(stripe().customers.list({ limit: 100 }), customer), false);
    assert.equal(await listed(stripe().subscriptions.list({ limit: 100 }), id), false);
    assert.equal(await listed(stripe().invoices.list({ limit: 100 }), invoice.id), false);
    assert.equal(await listed(stripe().customers.list({ test_clock: clock }), customer), true);
    assert.equal(await listed(stripe().subscriptions.list({ test_clock: clock }), id), true);
    assert.equal(await listed(stripe().subscriptions.list({ customer }), id), true);
  },
);

documented('/api/test_clocks/advance', 'a test clock cannot be moved back', async () => {
  const { advance } = await onClock();
  await rejected(advance(START), { statusCode: 400, param: 'frozen_time' });
  await rejected(advance(START - DAY), { statusCode: 400, param: 'frozen_time' });
});

documented('/api/test_clocks/delete', 'deleting a test clock deletes its customers and subscriptions', async () => {
  const { clock, customer } = await onClock();
  const { id } = await subscribe({ customer });
  assert.equal((await stripe().testHelpers.testClocks.del(clock)).deleted, true);
  await rejected(stripe().customers.retrieve(customer), { code: 'resource_missing' });
  await rejected(stripe().subscriptions.retrieve(id), { code: 'resource_missing' });
});

documented('/billing/subscriptions/coupons', 'the months of a coupon are counted by the test clock', async () => {
  const { customer, advance } = await onClock();
  const discounts = [{ coupon: await coupon({ percent_off: 50, duration: 'repeating', duration_in_months: 1 }) }];
  const { id } = await subscribe({ customer, discounts });
  await advance(START + 32 * DAY);
  const [latest] = (await stripe().invoices.list({ subscription: id })).data as [Stripe.Invoice];
  assert.equal(latest.total, 1000);
});
