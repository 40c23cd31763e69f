import type { Context } from '../context.ts';

/** How the customer authorizes, outside the merchant's page, payments with a given type of payment method. */
interface CustomerAction {
  /** The type of `next_action`. If absent, the customer is redirected. */
  readonly type?: string;
  /** The field of `next_action` with the URL of the page. */
  readonly urlField?: string;
  /** The supported currencies. If absent, every currency is supported. */
  readonly currencies?: readonly string[];
  /** True if the bank confirms the payment later. */
  readonly isDelayed?: true;
}

const EURO_ONLY = ['eur'];
const INSTRUCTIONS_URL = 'hosted_instructions_url';
const VOUCHER_URL = 'hosted_voucher_url';

/** The customer's action for each payment method type that needs one. https://docs.stripe.com/payments/payment-methods/payment-method-support */
const CUSTOMER_ACTIONS: Readonly<Record<string, CustomerAction>> = {
  affirm: { currencies: ['cad', 'usd'] },
  afterpay_clearpay: { currencies: ['aud', 'cad', 'gbp', 'nzd', 'usd'] },
  alipay: { type: 'alipay_handle_redirect', urlField: 'url' },
  alma: { currencies: EURO_ONLY },
  amazon_pay: {},
  bancontact: { currencies: EURO_ONLY },
  billie: { currencies: ['chf', 'eur', 'gbp'] },
  boleto: { type: 'boleto_display_details', urlField: VOUCHER_URL, currencies: ['brl'], isDelayed: true },
  cashapp: { type: 'cashapp_handle_redirect_or_display_qr_code', urlField: INSTRUCTIONS_URL, currencies: ['usd'] },
  eps: { currencies: EURO_ONLY },
  fpx: { currencies: ['myr'] },
  giropay: { currencies: EURO_ONLY },
  grabpay: { currencies: ['myr', 'sgd'] },
  ideal: { currencies: EURO_ONLY },
  kakao_pay: { currencies: ['krw'] },
  klarna: {},
  konbini: { type: 'konbini_display_details', urlField: VOUCHER_URL, currencies: ['jpy'] },
  kr_card: { currencies: ['krw'] },
  mobilepay: { currencies: ['dkk', 'eur', 'nok', 'sek'] },
  multibanco: { type: 'multibanco_display_details', urlField: VOUCHER_URL, currencies: EURO_ONLY },
  naver_pay: { currencies: ['krw'] },
  oxxo: { type: 'oxxo_display_details', urlField: VOUCHER_URL, currencies: ['mxn'] },
  p24: { currencies: ['eur', 'pln'] },
  pay_by_bank: { currencies: ['eur', 'gbp'] },
  payco: { currencies: ['krw'] },
  paynow: { type: 'paynow_display_qr_code', urlField: INSTRUCTIONS_URL, currencies: ['sgd'] },
  paypal: {},
  pix: { type: 'pix_display_qr_code', urlField: INSTRUCTIONS_URL, currencies: ['brl'] },
  promptpay: { type: 'promptpay_display_qr_code', urlField: INSTRUCTIONS_URL, currencies: ['thb'] },
  revolut_pay: { currencies: ['eur', 'gbp'] },
  samsung_pay: { currencies: ['krw'] },
  satispay: { currencies: EURO_ONLY },
  sofort: { currencies: EURO_ONLY, isDelayed: true },
  swish: { type: 'swish_handle_redirect_or_display_qr_code', urlField: INSTRUCTIONS_URL, currencies: ['sek'] },
  twint: { currencies: ['chf'] },
  wechat_pay: { type: 'wechat_pay_display_qr_code', urlField: INSTRUCTIONS_URL },
};

/** The currencies of bank debits by type. https://docs.stripe.com/payments/bank-debits */
const DEBIT_CURRENCIES: Readonly<Record<string, readonly string[]>> = {
  acss_debit: ['cad', 'usd'],
  au_becs_debit: ['aud'],
  bacs_debit: ['gbp'],
  nz_bank_account: ['nzd'],
  sepa_debit: EURO_ONLY,
  us_bank_account: ['usd'],
};

/** Returns whether the customer must authorize payments of this type outside the merchant's page. */
export function needsCustomerAction(type: unknown): boolean {
  return Object.hasOwn(CUSTOMER_ACTIONS, String(type));
}

/** Returns whether the bank confirms payments of this type later. */
export function isConfirmedLater(type: unknown): boolean {
  return CUSTOMER_ACTIONS[String(type)]?.isDelayed === true;
}

/**
 * Returns whether payments of this type have the next action `redirect_to_url`, which sends the customer to another
 * page and back to the `return_url`.
 */
export function redirectsCustomer(type: unknown): boolean {
  return needsCustomerAction(type) && CUSTOMER_ACTIONS[String(type)]?.type === undefined;
}

/** Returns the currencies that a type supports, or undefined if it supports all. */
export function currenciesOf(type: unknown): readonly string[] | undefined {
  return CUSTOMER_ACTIONS[String(type)]?.currencies ?? DEBIT_CURRENCIES[String(type)];
}

/** Returns `next_action` of an intent that waits for its customer. https://docs.stripe.com/api/payment_intents/object#payment_intent_object-next_action */
export function customerAction(
  { ids }: Context,
  type: string,
  url: string,
  returnUrl: string | undefined,
): Record<string, unknown> {
  const { type: actionType = 'redirect_to_url', urlField = 'url' } = CUSTOMER_ACTIONS[type] ?? {};
  const isRedirect = urlField === 'url';
  return {
    type: actionType,
    [actionType]: {
      [urlField]: url,
      ...(isRedirect ? { return_url: returnUrl ?? null } : { number: ids.letters(16) }),
    },
  };
}
