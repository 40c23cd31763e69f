import type { Context } from '../context.ts';

/** How a customer authorizes a payment outside of the merchant's page. */
interface CustomerAction {
  /** The type of `next_action`; a redirect if absent. */
  readonly type?: string;
  /** The field of `next_action` that holds the page's address. */
  readonly address?: string;
  /** The currencies that it pays in; any if absent. */
  readonly currencies?: readonly string[];
  /** The bank confirms the payment later. */
  readonly isDelayed?: true;
}

const EURO_ONLY = ['eur'];
const QR = 'hosted_instructions_url';
const VOUCHER = 'hosted_voucher_url';

/** Payment methods whose customer has to act, by type. https://docs.stripe.com/payments/payment-methods/payment-method-support */
const CUSTOMER_ACTIONS: Readonly<Record<string, CustomerAction>> = {
  affirm: { currencies: ['cad', 'usd'] },
  afterpay_clearpay: { currencies: ['aud', 'cad', 'gbp', 'nzd', 'usd'] },
  alipay: { type: 'alipay_handle_redirect', address: 'url' },
  alma: { currencies: EURO_ONLY },
  amazon_pay: {},
  bancontact: { currencies: EURO_ONLY },
  billie: { currencies: ['chf', 'eur', 'gbp'] },
  boleto: { type: 'boleto_display_details', address: VOUCHER, currencies: ['brl'], isDelayed: true },
  cashapp: { type: 'cashapp_handle_redirect_or_display_qr_code', address: QR, currencies: ['usd'] },
  eps: { currencies: EURO_ONLY },
  fpx: { currencies: ['myr'] },
  giropay: { currencies: EURO_ONLY },
  grabpay: { currencies: ['myr', 'sgd'] },
  ideal: { currencies: EURO_ONLY },
  kakao_pay: { currencies: ['krw'] },
  klarna: {},
  konbini: { type: 'konbini_display_details', address: VOUCHER, currencies: ['jpy'] },
  kr_card: { currencies: ['krw'] },
  mobilepay: { currencies: ['dkk', 'eur', 'nok', 'sek'] },
  multibanco: { type: 'multibanco_display_details', address: VOUCHER, currencies: EURO_ONLY },
  naver_pay: { currencies: ['krw'] },
  oxxo: { type: 'oxxo_display_details', address: VOUCHER, currencies: ['mxn'] },
  p24: { currencies: ['eur', 'pln'] },
  pay_by_bank: { currencies: ['eur', 'gbp'] },
  payco: { currencies: ['krw'] },
  paynow: { type: 'paynow_display_qr_code', address: QR, currencies: ['sgd'] },
  paypal: {},
  pix: { type: 'pix_display_qr_code', address: QR, currencies: ['brl'] },
  promptpay: { type: 'promptpay_display_qr_code', address: QR, currencies: ['thb'] },
  revolut_pay: { currencies: ['eur', 'gbp'] },
  samsung_pay: { currencies: ['krw'] },
  satispay: { currencies: EURO_ONLY },
  sofort: { currencies: EURO_ONLY, isDelayed: true },
  swish: { type: 'swish_handle_redirect_or_display_qr_code', address: QR, currencies: ['sek'] },
  twint: { currencies: ['chf'] },
  wechat_pay: { type: 'wechat_pay_display_qr_code', address: QR },
};

/** The currencies of debits. https://docs.stripe.com/payments/bank-debits */
const DEBIT_CURRENCIES: Readonly<Record<string, readonly string[]>> = {
  acss_debit: ['cad', 'usd'],
  au_becs_debit: ['aud'],
  bacs_debit: ['gbp'],
  nz_bank_account: ['nzd'],
  sepa_debit: EURO_ONLY,
  us_bank_account: ['usd'],
};

export function asksCustomer(type: unknown): boolean {
  return Object.hasOwn(CUSTOMER_ACTIONS, String(type));
}

export function isConfirmedLater(type: unknown): boolean {
  return CUSTOMER_ACTIONS[String(type)]?.isDelayed === true;
}

/** Whether the customer leaves the merchant's page and returns to the `return_url`. */
export function redirects(type: unknown): boolean {
  return asksCustomer(type) && CUSTOMER_ACTIONS[String(type)]?.type === undefined;
}

/** The currencies that a type pays in; undefined if there are no limits. */
export function currenciesOf(type: unknown): readonly string[] | undefined {
  return CUSTOMER_ACTIONS[String(type)]?.currencies ?? DEBIT_CURRENCIES[String(type)];
}

/** `next_action` of an intent that waits for its customer. https://docs.stripe.com/api/payment_intents/object#payment_intent_object-next_action */
export function customerAction(
  { ids }: Context,
  type: string,
  url: string,
  returnUrl: string | undefined,
): Record<string, unknown> {
  const { type: name = 'redirect_to_url', address = 'url' } = CUSTOMER_ACTIONS[type] ?? {};
  const isRedirect = address === 'url';
  return {
    type: name,
    [name]: { [address]: url, ...(isRedirect ? { return_url: returnUrl ?? null } : { number: ids.letters(16) }) },
  };
}
