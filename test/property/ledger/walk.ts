/** Random calls that move money in a sandbox, legal ones and illegal ones, by the API and without a network. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { catalogFiles } from '../../../shared/adapters/catalog-files.ts';
import { RateLimit } from '../../../shared/sandbox/control/rate-limit.ts';
import { Deliveries } from '../../../shared/sandbox/events/deliveries.ts';
import { SANDBOX_KEY } from '../../../shared/sandbox/key.ts';
import { finishPaymentAuthentication } from '../../../shared/sandbox/payments/confirm.ts';
import { Api } from '../../../shared/sandbox/protocol/api.ts';
import { encodeForm } from '../../../shared/sandbox/protocol/parameters/form.ts';
import { State } from '../../../shared/sandbox/state.ts';
import type { StoredObject } from '../../../shared/sandbox/store.ts';

const catalog = catalogFiles('shared/catalog');
const START = 1_767_225_600;

export interface Bank {
  readonly state: State;
  /** Answers the object, or the error's body. Fails on 5xx. */
  readonly call: (method: 'GET' | 'POST', path: string, params?: object, account?: string) => Answered;
  /** Ids of connected accounts. */
  readonly accounts: readonly string[];
  /** Ids of what invoices are made with. */
  readonly billing: {
    readonly customer: string;
    readonly coupons: readonly string[];
    readonly taxRates: readonly string[];
  };
}

export interface Answered {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

const state = new State({ catalog, seed: 1, now: () => START, origin: () => 'http://127.0.0.1:1' });
const api = new Api({
  state,
  deliveries: new Deliveries({ now: () => START, nextId: () => 'dlv_1' }),
  rateLimit: new RateLimit(),
  wallClock: () => 0,
  catalog,
  idempotency: false,
  isKey: () => true,
});

const call: Bank['call'] = (method, path, params = {}, account) => {
  const form = encodeForm({ ...params });
  const answer = api.handle({
    method,
    path,
    query: method === 'GET' ? form : '',
    form: method === 'POST' ? form : '',
    isUpload: false,
    apiKey: SANDBOX_KEY,
    ...(account === undefined ? {} : { account }),
  });
  assert.ok(answer.status < 500, `${method} ${path} ${form}: ${JSON.stringify(answer.body)}`);
  return { status: answer.status, body: answer.body as Record<string, unknown> };
};

/** An empty sandbox with two connected accounts. The one before it is gone. */
export function openBank(): Bank {
  state.accounts.clear();
  state.setClock({ offset: 0, frozen: null });
  const made = (path: string, params: object): string => String(call('POST', path, params).body['id']);
  const account = (external_account: string): string =>
    made('/v1/accounts', { type: 'custom', capabilities: { transfers: { requested: true } }, external_account });
  const accounts = [account('btok_us_verified'), account('btok_us_verified_accountClosed')];
  const customer = made('/v1/customers', { payment_method: 'pm_card_visa' });
  const [method] = state.account('').all('payment_method');
  call('POST', `/v1/customers/${customer}`, { invoice_settings: { default_payment_method: method?.id } });
  const coupons = [
    made('/v1/coupons', { percent_off: 12.5, duration: 'forever' }),
    made('/v1/coupons', { amount_off: 300, currency: 'usd', duration: 'forever' }),
  ];
  const taxRates = [false, true].map((inclusive) =>
    made('/v1/tax_rates', { display_name: 'VAT', inclusive, percentage: 19 }),
  );
  // Something to pay out and to transfer.
  call('POST', '/v1/charges', { amount: 5_000, currency: 'usd', source: 'tok_bypassPending' });
  return { state, call, accounts, billing: { customer, coupons, taxRates } };
}

const CARDS = [
  'visa',
  'bypassPending',
  'bypassPending',
  'br',
  'visa_chargeDeclined',
  'radarBlock',
  'createDispute',
  'createDisputeInquiry',
  'createMultipleDisputes',
  'createIssuerFraudRecord',
  'refundFail',
  'pendingRefund',
  'authenticationRequired',
  'threeDSecureRequiredChargeDeclined',
];
const DEBITS = [
  ['pm_sepaDebit_success_de', 'eur'],
  ['pm_sepaDebit_failed_de', 'eur'],
  ['pm_sepaDebit_disputed_de', 'eur'],
  ['pm_bacsDebit_insufficientFundsDelayed', 'gbp'],
  ['pm_usBankAccount_success', 'usd'],
] as const;
const EVIDENCE = ['winning_evidence', 'losing_evidence', 'escalate_inquiry_evidence', 'text'];
const CURRENCIES = ['usd', 'usd', 'usd', 'eur', 'jpy', 'kwd', 'xyz'];

/** One call: what it does, on which objects, with which amount. */
export interface Step {
  readonly verb: number;
  readonly pick: number;
  readonly other: number;
  /** Undefined leaves the amount to Stripe. */
  readonly amount: number | undefined;
}

const amounts = fc.oneof(
  fc.constant(undefined),
  fc.integer({ min: 1, max: 2_000 }),
  fc.integer({ min: 50, max: 20_000 }),
  fc.constantFrom(-500, 0, 1, 49, 1_000, 99_999_999, 100_000_000),
);

export const steps = (least: number, most: number): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.record({
      verb: fc.nat({ max: 10_000 }),
      pick: fc.nat({ max: 10_000 }),
      other: fc.nat({ max: 10_000 }),
      amount: amounts,
    }),
    { minLength: least, maxLength: most },
  );

type Verb = (bank: Bank, step: Step) => void;

const of = <T>(list: readonly T[], index: number): T | undefined => list[index % list.length];

function stored({ state }: Bank, kind: string, index: number, account = ''): string {
  return of(state.account(account).all(kind), index)?.id ?? 'none';
}

function pay(bank: Bank, { pick, other, amount }: Step, more: object = {}, account?: string): void {
  bank.call(
    'POST',
    '/v1/payment_intents',
    {
      amount: amount ?? 1_000,
      currency: of(CURRENCIES, other),
      payment_method: `pm_card_${String(of(CARDS, pick))}`,
      confirm: true,
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
      ...(pick % 3 === 0 ? { capture_method: 'manual' } : {}),
      ...more,
    },
    account,
  );
}

const given = (amount: number | undefined): object => (amount === undefined ? {} : { amount });

/** A draft with two lines, some with a discount or tax. */
function draftInvoice({ call, billing }: Bank, { pick, other, amount }: Step): void {
  const { customer, coupons, taxRates } = billing;
  const { body } = call('POST', '/v1/invoices', {
    customer,
    auto_advance: false,
    ...(pick % 3 === 0 ? { discounts: [{ coupon: of(coupons, other) }] } : {}),
    ...(pick % 4 === 0 ? { default_tax_rates: [of(taxRates, other)] } : {}),
  });
  for (const value of [amount ?? 999, (other % 5_000) + 1])
    call('POST', '/v1/invoiceitems', {
      customer,
      invoice: body['id'],
      amount: value,
      currency: 'usd',
      ...(other % 3 === 0 ? { discounts: [{ coupon: of(coupons, pick) }] } : {}),
      ...(other % 5 === 0 ? { tax_rates: [of(taxRates, pick)] } : {}),
    });
}

const VERBS: readonly Verb[] = [
  pay,
  pay,
  (bank, step) => pay(bank, step, { transfer_data: { destination: of(bank.accounts, step.other) } }),
  (bank, step) =>
    pay(bank, step, {
      application_fee_amount: step.other % 300,
      transfer_data: { destination: of(bank.accounts, step.other) },
    }),
  (bank, step) =>
    pay(bank, step, { transfer_data: { amount: step.other % 1_200, destination: of(bank.accounts, step.pick) } }),
  (bank, step) => pay(bank, step, { application_fee_amount: step.other % 300 }, of(bank.accounts, step.other)),
  (bank, { pick, amount }) =>
    bank.call('POST', `/v1/payment_intents/${stored(bank, 'payment_intent', pick)}/capture`, {
      ...(amount === undefined ? {} : { amount_to_capture: amount }),
    }),
  (bank, { pick }) => bank.call('POST', `/v1/payment_intents/${stored(bank, 'payment_intent', pick)}/cancel`),
  (bank, { pick, other }) =>
    bank.call('POST', `/v1/payment_intents/${stored(bank, 'payment_intent', pick)}/confirm`, {
      payment_method: `pm_card_${String(of(CARDS, other))}`,
    }),
  (bank, { pick, other }) => {
    const intent = of<StoredObject>(bank.state.account('').all('payment_intent'), pick);
    const context = bank.state.context(bank.state.account(''), {});
    if (intent !== undefined) finishPaymentAuthentication(context, intent, other % 4 !== 0);
  },
  (bank, { pick, amount }) =>
    bank.call('POST', '/v1/refunds', { payment_intent: stored(bank, 'payment_intent', pick), ...given(amount) }),
  (bank, { pick, other, amount }) =>
    bank.call('POST', '/v1/refunds', {
      charge: stored(bank, 'charge', pick),
      ...given(amount),
      ...(other % 2 === 0 ? { reverse_transfer: true } : {}),
      ...(other % 3 === 0 ? { refund_application_fee: true } : {}),
    }),
  (bank, { pick, other, amount }) => {
    const account = of(bank.accounts, other) ?? '';
    const refund = { charge: stored(bank, 'charge', pick, account), ...given(amount), refund_application_fee: true };
    bank.call('POST', '/v1/refunds', refund, account);
  },
  (bank, { pick, other }) =>
    bank.call('POST', `/v1/disputes/${stored(bank, 'dispute', pick)}`, {
      evidence: { uncategorized_text: of(EVIDENCE, other) },
    }),
  (bank, { pick }) => bank.call('POST', `/v1/disputes/${stored(bank, 'dispute', pick)}/close`),
  (bank, { amount }) => bank.call('POST', '/v1/payouts', { amount: amount ?? 200, currency: 'usd' }),
  (bank, { pick }) => bank.call('POST', `/v1/payouts/${stored(bank, 'payout', pick)}/cancel`),
  (bank, { pick }) => bank.call('POST', `/v1/payouts/${stored(bank, 'payout', pick)}/reverse`),
  (bank, { amount }) => bank.call('POST', '/v1/topups', { amount: amount ?? 500, currency: 'usd' }),
  (bank, { pick }) => bank.call('POST', `/v1/topups/${stored(bank, 'topup', pick)}/cancel`),
  (bank, { pick, other, amount }) =>
    bank.call('POST', '/v1/transfers', {
      amount: amount ?? 100,
      currency: 'usd',
      destination: of(bank.accounts, other),
      ...(pick % 2 === 0 ? { source_transaction: stored(bank, 'charge', pick) } : {}),
    }),
  (bank, { pick, amount }) =>
    bank.call('POST', `/v1/transfers/${stored(bank, 'transfer', pick)}/reversals`, given(amount)),
  (bank, { pick, amount }) =>
    bank.call('POST', `/v1/application_fees/${stored(bank, 'application_fee', pick)}/refunds`, given(amount)),
  (bank, { pick, other, amount }) =>
    bank.call('POST', '/v1/charges', {
      amount: amount ?? 700,
      currency: 'usd',
      source: `tok_${String(of(CARDS, other))}`,
      capture: pick % 2 === 0,
    }),
  (bank, { pick, amount }) => bank.call('POST', `/v1/charges/${stored(bank, 'charge', pick)}/capture`, given(amount)),
  (bank, step) => {
    const [payment_method, currency] = of(DEBITS, step.pick) ?? [];
    pay(bank, { ...step, pick: 1 }, { payment_method, currency });
  },
  (bank, { pick, other }) =>
    bank.call('POST', `/v1/payment_intents/${stored(bank, 'payment_intent', pick)}/verify_microdeposits`, {
      amounts: other % 4 === 0 ? [10, 11] : [32, 45],
    }),
  (bank, { other, amount }) =>
    bank.call('POST', '/v1/payouts', { amount: amount ?? 50, currency: 'usd' }, of(bank.accounts, other)),
  (bank, step) => draftInvoice(bank, step),
  (bank, { pick }) => bank.call('POST', `/v1/invoices/${stored(bank, 'invoice', pick)}/finalize`),
  (bank, { pick }) => bank.call('POST', `/v1/invoices/${stored(bank, 'invoice', pick)}/pay`),
  (bank, { pick }) => bank.call('POST', `/v1/invoices/${stored(bank, 'invoice', pick)}/void`),
  (bank, { pick, amount }) =>
    bank.call('POST', '/v1/credit_notes', {
      invoice: stored(bank, 'invoice', pick),
      amount: amount ?? 100,
      credit_amount: amount ?? 100,
    }),
  (bank, { other }) => bank.state.advance(of([1, 3_600, 86_400, 3 * 86_400], other) ?? 1),
];

export function take(bank: Bank, step: Step): void {
  of(VERBS, step.verb)?.(bank, step);
}
