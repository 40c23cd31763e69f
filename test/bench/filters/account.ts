import type { Sandbox } from '../../../shared/sandbox/server.ts';

export interface SeededAccount {
  /** Rows by entity. */
  readonly rows: Readonly<Record<string, readonly Row[]>>;
}

export type Row = Readonly<Record<string, unknown>> & { readonly id: string };

const DAY = 86_400;

/** Unix seconds: 2026-11-01T00:00:00Z. */
export const NOW = 1_793_491_200;

/** The account of a shop after a year: objects in the order of their making, the same in every run. */
export function seedAccount(sandbox: Sandbox, setTime: (seconds: number) => void): SeededAccount {
  const rows: Record<string, Row[]> = {};
  const random = randomOf(4);
  const oneOf = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
  const add = (entity: string, count: number, row: (index: number, at: number) => Record<string, unknown>): void => {
    const made: Row[] = (rows[entity] = []);
    for (let index = 0; index < count; index += 1) {
      const at = NOW - Math.floor(((count - index) * 365 * DAY) / count);
      setTime(at);
      made.push(sandbox.seed(entity, row(index, at)));
    }
  };
  const customer = (): string => oneOf(rows['Customer'] ?? []).id;

  add('Customer', 2000, (index) => ({
    id: `cus_${index}`,
    email: `person${index}@${oneOf(['example.com', 'example.org', 'shop.example'])}`,
    name: `${oneOf(['Ann', 'Bo', 'Cem', 'Dita', 'Eve'])} ${oneOf(['Ash', 'Birch', 'Cedar', 'Elm'])}`,
    delinquent: random() < 0.03,
    metadata: { tier: oneOf(['gold', 'plain', 'plain', 'plain']) },
  }));
  add('Product', 60, (index) => ({ id: `prod_${index}`, name: `Product ${index}`, active: random() < 0.8 }));
  add('Price', 240, (index) => ({
    product: `prod_${index % 60}`,
    active: random() < 0.7,
    currency: oneOf(['usd', 'eur']),
    unit_amount: oneOf([500, 1900, 9900]),
  }));
  add('Subscription', 1500, (_, at) => ({
    customer: customer(),
    status: oneOf(['active', 'active', 'active', 'active', 'canceled', 'past_due', 'trialing']),
    trial_end: at + oneOf([7, 14, 30]) * DAY,
    cancel_at_period_end: random() < 0.05,
  }));
  add('Invoice', 9000, (_, at) => ({
    customer: customer(),
    status: oneOf(['paid', 'paid', 'paid', 'paid', 'paid', 'open', 'void', 'uncollectible']),
    total: Math.floor(random() * 60_000),
    currency: oneOf(['usd', 'usd', 'eur']),
    collection_method: oneOf(['charge_automatically', 'send_invoice']),
    due_date: at + 30 * DAY,
  }));
  add('PaymentIntent', 9500, (index) => ({
    id: `pi_${index}`,
    customer: customer(),
    status: oneOf(['succeeded', 'succeeded', 'succeeded', 'succeeded', 'requires_payment_method', 'canceled']),
    amount: Math.floor(random() * 150_000),
    currency: oneOf(['usd', 'usd', 'eur']),
    metadata: { order: `A-${index}` },
  }));
  add('Charge', 9500, (index) => ({
    id: `ch_${index}`,
    customer: customer(),
    payment_intent: `pi_${index}`,
    amount: Math.floor(random() * 150_000),
    status: oneOf(['succeeded', 'succeeded', 'succeeded', 'failed']),
    disputed: random() < 0.01,
    refunded: random() < 0.04,
  }));
  add('Refund', 400, () => ({ charge: `ch_${Math.floor(random() * 9500)}`, status: oneOf(['succeeded', 'pending']) }));
  add('Dispute', 120, () => ({
    charge: `ch_${Math.floor(random() * 9500)}`,
    status: oneOf(['needs_response', 'won', 'lost']),
    amount: Math.floor(random() * 150_000),
  }));
  add('Payout', 365, (_, at) => ({ arrival_date: at + 2 * DAY, status: oneOf(['paid', 'paid', 'paid', 'failed']) }));
  setTime(NOW);
  return { rows };
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
