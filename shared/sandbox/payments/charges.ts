import { paymentDetails } from '../cards/card-details.ts';
import type { Decline } from '../cards/declines.ts';
import { cardOf } from '../cards/method-state.ts';
import type { CardRow } from '../cards/card-row.ts';
import { splitCharge } from '../connect/charge-splits.ts';
import { makeObject, type Context } from '../context.ts';
import { cardFee, debitFee } from '../ledger/fees.ts';
import { postTransaction, inSettlementCurrency, SETTLING_SECONDS } from '../ledger/ledger.ts';
import type { StoredObject } from '../store.ts';
import { disputeCharge } from './disputes/open-disputes.ts';

/** Fields that a charge copies from its payment intent. */
const COPIED_FROM_INTENT = [
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

/** The result of an attempted charge. The charge is authorized unless `decline` or `isPending` is set. */
export interface ChargeResult {
  readonly decline?: Decline;
  /** True if Radar blocked the charge. */
  readonly isBlocked?: boolean;
  /** True for a debit that the bank has not paid or rejected yet. */
  readonly isPending?: boolean;
  /** The field `three_d_secure` of the charge's card details. */
  readonly threeDSecure?: object | null;
}

/** Creates a charge that is not captured. `source` is a payment intent, or the parameters of POST /v1/charges. */
export function makeCharge(
  context: Context,
  source: Record<string, unknown>,
  method: StoredObject,
  result: ChargeResult,
): StoredObject {
  const { decline } = result;
  const card = cardOf(context, method);
  const charge = makeObject(context, 'Charge');
  for (const name of COPIED_FROM_INTENT) if (source[name] !== undefined) charge[name] = structuredClone(source[name]);
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
    payment_intent: source['object'] === 'payment_intent' ? source['id'] : null,
    payment_method: method.id,
    payment_method_details: paymentDetails(method, source['amount'], result.threeDSecure ?? null),
    receipt_url: decline === undefined ? `https://pay.stripe.com/receipts/payment/${charge.id}` : null,
    refunded: false,
    status: chargeStatus(result),
  });
}

function chargeStatus({ decline, isPending }: ChargeResult): string {
  if (decline !== undefined) return 'failed';
  return isPending === true ? 'pending' : 'succeeded';
}

/** Returns the field `outcome` of a charge. https://docs.stripe.com/api/charges/object#charge_object-outcome, https://docs.stripe.com/declines/card#understand-declines */
function outcomeOf(card: CardRow | undefined, { decline, isBlocked }: ChargeResult): object {
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
 * Captures an authorized charge: adds the amount to the balance, and releases the rest of the authorization. Then
 * creates the dispute if the test card causes one.
 * https://docs.stripe.com/payments/place-a-hold-on-a-payment-method
 */
export function captureCharge(
  context: Context,
  charge: StoredObject,
  amount: number,
  method: StoredObject | undefined,
): void {
  const card = method === undefined ? undefined : cardOf(context, method);
  Object.assign(charge, {
    amount_captured: amount,
    amount_refunded: Number(charge['amount']) - amount,
    captured: true,
    paid: true,
    status: 'succeeded',
  });
  const settledAmount = inSettlementCurrency(context, amount, String(charge['currency']));
  const isForeign = card?.country !== undefined;
  const isConverted = settledAmount.exchange_rate !== null;
  const isCard = method === undefined || method['type'] === 'card';
  const fee = isCard ? cardFee(settledAmount.amount, isForeign, isConverted) : debitFee(settledAmount.amount);
  // Test debits settle instantly. https://docs.stripe.com/testing#ach-direct-debit
  const isInstant = card?.bypassesPending === true || method?.['type'] === 'us_bank_account';
  const availableOn = isInstant ? context.now : context.now + SETTLING_SECONDS;
  const split = splitCharge(context, charge, { amount, availableOn });
  const transaction = postTransaction(context, {
    ...settledAmount,
    type: isCard ? 'charge' : 'payment',
    reporting_category: 'charge',
    fees: split.applicationFee === undefined ? [fee] : [fee, split.applicationFee],
    source: charge.id,
    description: charge['description'],
    availableOn,
  });
  charge['balance_transaction'] = transaction.id;
  split.transferAfterPosting?.();
  if (card?.dispute !== undefined) disputeCharge(context, charge, card.dispute);
}
