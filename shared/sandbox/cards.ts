/** Stripe's test cards and what they do. https://docs.stripe.com/testing */
export interface TestCard {
  readonly brand: string;
  readonly last4: string;
  /** Declined when it is charged. */
  readonly decline?: { readonly message: string; readonly code: string; readonly decline_code?: string };
  /** Declined already when it is attached to a customer. */
  readonly declinesOnAttach?: boolean;
  /** Asks for 3-D Secure. */
  readonly authentication?: boolean;
  /** The charge is disputed at once, for this reason. */
  readonly disputed?: string;
}

const generic = { message: 'Your card was declined.', code: 'card_declined', decline_code: 'generic_decline' };

const CARDS: Readonly<Record<string, TestCard>> = {
  '4242424242424242': { brand: 'visa', last4: '4242' },
  '4000056655665556': { brand: 'visa', last4: '5556' },
  '5555555555554444': { brand: 'mastercard', last4: '4444' },
  '378282246310005': { brand: 'amex', last4: '0005' },
  '6011111111111117': { brand: 'discover', last4: '1117' },
  '4000000000000002': { brand: 'visa', last4: '0002', decline: generic, declinesOnAttach: true },
  '4000000000000341': { brand: 'visa', last4: '0341', decline: generic },
  '4000000000009995': {
    brand: 'visa',
    last4: '9995',
    declinesOnAttach: true,
    decline: {
      message: 'Your card has insufficient funds.',
      code: 'card_declined',
      decline_code: 'insufficient_funds',
    },
  },
  '4000000000009987': {
    brand: 'visa',
    last4: '9987',
    declinesOnAttach: true,
    decline: { ...generic, decline_code: 'lost_card' },
  },
  '4000000000000069': {
    brand: 'visa',
    last4: '0069',
    declinesOnAttach: true,
    decline: { message: 'Your card has expired.', code: 'expired_card' },
  },
  '4000000000000127': {
    brand: 'visa',
    last4: '0127',
    declinesOnAttach: true,
    decline: { message: "Your card's security code is incorrect.", code: 'incorrect_cvc' },
  },
  '4000000000000119': {
    brand: 'visa',
    last4: '0119',
    declinesOnAttach: true,
    decline: {
      message: 'An error occurred while processing your card. Try again in a little bit.',
      code: 'processing_error',
    },
  },
  '4000002500003155': { brand: 'visa', last4: '3155', authentication: true },
  '4000002760003184': { brand: 'visa', last4: '3184', authentication: true },
  '4000000000003220': { brand: 'visa', last4: '3220', authentication: true },
  '4000000000000259': { brand: 'visa', last4: '0259', disputed: 'fraudulent' },
  '4000000000002685': { brand: 'visa', last4: '2685', disputed: 'product_not_received' },
};

/** The ends of `pm_card_*` and `tok_*`, each with its card's number. */
const NAMED: Readonly<Record<string, string>> = {
  visa: '4242424242424242',
  visa_debit: '4000056655665556',
  mastercard: '5555555555554444',
  amex: '378282246310005',
  discover: '6011111111111117',
  visa_chargeDeclined: '4000000000000002',
  chargeDeclined: '4000000000000002',
  chargeCustomerFail: '4000000000000341',
  visa_chargeDeclinedInsufficientFunds: '4000000000009995',
  chargeDeclinedInsufficientFunds: '4000000000009995',
  visa_chargeDeclinedLostCard: '4000000000009987',
  chargeDeclinedLostCard: '4000000000009987',
  chargeDeclinedExpiredCard: '4000000000000069',
  chargeDeclinedIncorrectCvc: '4000000000000127',
  chargeDeclinedProcessingError: '4000000000000119',
  authenticationRequiredOnSetup: '4000002500003155',
  authenticationRequired: '4000002760003184',
  threeDSecure2Required: '4000000000003220',
  threeDSecureRequired: '4000000000003220',
  createDispute: '4000000000000259',
  createDisputeProductNotReceived: '4000000000002685',
};

export function cardByNumber(number: string): TestCard | undefined {
  return CARDS[number.replaceAll(/[ -]/g, '')];
}

/** `pm_card_visa`, `tok_visa` -> its number. */
export function numberOfTestId(id: string): string | undefined {
  const name = /^(?:pm_card|tok)_(\w+)$/.exec(id)?.[1];
  return name !== undefined && Object.hasOwn(NAMED, name) ? NAMED[name] : undefined;
}
