import { NOW, type Row } from './account.ts';

/** A query of an account, and its result computed by plain code. */
export interface Question {
  readonly asked: string;
  readonly entity: string;
  readonly clause: string;
  /** May be answered by the Search API, which lags behind. */
  readonly eventual?: true;
  readonly holds: (row: Row) => boolean;
}

const DAY = 86_400;
const seconds = (date: string): number => Date.parse(date) / 1000;
const among = (values: readonly unknown[], value: unknown): boolean => values.includes(value);
const text = (row: Row, name: string): string => String(row[name]);
const metadata = (row: Row, key: string): unknown => (row['metadata'] as Record<string, unknown>)[key];

export const QUESTIONS: readonly Question[] = [
  {
    asked: 'open invoices of a customer over 100 dollars since May',
    entity: 'Invoice',
    clause:
      "Customer = 'cus_504' AND Status = 'open' AND Currency = 'usd' AND Total > 10000 AND Created >= '2026-05-01'",
    holds: (row) =>
      row['customer'] === 'cus_504' &&
      row['status'] === 'open' &&
      row['currency'] === 'usd' &&
      Number(row['total']) > 10_000 &&
      Number(row['created']) >= seconds('2026-05-01'),
  },
  {
    asked: 'the customer with this e-mail address',
    entity: 'Customer',
    clause: "Email = 'person77@example.com' OR Email = 'person77@example.org' OR Email = 'person77@shop.example'",
    holds: (row) => text(row, 'email').startsWith('person77@'),
  },
  {
    asked: 'these four customers',
    entity: 'Customer',
    clause: "Id IN ('cus_1', 'cus_20', 'cus_300', 'cus_1999')",
    holds: (row) => among(['cus_1', 'cus_20', 'cus_300', 'cus_1999'], row.id),
  },
  {
    asked: 'customers who joined last month',
    entity: 'Customer',
    clause: "Created BETWEEN '2026-10-01' AND '2026-10-31T23:59:59Z'",
    holds: (row) =>
      Number(row['created']) >= seconds('2026-10-01') && Number(row['created']) <= seconds('2026-10-31T23:59:59Z'),
  },
  {
    asked: 'customers of the gold tier',
    entity: 'Customer',
    clause: "Metadata.tier = 'gold'",
    eventual: true,
    holds: (row) => metadata(row, 'tier') === 'gold',
  },
  {
    asked: 'customers named Cedar who joined this autumn',
    entity: 'Customer',
    clause: "Name LIKE '% Cedar' AND Created >= '2026-09-22'",
    eventual: true,
    holds: (row) => text(row, 'name').endsWith(' Cedar') && Number(row['created']) >= seconds('2026-09-22'),
  },
  {
    asked: 'customers who owe',
    entity: 'Customer',
    clause: 'Delinquent = true',
    holds: (row) => row['delinquent'] === true,
  },
  {
    asked: 'open or uncollectible invoices of the last 90 days',
    entity: 'Invoice',
    clause: "Status IN ('open', 'uncollectible') AND Created >= '2026-08-03'",
    holds: (row) => among(['open', 'uncollectible'], row['status']) && Number(row['created']) >= seconds('2026-08-03'),
  },
  {
    asked: 'open invoices past their due date',
    entity: 'Invoice',
    clause: "Status = 'open' AND DueDate < '2026-11-01'",
    holds: (row) => row['status'] === 'open' && Number(row['due_date']) < NOW,
  },
  {
    asked: 'open invoices over 500 dollars',
    entity: 'Invoice',
    clause: "Status = 'open' AND Total > 50000 AND Currency = 'usd'",
    eventual: true,
    holds: (row) => row['status'] === 'open' && Number(row['total']) > 50_000 && row['currency'] === 'usd',
  },
  {
    asked: 'invoices of two customers that are not paid',
    entity: 'Invoice',
    clause: "Customer IN ('cus_7', 'cus_8') AND NOT Status = 'paid'",
    holds: (row) => among(['cus_7', 'cus_8'], row['customer']) && row['status'] !== 'paid',
  },
  {
    asked: "a customer's payments that failed",
    entity: 'PaymentIntent',
    clause: "Customer = 'cus_504' AND Status = 'requires_payment_method'",
    holds: (row) => row['customer'] === 'cus_504' && row['status'] === 'requires_payment_method',
  },
  {
    asked: 'the payment of an order',
    entity: 'PaymentIntent',
    clause: "Metadata.order = 'A-4711'",
    eventual: true,
    holds: (row) => metadata(row, 'order') === 'A-4711',
  },
  {
    asked: 'payments over 1,000 dollars since yesterday',
    entity: 'PaymentIntent',
    clause: "Amount >= 100000 AND Currency = 'usd' AND Created >= '2026-10-31'",
    holds: (row) =>
      Number(row['amount']) >= 100_000 && row['currency'] === 'usd' && Number(row['created']) >= NOW - DAY,
  },
  {
    asked: 'charges of a payment',
    entity: 'Charge',
    clause: "PaymentIntent = 'pi_4711'",
    holds: (row) => row['payment_intent'] === 'pi_4711',
  },
  {
    asked: 'disputed charges that were not refunded',
    entity: 'Charge',
    clause: 'Disputed = true AND Refunded = false',
    eventual: true,
    holds: (row) => row['disputed'] === true && row['refunded'] === false,
  },
  {
    asked: 'disputes that wait for an answer',
    entity: 'Dispute',
    clause: "Status = 'needs_response'",
    holds: (row) => row['status'] === 'needs_response',
  },
  {
    asked: 'subscriptions past due or in trial until the end of the week',
    entity: 'Subscription',
    clause: "Status = 'past_due' OR Status = 'trialing' AND TrialEnd BETWEEN '2026-11-01' AND '2026-11-08'",
    holds: (row) =>
      row['status'] === 'past_due' ||
      (row['status'] === 'trialing' && Number(row['trial_end']) >= NOW && Number(row['trial_end']) <= NOW + 7 * DAY),
  },
  {
    asked: 'active euro prices of a product',
    entity: 'Price',
    clause: "Product = 'prod_7' AND Active = true AND Currency = 'eur'",
    holds: (row) => row['product'] === 'prod_7' && row['active'] === true && row['currency'] === 'eur',
  },
  {
    asked: 'failed payouts that should have arrived in October',
    entity: 'Payout',
    clause: "Status = 'failed' AND ArrivalDate >= '2026-10-01' AND ArrivalDate < '2026-11-01'",
    holds: (row) =>
      row['status'] === 'failed' &&
      Number(row['arrival_date']) >= seconds('2026-10-01') &&
      Number(row['arrival_date']) < seconds('2026-11-01'),
  },
];
