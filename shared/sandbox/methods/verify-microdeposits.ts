import { markVerified } from '../cards/method-state.ts';
import { objectInPath, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import { attemptPayment } from '../payments/attempt.ts';
import { storedMethod, unexpectedState } from '../payments/intent-rules.ts';
import { finishSetup } from '../payments/setup-intents.ts';
import { badRequest } from '../api-error.ts';
import { isHash, type StoredObject } from '../store.ts';
import { failMicrodeposits } from './microdeposits.ts';

type Scenario = 'verified' | 'attempts_exceeded' | 'timeout';

/** Results of the test amounts and of the test descriptor codes. https://docs.stripe.com/testing#ach-direct-debit */
const SCENARIOS: Readonly<Record<string, Scenario>> = {
  '32,45': 'verified',
  SM11AA: 'verified',
  '10,11': 'attempts_exceeded',
  SM33CC: 'attempts_exceeded',
  '40,41': 'timeout',
  SM44DD: 'timeout',
};

/** Messages of failed verifications. https://docs.stripe.com/error-codes#payment-method-microdeposit-verification-timeout */
const FAILURES: Readonly<Record<Exclude<Scenario, 'verified'>, string>> = {
  attempts_exceeded: 'You have exceeded the number of allowed verification attempts.',
  timeout: 'Microdeposit verification timed out. The bank account was not verified in time.',
};

/** POST /v1/payment_intents/{intent}/verify_microdeposits. https://docs.stripe.com/api/payment_intents/verify_microdeposits */
function verifyPayment(context: Context, id: string): StoredObject {
  const intent = objectInPath(context, 'payment_intent', id, 'intent');
  const method = requireVerifiedMethod(context, intent);
  return attemptPayment(context, intent, method, { offSession: false, failsOnAction: false, isAuthenticated: true });
}

/** POST /v1/setup_intents/{intent}/verify_microdeposits. https://docs.stripe.com/api/setup_intents/verify_microdeposits */
function verifySetup(context: Context, id: string): StoredObject {
  const intent = objectInPath(context, 'setup_intent', id, 'intent');
  return finishSetup(context, intent, requireVerifiedMethod(context, intent));
}

/** Verifies the payment method of an intent by the amounts or the descriptor code. Throws if these are wrong. */
function requireVerifiedMethod(context: Context, intent: StoredObject): StoredObject {
  const method = storedMethod(context, intent);
  const action = intent['next_action'];
  if (method === undefined || !isHash(action) || action['type'] !== 'verify_with_microdeposits')
    throw unexpectedState(
      intent,
      `This intent cannot be verified with microdeposits because it has a status of ${String(intent['status'])}.`,
    );
  const scenario = readScenario(context.params);
  if (scenario !== 'verified') {
    const error = `payment_method_microdeposit_verification_${scenario}`;
    failMicrodeposits(intent, error, FAILURES[scenario]);
    throw badRequest(FAILURES[scenario], { code: error }).withEffects();
  }
  markVerified(context, method);
  return method;
}

/** Returns the test scenario that the request selects by its amounts or its descriptor code. Throws for other values. */
function readScenario({ amounts, descriptor_code: code }: Context['params']): Scenario {
  if (!Array.isArray(amounts) && typeof code !== 'string')
    throw badRequest('You must provide either `amounts` or `descriptor_code`.', {
      code: 'parameter_missing',
      param: 'amounts',
    });
  if (Array.isArray(amounts) && amounts.length !== 2)
    throw badRequest('You must provide exactly two amounts.', {
      code: 'payment_method_microdeposit_verification_amounts_invalid',
      param: 'amounts',
    });
  const proof = Array.isArray(amounts) ? amounts.map(Number).sort((a, b) => a - b) : code;
  const scenario = SCENARIOS[String(proof)];
  if (scenario !== undefined) return scenario;
  if (Array.isArray(amounts))
    throw badRequest('The amounts provided do not match the amounts that were sent to the bank account.', {
      code: 'payment_method_microdeposit_verification_amounts_mismatch',
      param: 'amounts',
    });
  throw badRequest('The descriptor code provided does not match the one that was sent to the bank account.', {
    code: 'payment_method_microdeposit_verification_descriptor_code_mismatch',
    param: 'descriptor_code',
  });
}

/** Fails an intent because its microdeposits did not reach the bank account. https://docs.stripe.com/error-codes#payment-method-microdeposit-failed */
function failMissingMicrodeposits(_context: Context, intent: StoredObject): void {
  if (intent['status'] === 'requires_action')
    failMicrodeposits(
      intent,
      'payment_method_microdeposit_failed',
      'Microdeposit transfers failed. Please check the account, institution and transit numbers provided',
    );
}

export const microdeposits: Feature = {
  scheduled: { 'intent.microdeposits_fail': failMissingMicrodeposits },
  actions: {
    '/v1/payment_intents/{id}/verify_microdeposits': verifyPayment,
    '/v1/setup_intents/{id}/verify_microdeposits': verifySetup,
  },
};
