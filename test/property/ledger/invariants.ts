/** What holds of the money of a sandbox after any calls. */
import assert from 'node:assert/strict';
import type { StoredObject } from '../../../shared/sandbox/store.ts';
import type { Bank } from './walk.ts';

const number = (value: unknown): number => Number(value);
const sum = (values: readonly unknown[]): number => values.reduce<number>((total, value) => total + Number(value), 0);

/** Movements between an account and the world outside; all others are between accounts. */
const OUTSIDE = new Set([
  'charge',
  'refund',
  'refund_failure',
  'adjustment',
  'payout',
  'payout_cancel',
  'payout_failure',
  'topup',
]);

export function checkBooks(bank: Bank): void {
  const ids = ['', ...bank.accounts];
  for (const id of ids) checkAccount(bank, id);
  const all = ids.flatMap((id) => bank.state.account(id).all('balance_transaction'));
  const debits = new Set(
    ids
      .flatMap((id) => bank.state.account(id).all('charge'))
      .filter(isDebit)
      .map(({ id }) => id),
  );
  const inside = all.filter(({ type, source }) => !OUTSIDE.has(String(type)) && !debits.has(String(source)));
  const fees = all.flatMap((transaction) => linesOf(transaction).filter(({ type }) => type === 'application_fee'));
  assert.equal(
    sum(inside.map(({ amount }) => amount)),
    sum(fees.map(({ amount }) => amount)),
    'money between accounts',
  );
}

/** A payment that is no card's, and not what a transfer brought. */
function isDebit({ payment_method_details: details, source_transfer: transfer }: StoredObject): boolean {
  const { type } = (details ?? {}) as { type?: string };
  return transfer === null && type !== undefined && type !== 'card';
}

function checkAccount(bank: Bank, id: string): void {
  const account = bank.state.account(id);
  const transactions = account.all('balance_transaction');
  const bySource = grouped(transactions);
  for (const one of transactions) {
    assert.equal(one['net'], Number(one['amount']) - Number(one['fee']), one.id);
    assert.equal(one['fee'], sum(linesOf(one).map(({ amount }) => amount)), one.id);
  }
  const { body: balance } = bank.call('GET', '/v1/balance', {}, id === '' ? undefined : id);
  const now = bank.state.now();
  for (const part of ['available', 'pending'] as const)
    for (const { amount, currency } of balance[part] as { amount: number; currency: string }[]) {
      const own = transactions.filter((one) => one['currency'] === currency && partOf(one, now) === part);
      assert.equal(amount, sum(own.map(({ net }) => net)), `${part} ${currency} of ${id}`);
    }
  const refunds = account.all('refund');
  for (const charge of account.all('charge')) checkCharge(charge, bySource.get(charge.id) ?? [], refunds);
  for (const refund of refunds) {
    const moved = (bySource.get(refund.id) ?? []).map(({ amount }) => amount);
    const failed = refund['status'] === 'failed';
    const released = account.get('charge', String(refund['charge']))?.['captured'] === false;
    assert.equal(moved.length, released ? 0 : failed ? 2 : 1, `refund ${refund.id} is in the books`);
    if (failed) assert.equal(sum(moved), 0, `refund ${refund.id} came back`);
  }
  for (const intent of account.all('payment_intent'))
    checkIntent(intent, account.get('charge', String(intent['latest_charge'])));
  for (const dispute of account.all('dispute')) checkDispute(dispute, bySource.get(dispute.id) ?? []);
  for (const payout of account.all('payout')) {
    const moved = sum((bySource.get(payout.id) ?? []).map(({ amount }) => amount));
    const stays = payout['status'] === 'failed' || payout['status'] === 'canceled';
    assert.equal(moved, stays ? 0 : -Number(payout['amount']), `payout ${payout.id} is ${String(payout['status'])}`);
  }
  for (const invoice of account.all('invoice')) checkInvoice(invoice);
  for (const kind of ['transfer', 'application_fee'] as const)
    for (const object of account.all(kind)) checkReturned(object, kind);
}

function linesOf(transaction: StoredObject): { amount: number; type: string }[] {
  return transaction['fee_details'] as { amount: number; type: string }[];
}

function partOf(transaction: StoredObject, now: number): 'available' | 'pending' {
  return Number(transaction['available_on']) <= now ? 'available' : 'pending';
}

function grouped(transactions: readonly StoredObject[]): Map<unknown, StoredObject[]> {
  const groups = new Map<unknown, StoredObject[]>();
  for (const one of transactions) groups.set(one['source'], [...(groups.get(one['source']) ?? []), one]);
  return groups;
}

/** Never captured or refunded beyond its amount; in the books once, and only if it was captured. */
function checkCharge(
  charge: StoredObject,
  transactions: readonly StoredObject[],
  refunds: readonly StoredObject[],
): void {
  const amount = number(charge['amount']);
  const captured = number(charge['amount_captured']);
  const refunded = number(charge['amount_refunded']);
  assert.ok(captured >= 0 && captured <= amount, `${charge.id} captured ${captured} of ${amount}`);
  assert.ok(refunded >= 0 && refunded <= amount, `${charge.id} refunded ${refunded} of ${amount}`);
  assert.equal(charge['refunded'], refunded === amount && amount > 0, charge.id);
  assert.equal(transactions.length, charge['captured'] === true ? 1 : 0, `${charge.id} stands in the books`);
  if (charge['captured'] !== true) return;
  const own = refunds.filter((refund) => refund['charge'] === charge.id && refund['status'] !== 'failed');
  const released = amount - captured;
  assert.equal(refunded, released + sum(own.map((refund) => refund['amount'])), `${charge.id}: its refunds`);
  assert.equal(charge['balance_transaction'], transactions[0]?.id);
}

function checkIntent(intent: StoredObject, charge: StoredObject | undefined): void {
  const captured = charge?.['captured'] === true ? charge['amount_captured'] : 0;
  assert.equal(intent['amount_received'], intent['status'] === 'succeeded' ? captured : 0, intent.id);
  assert.equal(Number(intent['amount_capturable']) > 0, intent['status'] === 'requires_capture', intent.id);
}

/** A dispute takes its amount and fee while it is open or lost, and nothing when it is won or an inquiry. */
function checkDispute(dispute: StoredObject, transactions: readonly StoredObject[]): void {
  const status = String(dispute['status']);
  const taken = transactions.length > 0 && status !== 'won';
  assert.equal(sum(transactions.map(({ net }) => net)) < 0, taken, `${dispute.id} ${status}`);
  assert.equal(
    transactions.length,
    status.startsWith('warning_') ? 0 : status === 'won' ? 2 : 1,
    `${dispute.id} ${status}`,
  );
}

function checkReturned(object: StoredObject, kind: 'transfer' | 'application_fee'): void {
  const [returned, list] =
    kind === 'transfer'
      ? [object['amount_reversed'], object['reversals']]
      : [object['amount_refunded'], object['refunds']];
  const { data } = list as { data: { amount: number }[] };
  assert.equal(returned, sum(data.map(({ amount }) => amount)), object.id);
  assert.ok(number(returned) <= number(object['amount']), `${object.id} returned more than it had`);
}

/** The total is the sum of the lines, less discounts, plus the tax that is not in them. */
function checkInvoice(invoice: StoredObject): void {
  const { data } = invoice['lines'] as { data: { amount: number }[] };
  const amounts = (list: unknown): number =>
    sum((list as { amount: number }[] | null)?.map(({ amount }) => amount) ?? []);
  const taxes = (invoice['total_taxes'] as { amount: number; tax_behavior: string }[] | null) ?? [];
  const exclusive = taxes.filter((tax) => tax.tax_behavior === 'exclusive');
  const lines = sum(data.map(({ amount }) => amount));
  assert.equal(invoice['subtotal'], lines, `${invoice.id}: its subtotal`);
  assert.equal(
    invoice['total'],
    lines - amounts(invoice['total_discount_amounts']) + amounts(exclusive),
    `${invoice.id}: its total`,
  );
  assert.equal(number(invoice['amount_paid']) + number(invoice['amount_remaining']), invoice['amount_due'], invoice.id);
}
