/** What holds of the money of a sandbox after any calls. */
import assert from 'node:assert/strict';
import type { Stored } from '../../../shared/sandbox/store.ts';
import type { Bank } from './walk.ts';

const number = (value: unknown): number => Number(value);
const sum = (values: readonly unknown[]): number => values.reduce<number>((total, value) => total + Number(value), 0);

/** Movements between an account and the world outside; all others are between accounts. */
const OUTSIDE = new Set(['charge', 'refund', 'refund_failure', 'adjustment', 'payout', 'payout_cancel', 'topup']);

export function checkBooks(bank: Bank): void {
  const ids = ['', ...bank.accounts];
  for (const id of ids) checkAccount(bank, id);
  const all = ids.flatMap((id) => bank.state.account(id).all('balance_transaction'));
  const inside = all.filter(({ type }) => !OUTSIDE.has(String(type)));
  const fees = all.flatMap((transaction) => linesOf(transaction).filter(({ type }) => type === 'application_fee'));
  assert.equal(
    sum(inside.map(({ amount }) => amount)),
    sum(fees.map(({ amount }) => amount)),
    'money between accounts',
  );
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
    assert.equal(moved.length, failed ? 2 : 1, `refund ${refund.id} is in the books`);
    if (failed) assert.equal(sum(moved), 0, `refund ${refund.id} came back`);
  }
  for (const intent of account.all('payment_intent'))
    checkIntent(intent, account.get('charge', String(intent['latest_charge'])));
  for (const dispute of account.all('dispute')) checkDispute(dispute, bySource.get(dispute.id) ?? []);
  for (const kind of ['transfer', 'application_fee'] as const)
    for (const object of account.all(kind)) checkReturned(object, kind);
}

function linesOf(transaction: Stored): { amount: number; type: string }[] {
  return transaction['fee_details'] as { amount: number; type: string }[];
}

function partOf(transaction: Stored, now: number): 'available' | 'pending' {
  return Number(transaction['available_on']) <= now ? 'available' : 'pending';
}

function grouped(transactions: readonly Stored[]): Map<unknown, Stored[]> {
  const groups = new Map<unknown, Stored[]>();
  for (const one of transactions) groups.set(one['source'], [...(groups.get(one['source']) ?? []), one]);
  return groups;
}

/** Never captured or refunded beyond its amount; in the books once, and only if it was captured. */
function checkCharge(charge: Stored, transactions: readonly Stored[], refunds: readonly Stored[]): void {
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

function checkIntent(intent: Stored, charge: Stored | undefined): void {
  const captured = charge?.['captured'] === true ? charge['amount_captured'] : 0;
  assert.equal(intent['amount_received'], intent['status'] === 'succeeded' ? captured : 0, intent.id);
  assert.equal(Number(intent['amount_capturable']) > 0, intent['status'] === 'requires_capture', intent.id);
}

/** A dispute takes its amount and fee while it is open or lost, and nothing when it is won or an inquiry. */
function checkDispute(dispute: Stored, transactions: readonly Stored[]): void {
  const status = String(dispute['status']);
  const taken = transactions.length > 0 && status !== 'won';
  assert.equal(sum(transactions.map(({ net }) => net)) < 0, taken, `${dispute.id} ${status}`);
  assert.equal(
    transactions.length,
    status.startsWith('warning_') ? 0 : status === 'won' ? 2 : 1,
    `${dispute.id} ${status}`,
  );
}

function checkReturned(object: Stored, kind: 'transfer' | 'application_fee'): void {
  const [returned, list] =
    kind === 'transfer'
      ? [object['amount_reversed'], object['reversals']]
      : [object['amount_refunded'], object['refunds']];
  const { data } = list as { data: { amount: number }[] };
  assert.equal(returned, sum(data.map(({ amount }) => amount)), object.id);
  assert.ok(number(returned) <= number(object['amount']), `${object.id} returned more than it had`);
}
