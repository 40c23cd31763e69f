/**
 * Prefixes of Stripe's ids by the kind of object, as in the examples of https://docs.stripe.com/api. What is not here takes
 * the initials of its kind.
 */
const ID_PREFIXES: Readonly<Record<string, string>> = {
  account: 'acct',
  application_fee: 'fee',
  balance_transaction: 'txn',
  card: 'card',
  charge: 'ch',
  confirmation_token: 'ctoken',
  coupon: '',
  credit_note: 'cn',
  customer: 'cus',
  customer_balance_transaction: 'cbtxn',
  customer_session: 'cuss',
  dispute: 'dp',
  event: 'evt',
  file: 'file',
  file_link: 'link',
  invoice: 'in',
  invoice_payment: 'inpay',
  invoiceitem: 'ii',
  line_item: 'il',
  mandate: 'mandate',
  payment_intent: 'pi',
  payment_link: 'plink',
  payment_method: 'pm',
  payment_method_configuration: 'pmc',
  payment_method_domain: 'pmd',
  payout: 'po',
  plan: 'plan',
  price: 'price',
  product: 'prod',
  promotion_code: 'promo',
  quote: 'qt',
  refund: 're',
  review: 'prv',
  setup_attempt: 'setatt',
  setup_intent: 'seti',
  shipping_rate: 'shr',
  source: 'src',
  subscription: 'sub',
  subscription_item: 'si',
  subscription_schedule: 'sub_sched',
  tax_id: 'txi',
  tax_rate: 'txr',
  token: 'tok',
  topup: 'tu',
  transfer: 'tr',
  transfer_reversal: 'trr',
  webhook_endpoint: 'we',
  'checkout.session': 'cs_test',
  'billing_portal.session': 'bps',
  'billing_portal.configuration': 'bpc',
  'issuing.card': 'ic',
  'issuing.cardholder': 'ich',
  'issuing.dispute': 'idp',
  'issuing.authorization': 'iauth',
  'identity.verification_session': 'vs',
  'radar.early_fraud_warning': 'issfr',
  'radar.value_list': 'rsl',
  'radar.value_list_item': 'rsli',
  'reporting.report_run': 'frr',
  'tax.calculation': 'taxcalc',
  'tax.registration': 'taxreg',
  'terminal.location': 'tml',
  'terminal.reader': 'tmr',
  'terminal.configuration': 'tmc',
  'treasury.financial_account': 'fa',
  'entitlements.feature': 'feat',
  'climate.order': 'climorder',
  'billing.meter': 'mtr',
  'billing.credit_grant': 'credgr',
  'billing.alert': 'alrt',
  'test_helpers.test_clock': 'clock',
  'v2.core.account': 'acct',
  'v2.core.event': 'evt',
  'v2.core.event_destination': 'ed',
  'financial_connections.account': 'fca',
  'financial_connections.session': 'fcsess',
  apple_pay_domain: 'apwc',
  'tax.transaction': 'tax',
  'issuing.transaction': 'ipi',
  'identity.verification_report': 'vr',
};

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Makes ids: unique, and the same again for the same seed. */
export class IdSource {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0 || 1;
  }

  /** Where the sequence of ids stands: kept with the state, so that no id comes twice. */
  get position(): number {
    return this.state;
  }

  set position(state: number) {
    this.state = state;
  }

  id(kind: string): string {
    const prefix =
      ID_PREFIXES[kind] ??
      kind
        .replace(/^.*\./, '')
        .split('_')
        .map((word) => word.charAt(0))
        .join('');
    return prefix === '' ? this.letters(8) : `${prefix}_${this.letters(24)}`;
  }

  letters(count: number): string {
    return Array.from({ length: count }, () => ALPHABET.charAt(this.next() % ALPHABET.length)).join('');
  }

  /** In [0, 1). */
  fraction(): number {
    return this.next() / 2 ** 32;
  }

  /** xorshift32: enough for test data. */
  private next(): number {
    let x = this.state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.state = x >>> 0;
    return this.state;
  }
}
