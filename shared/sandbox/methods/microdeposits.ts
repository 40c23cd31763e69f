import { debitAccountOf, isVerified } from '../cards/method-state.ts';
import type { Context } from '../context.ts';
import { scheduleTask } from '../ledger/due.ts';
import { DAY } from '../seconds.ts';
import { isHash, type StoredObject } from '../store.ts';

/** Seconds until the verification of an account with `failsMicrodeposits` fails. */
const FAILURE_SECONDS = 1;

/**
 * Returns whether the account holder must verify the account with microdeposits before a debit. Only accounts in the
 * United States need this verification.
 * https://docs.stripe.com/testing#ach-direct-debit
 */
export function needsMicrodeposits(context: Context, intent: StoredObject, method: StoredObject): boolean {
  if (method['type'] !== 'us_bank_account' || isVerified(context, method)) return false;
  const options = intent['payment_method_options'];
  const account = isHash(options) ? options['us_bank_account'] : undefined;
  return !isHash(account) || account['verification_method'] !== 'skip';
}

/** Sets the intent to wait until the account holder enters the amounts or the descriptor code of the microdeposits. */
export function askForMicrodeposits(context: Context, intent: StoredObject, method: StoredObject): StoredObject {
  if (debitAccountOf(context, method)?.failsMicrodeposits === true)
    scheduleTask(context, context.now + FAILURE_SECONDS, 'intent.microdeposits_fail', intent);
  return Object.assign(intent, {
    next_action: {
      type: 'verify_with_microdeposits',
      verify_with_microdeposits: {
        arrival_date: context.now + DAY,
        hosted_verification_url: `https://payments.stripe.com/microdeposit/${intent.id}`,
        microdeposit_type: 'amounts',
      },
    },
    payment_method: method.id,
    status: 'requires_action',
  });
}

/** Fails the verification of an intent. The intent then contains the error and needs another payment method. */
export function failMicrodeposits(intent: StoredObject, code: string, message: string): void {
  const field = intent.object === 'setup_intent' ? 'last_setup_error' : 'last_payment_error';
  Object.assign(intent, {
    [field]: {
      code,
      doc_url: `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}`,
      message,
      type: 'invalid_request_error',
    },
    next_action: null,
    payment_method: null,
    status: 'requires_payment_method',
  });
}
