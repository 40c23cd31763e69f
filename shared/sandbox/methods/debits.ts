import { markInvoicePaidBy } from '../billing/invoices/settle.ts';
import { debitAccountOf, markSpent } from '../cards/method-state.ts';
import type { Context } from '../context.ts';
import { scheduleTask } from '../ledger/due.ts';
import { captureCharge, makeCharge } from '../payments/charges.ts';
import { disputeCharge } from '../payments/disputes/open-disputes.ts';
import type { StoredObject } from '../store.ts';
import { DEBIT_FAILURES, type DebitFailure } from './debit-account.ts';
import { saveForLater } from './save-for-later.ts';

/** Seconds until the bank responds to a test debit. In live mode the bank needs days. */
const BANK_SECONDS = 1;

/** Seconds until the bank responds to a delayed test debit. https://docs.stripe.com/testing#bacs-direct-debit */
const DELAYED_SECONDS = 3 * 60;

/**
 * Starts a debit. The bank responds later, unless the test account has `staysInProcessing`.
 * https://docs.stripe.com/payments/paymentintents/lifecycle
 */
export function startDebit(context: Context, intent: StoredObject, method: StoredObject): StoredObject {
  const charge = makeCharge(context, intent, method, { isPending: true });
  const account = debitAccountOf(context, method);
  saveForLater(context, intent, method);
  markSpent(context, method);
  if (account?.staysInProcessing !== true) {
    const seconds = account?.isDelayed === true ? DELAYED_SECONDS : BANK_SECONDS;
    scheduleTask(context, context.now + seconds, 'payment_intent.settle', intent);
  }
  return Object.assign(intent, {
    last_payment_error: null,
    latest_charge: charge.id,
    next_action: null,
    payment_method: method.id,
    status: 'processing',
  });
}

/** Finishes a debit: the bank pays or rejects it. Does nothing if the payment was canceled in the meantime. */
export function finishDebit(context: Context, intent: StoredObject): void {
  const charge = context.account.get('charge', String(intent['latest_charge']));
  const method = context.account.get('payment_method', String(intent['payment_method']));
  if (intent['status'] !== 'processing' || charge === undefined) return;
  const account = method === undefined ? undefined : debitAccountOf(context, method);
  if (method !== undefined && account?.failure !== undefined) return failDebit(intent, charge, method, account.failure);
  captureCharge(context, charge, Number(intent['amount']), method);
  Object.assign(intent, { amount_received: intent['amount'], status: 'succeeded' });
  markInvoicePaidBy(context, intent);
  if (account?.isDisputed === true) disputeCharge(context, charge, 'debit_not_authorized');
}

/** Fails the charge of a debit. The intent contains the error and needs another payment method. https://docs.stripe.com/payments/ach-direct-debit#failures */
function failDebit(intent: StoredObject, charge: StoredObject, method: StoredObject, code: DebitFailure): void {
  const message = DEBIT_FAILURES[code];
  Object.assign(charge, { failure_code: code, failure_message: message, paid: false, status: 'failed' });
  Object.assign(intent, {
    last_payment_error: {
      charge: charge.id,
      code,
      doc_url: `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}`,
      message,
      payment_method: structuredClone(method),
      type: 'invalid_request_error',
    },
    payment_method: null,
    status: 'requires_payment_method',
  });
}
