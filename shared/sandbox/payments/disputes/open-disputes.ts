import type { DisputeKind } from '../../cards/card-row.ts';
import { makeObject, type Context } from '../../context.ts';
import { DAY } from '../../seconds.ts';
import type { StoredObject } from '../../store.ts';
import { withdrawDisputedAmount } from './disputed-amounts.ts';

/** Number of days within which the merchant must respond to a dispute. https://docs.stripe.com/disputes/how-disputes-work */
const RESPONSE_DAYS = 9;

/** The kind of dispute that a test card or a test bank account causes. */
interface DisputeCase {
  readonly reason: string;
  readonly networkReasonCode: string;
  /** True for an inquiry, which does not change the balance. https://docs.stripe.com/disputes/how-disputes-work#inquiries */
  readonly isInquiry?: true;
  /** True if the merchant cannot respond, as for bank debits. https://docs.stripe.com/payments/ach-direct-debit#disputed-payments */
  readonly isFinal?: true;
  readonly eligibility?: readonly string[];
  /**
   * Number of disputes. The amount of the charge is divided among them. If absent, one dispute has the whole amount.
   */
  readonly disputeCount?: number;
}

/** https://docs.stripe.com/testing#disputes, https://docs.stripe.com/disputes/categories */
const DISPUTE_CASES: Readonly<Record<Exclude<DisputeKind, 'early_fraud_warning'>, DisputeCase>> = {
  fraudulent: { reason: 'fraudulent', networkReasonCode: '10.4' },
  product_not_received: { reason: 'product_not_received', networkReasonCode: '13.1' },
  inquiry: { reason: 'fraudulent', networkReasonCode: '10.4', isInquiry: true },
  multiple: { reason: 'fraudulent', networkReasonCode: '10.4', disputeCount: 2 },
  visa_ce3: { reason: 'fraudulent', networkReasonCode: '10.4', eligibility: ['visa_compelling_evidence_3'] },
  mastercard_compliance: {
    reason: 'noncompliant',
    networkReasonCode: '00',
    eligibility: ['mastercard_compliance'],
  },
  debit_not_authorized: { reason: 'debit_not_authorized', networkReasonCode: '', isFinal: true },
  visa_compliance: { reason: 'noncompliant', networkReasonCode: '98', eligibility: ['visa_compliance'] },
};

/** Creates the disputes, or the early fraud warning, that a test card or a test bank account causes. */
export function disputeCharge(context: Context, charge: StoredObject, kind: DisputeKind): void {
  if (kind === 'early_fraud_warning') {
    Object.assign(makeObject(context, 'Radar.EarlyFraudWarning'), {
      actionable: true,
      charge: charge.id,
      fraud_type: 'made_with_stolen_card',
      payment_intent: charge['payment_intent'],
    });
    return;
  }
  const disputeCase = DISPUTE_CASES[kind];
  const total = Number(charge['amount_captured']);
  const { disputeCount = 1 } = disputeCase;
  const laterAmount = Math.floor(total / disputeCount);
  const firstAmount = total - laterAmount * (disputeCount - 1);
  openDispute(context, charge, disputeCase, firstAmount);
  for (let index = 1; index < disputeCount; index += 1) openDispute(context, charge, disputeCase, laterAmount);
}

/**
 * Creates a dispute for an amount of a charge. Unless the dispute is an inquiry, subtracts the amount from the balance.
 */
function openDispute(context: Context, charge: StoredObject, disputeCase: DisputeCase, amount: number): void {
  charge['disputed'] = true;
  const dispute = makeObject(context, 'Dispute');
  Object.assign(dispute, {
    amount,
    balance_transactions: [],
    charge: charge.id,
    currency: charge['currency'],
    enhanced_eligibility_types: disputeCase.eligibility ?? [],
    is_charge_refundable: disputeCase.isInquiry === true,
    metadata: {},
    network_reason_code: disputeCase.networkReasonCode,
    payment_intent: charge['payment_intent'],
    payment_method_details: disputedMethod(charge, disputeCase),
    reason: disputeCase.reason,
    status: firstDisputeStatus(disputeCase),
  });
  Object.assign(dispute['evidence_details'] as object, {
    due_by: context.now + RESPONSE_DAYS * DAY,
    has_evidence: false,
    past_due: false,
    submission_count: 0,
    submission_method: 'not_submitted',
  });
  if (disputeCase.isInquiry !== true) withdrawDisputedAmount(context, dispute);
}

function firstDisputeStatus({ isFinal, isInquiry }: DisputeCase): string {
  if (isFinal === true) return 'lost';
  return isInquiry === true ? 'warning_needs_response' : 'needs_response';
}

/** Returns `payment_method_details` of a dispute. https://docs.stripe.com/api/disputes/object#dispute_object-payment_method_details */
function disputedMethod(charge: StoredObject, disputeCase: DisputeCase): object {
  const { type, card } = charge['payment_method_details'] as { type: string; card?: { brand?: string } };
  if (type !== 'card') return { type };
  const brand = card?.brand ?? 'visa';
  return {
    card: {
      brand,
      case_type: disputeCaseType(disputeCase),
      network: brand,
      network_reason_code: disputeCase.networkReasonCode,
    },
    type,
  };
}

function disputeCaseType({ isInquiry, reason }: DisputeCase): string {
  if (isInquiry === true) return 'inquiry';
  return reason === 'noncompliant' ? 'compliance' : 'chargeback';
}
