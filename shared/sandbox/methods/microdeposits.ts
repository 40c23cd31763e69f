import { debitOf, isVerified } from '../cards/method-state.ts';
import type { Context } from '../context.ts';
import { later } from '../ledger/due.ts';
import { DAY } from '../seconds.ts';
import { isHash, type Stored } from '../store.ts';

/** Seconds until microdeposits fail to arrive at the test account for it. */
const FAILURE_SECONDS = 1;

/**
 * Whether the holder of an account has to confirm it first: test accounts in the United States need it.
 * https://docs.stripe.com/testing#ach-direct-debit
 */
export function needsMicrodeposits(context: Context, intent: Stored, method: Stored): boolean {
  if (method['type'] !== 'us_bank_account' || isVerified(context, method)) return false;
  const options = intent['payment_method_options'];
  const account = isHash(options) ? options['us_bank_account'] : undefined;
  return !isHash(account) || account['verification_method'] !== 'skip';
}

/** The intent waits until the holder names the amounts, or the code. */
export function askForMicrodeposits(context: Context, intent: Stored, method: Stored): Stored {
  if (debitOf(context, method)?.failsMicrodeposits === true)
    later(context, context.now + FAILURE_SECONDS, 'intent.microdeposits_fail', intent);
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

/** The deposits did not arrive, or were not confirmed: another payment method is needed. */
export function endMicrodeposits(intent: Stored, code: string, message: string): void {
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
