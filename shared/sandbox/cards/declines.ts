/**
 * Why a card is declined: the error's `code`, its `decline_code`, and Stripe's text.
 * https://docs.stripe.com/declines/codes, https://docs.stripe.com/error-codes
 */
export interface Decline {
  readonly message: string;
  readonly code: string;
  readonly decline_code?: string;
}

const DECLINED = 'Your card was declined.';

function issuerDecline(decline_code: string, message = DECLINED): Decline {
  return { message, code: 'card_declined', decline_code };
}

export const DECLINES = {
  generic: issuerDecline('generic_decline'),
  insufficientFunds: issuerDecline('insufficient_funds', 'Your card has insufficient funds.'),
  lostCard: issuerDecline('lost_card'),
  stolenCard: issuerDecline('stolen_card'),
  fraudulent: issuerDecline('fraudulent'),
  velocity: issuerDecline(
    'card_velocity_exceeded',
    'Your card was declined for making repeated attempts too frequently or exceeding its amount limit.',
  ),
  expired: { message: 'Your card has expired.', code: 'expired_card' },
  incorrectCvc: { message: "Your card's security code is incorrect.", code: 'incorrect_cvc' },
  processingError: {
    message: 'An error occurred while processing your card. Try again in a little bit.',
    code: 'processing_error',
  },
  liveCard: issuerDecline(
    'test_mode_live_card',
    'Your card was declined. Your request was in test mode, but used a non test (live) card. For a list of valid test cards, visit: https://stripe.com/docs/testing.',
  ),
  // https://docs.stripe.com/error-codes#authentication-required
  authenticationRequired: {
    message: 'Your card was declined. This transaction requires authentication.',
    code: 'authentication_required',
    decline_code: 'authentication_required',
  },
  // https://docs.stripe.com/declines/codes#authentication_not_handled
  authenticationNotHandled: {
    message:
      "This payment required an authentication action to complete, but `error_on_requires_action` was set. When you're ready, you can upgrade your integration to handle actions at https://stripe.com/docs/payments/payment-intents/upgrade-to-handle-actions.",
    code: 'authentication_required',
    decline_code: 'authentication_not_handled',
  },
} as const satisfies Readonly<Record<string, Decline>>;

export type DeclineReason = keyof typeof DECLINES;

/** Errors of invalid card data, before a charge is attempted. https://docs.stripe.com/testing#invalid-data */
export const INVALID_CARD_DATA = {
  number: { message: 'Your card number is incorrect.', code: 'incorrect_number', param: 'number' },
  month: { message: "Your card's expiration month is invalid.", code: 'invalid_expiry_month', param: 'exp_month' },
  year: { message: "Your card's expiration year is invalid.", code: 'invalid_expiry_year', param: 'exp_year' },
  cvc: { message: "Your card's security code is invalid.", code: 'invalid_cvc', param: 'cvc' },
} as const;
