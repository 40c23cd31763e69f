import { paymentDetails } from '../cards/card-details.ts';
import type { Decline } from '../cards/declines.ts';
import { cardOf } from '../cards/method-state.ts';
import type { CardRow } from '../cards/card-row.ts';
import { splitCharge } from '../connect/charge-splits.ts';
import { make, type Context } from '../context.ts';
import { cardFee, debitFee } from '../ledger/fees.ts';
import { postTransaction, settled, SETTLING_SECONDS, type Fee } from '../ledger/ledger.ts';
import type { Stored } from '../store.ts';
import { disputeCharge } from './disputes.ts';

/** What a charge takes over from its payment intent. */
const FROM_INTENT = [
  'amount',
  'application_fee_amount',
  'currency',
  'customer',
  'description',
  'metadata',
  'on_behalf_of',
  'receipt_email',
  'shipping',
  'statement_descriptor',
  'statement_descriptor_suffix',
  'transfer_data',
  'transfer_group',
] as const;

/** How a charge ends: authorized; declined by the issuer; or blocked by Radar. */
export interface Result {
  readonly decline?: Decline;
  readonly isBlocked?: boolean;
  /** A debit of a bank account, which the bank has not answered yet. */
  readonly isPending?: boolean;
  /** `three_d_secure` of the card's details. */
  readonly threeDSecure?: object | null;
}

/** A charge of a payment intent, or of the parameters of a charge: authorized or failed, and not yet captured. */
export function makeCharge(context: Context, from: Record<string, unknown>, method: Stored, result: Result): Stored {
  const { decline } = result;
  const card = cardOf(context, method);
  const charge = make(context, 'Charge');
  for (const name of FROM_INTENT) if (from[name] !== undefined) charge[name] = structuredClone(from[name]);
  return Object.assign(charge, {
    amount_captured: 0,
    amount_refunded: 0,
    balance_transaction: null,
    billing_details: structuredClone(method['billing_details']),
    calculated_statement_descriptor: 'SANDBOX',
    captured: false,
    disputed: false,
    failure_code: decline?.code ?? null,
    failure_message: decline?.message ?? null,
    fraud_details: {},
    outcome: outcomeOf(card, result),
    paid: decline === undefined && result.isPending !== true,
    payment_intent: from['object'] === 'payment_intent' ? from['id'] : null,
    payment_method: method.id,
    payment_method_details: paymentDetails(method, from['amount'], result.threeDSecure ?? null),
    receipt_url: decline === undefined ? `https://pay.stripe.com/receipts/payment/${charge.id}` : null,
    refunded: false,
    status: decline !== undefined ? 'failed' : result.isPending === true ? 'pending' : 'succeeded',
  });
}

/** https://docs.stripe.com/api/charges/object#charge_object-outcome, https://docs.stripe.com/declines/card#understand-declines */
function outcomeOf(card: CardRow | undefined, { decline, isBlocked }: Result): object {
  const risk_level = card?.risk ?? 'normal';
  const base = { advice_code: null, network_advice_code: null, network_decline_code: null, risk_level };
  if (isBlocked === true)
    return {
      ...base,
      network_status: 'not_sent_to_network',
      reason: 'highest_risk_level',
      seller_message: 'Stripe blocked this payment as too risky.',
      type: 'blocked',
    };
  if (decline !== undefined)
    return {
      ...base,
      advice_code: decline.decline_code === 'insufficient_funds' ? 'try_again_later' : null,
      network_decline_code: '01',
      network_status: 'declined_by_network',
      reason: decline.decline_code ?? decline.code,
      seller_message: 'The bank did not return any further details with this decline.',
      type: 'issuer_declined',
    };
  return {
    ...base,
    network_status: 'approved_by_network',
    reason: card?.risk === undefined ? null : `${card.risk}_risk_level`,
    seller_message: 'Payment complete.',
    type: 'authorized',
  };
}

/**
 * Captures an authorized charge: the money reaches the balance, the rest of the authorization is released.
 * https://docs.stripe.com/payments/place-a-hold-on-a-payment-method
 */
export function captureCharge(context: Context, charge: Stored, amount: number, method: Stored | undefined): void {
  const card = method === undefined ? undefined : cardOf(context, method);
  Object.assign(charge, {
    amount_captured: amount,
    amount_refunded: Number(charge['amount']) - amount,
    captured: true,
    paid: true,
    status: 'succeeded',
  });
  const own = settled(context, amount, String(charge['currency']));
  const isForeign = card?.country !== undefined;
  const isCard = method === undefined || method['type'] === 'card';
  const fees: Fee[] = [isCard ? cardFee(own.amount, isForeign, own.exchange_rate !== null) : debitFee(own.amount)];
  // https://docs.stripe.com/testing#ach-direct-debit: test debits settle at once.
  const isInstant = card?.bypassesPending === true || method?.['type'] === 'us_bank_account';
  const availableOn = isInstant ? context.now : context.now + SETTLING_SECONDS;
  const split = splitCharge(context, charge, { amount, availableOn });
  if (split.applicationFee !== undefined) fees.push(split.applicationFee);
  const transaction = postTransaction(context, {
    ...own,
    type: isCard ? 'charge' : 'payment',
    reporting_category: 'charge',
    fees,
    source: charge.id,
    description: charge['description'],
    availableOn,
  });
  charge['balance_transaction'] = transaction.id;
  split.afterwards?.();
  if (card?.dispute !== undefined) disputeCharge(context, charge, card.dispute);
}
