import type { DisputeKind } from '../cards/card-row.ts';
import { objectInPath, makeObject, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import { DISPUTE_FEE } from '../ledger/fees.ts';
import { postTransaction, inSettlementCurrency } from '../ledger/ledger.ts';
import { badRequest } from '../api-error.ts';
import { DAY } from '../seconds.ts';
import { isHash, type StoredObject } from '../store.ts';
import { checkFiles, checkTexts } from './evidence-files.ts';

/** Number of days in which the merchant can respond. https://docs.stripe.com/disputes/how-disputes-work */
const RESPONSE_DAYS = 9;

const CLOSED_STATUSES: readonly unknown[] = ['won', 'lost', 'warning_closed', 'prevented'];

/** The dispute that a test card causes. */
interface DisputeCase {
  readonly reason: string;
  readonly networkReasonCode: string;
  /** True for an inquiry, which takes no money from the balance. https://docs.stripe.com/disputes/how-disputes-work#inquiries */
  readonly isInquiry?: true;
  /** True if the merchant cannot respond, as for bank debits. https://docs.stripe.com/payments/ach-direct-debit#disputed-payments */
  readonly isFinal?: true;
  readonly eligibility?: readonly string[];
  /** Number of disputes, each for a part of the charge. 1 if absent. */
  readonly parts?: number;
}

/** https://docs.stripe.com/testing#disputes, https://docs.stripe.com/disputes/categories */
const DISPUTE_CASES: Readonly<Record<Exclude<DisputeKind, 'early_fraud_warning'>, DisputeCase>> = {
  fraudulent: { reason: 'fraudulent', networkReasonCode: '10.4' },
  product_not_received: { reason: 'product_not_received', networkReasonCode: '13.1' },
  inquiry: { reason: 'fraudulent', networkReasonCode: '10.4', isInquiry: true },
  multiple: { reason: 'fraudulent', networkReasonCode: '10.4', parts: 2 },
  visa_ce3: { reason: 'fraudulent', networkReasonCode: '10.4', eligibility: ['visa_compelling_evidence_3'] },
  mastercard_compliance: {
    reason: 'noncompliant',
    networkReasonCode: '00',
    eligibility: ['mastercard_compliance'],
  },
  debit_not_authorized: { reason: 'debit_not_authorized', networkReasonCode: '', isFinal: true },
  visa_compliance: { reason: 'noncompliant', networkReasonCode: '98', eligibility: ['visa_compliance'] },
};

/** Creates the disputes, or the early fraud warning, that a test card causes. */
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
  const furtherParts = (disputeCase.parts ?? 1) - 1;
  const partAmount = Math.floor(total / (furtherParts + 1));
  openDispute(context, charge, disputeCase, total - partAmount * furtherParts);
  for (let part = 0; part < furtherParts; part += 1) openDispute(context, charge, disputeCase, partAmount);
}

/** Creates a dispute for a part of a charge. Unless the dispute is an inquiry, its amount leaves the balance. */
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

/** Subtracts the disputed amount and the fee from the balance. https://docs.stripe.com/disputes/how-disputes-work */
function withdrawDisputedAmount(context: Context, dispute: StoredObject): void {
  postDisputedAmount(context, dispute, -1, 'dispute', `Chargeback withdrawal for ${String(dispute['charge'])}`);
}

/** Returns the disputed amount and the fee to the balance. */
function reinstateDisputedAmount(context: Context, dispute: StoredObject): void {
  postDisputedAmount(context, dispute, 1, 'dispute_reversal', `Chargeback reversal for ${String(dispute['charge'])}`);
}

/** Changes the balance by the disputed amount and the fee. The sign -1 subtracts them, and 1 adds them. */
function postDisputedAmount(
  context: Context,
  dispute: StoredObject,
  sign: 1 | -1,
  category: string,
  description: string,
): void {
  const settledAmount = inSettlementCurrency(context, Number(dispute['amount']), String(dispute['currency']));
  const transaction = postTransaction(context, {
    ...settledAmount,
    amount: sign * settledAmount.amount,
    type: 'adjustment',
    reporting_category: category,
    fees: [{ amount: -sign * DISPUTE_FEE, type: 'stripe_fee', description: 'Dispute fee' }],
    source: dispute.id,
    description,
  });
  dispute['balance_transactions'] = [
    ...(dispute['balance_transactions'] as StoredObject[]),
    structuredClone(transaction),
  ];
}

/** POST /v1/disputes/{id}. Evidence is submitted to the bank unless `submit` is false. https://docs.stripe.com/api/disputes/update */
function updateDispute(context: Context, dispute: StoredObject): void {
  const { evidence, submit } = context.params;
  if (evidence === undefined && submit !== true) return;
  if (CLOSED_STATUSES.includes(dispute['status']))
    throw badRequest('This dispute is already closed', { param: 'evidence' });
  const changes = isHash(evidence) ? evidence : {};
  const allEvidence = { ...(dispute['evidence'] as Record<string, unknown>), ...changes };
  checkFiles(context, allEvidence);
  checkTexts(context, allEvidence);
  const details = dispute['evidence_details'] as Record<string, unknown>;
  details['has_evidence'] = true;
  if (submit === false) return;
  Object.assign(details, {
    submission_count: Number(details['submission_count']) + 1,
    submission_method: 'manual',
  });
  decideDispute(context, dispute, String(allEvidence['uncategorized_text']));
}

/** Decides a test dispute by the text of its evidence. https://docs.stripe.com/testing#evidence */
function decideDispute(context: Context, dispute: StoredObject, text: string): void {
  const isInquiry = String(dispute['status']).startsWith('warning_');
  if (text === 'winning_evidence') return winDispute(context, dispute, isInquiry);
  if (text === 'losing_evidence') return loseDispute(dispute, isInquiry);
  if (text === 'escalate_inquiry_evidence' && isInquiry) {
    const charge = context.account.get('charge', String(dispute['charge']));
    const refundable = Number(charge?.['amount']) - Number(charge?.['amount_refunded']);
    const amount = Math.min(Number(dispute['amount']), refundable);
    Object.assign(dispute, { amount, is_charge_refundable: false, status: 'needs_response' });
    return withdrawDisputedAmount(context, dispute);
  }
  dispute['status'] = isInquiry ? 'warning_under_review' : 'under_review';
}

/** Closes a dispute in favor of the merchant. A closed inquiry changes no balance. */
function winDispute(context: Context, dispute: StoredObject, isInquiry: boolean): void {
  dispute['status'] = isInquiry ? 'warning_closed' : 'won';
  if (!isInquiry) reinstateDisputedAmount(context, dispute);
}

/** Closes a dispute in favor of the customer. */
function loseDispute(dispute: StoredObject, isInquiry: boolean): void {
  dispute['status'] = isInquiry ? 'warning_closed' : 'lost';
}

/**
 * Closes the inquiries and fraud warnings of a charge that is refunded in full.
 * https://docs.stripe.com/disputes/how-disputes-work#inquiries, https://docs.stripe.com/api/radar/early_fraud_warnings/object
 */
export function closeInquiries({ account }: Context, charge: StoredObject): void {
  if (charge['refunded'] !== true) return;
  for (const warning of account.all('radar.early_fraud_warning'))
    if (warning['charge'] === charge.id) warning['actionable'] = false;
  for (const dispute of account.all('dispute'))
    if (dispute['charge'] === charge.id && String(dispute['status']).startsWith('warning_')) loseDispute(dispute, true);
}

/** POST /v1/disputes/{id}/close. The dispute is lost permanently. https://docs.stripe.com/api/disputes/close */
function closeDispute(context: Context, id: string): StoredObject {
  const dispute = objectInPath(context, 'dispute', id, 'dispute');
  if (CLOSED_STATUSES.includes(dispute['status'])) throw badRequest('This dispute is already closed');
  loseDispute(dispute, String(dispute['status']).startsWith('warning_'));
  return dispute;
}

export const disputes: Feature = {
  entities: { Dispute: { beforeUpdate: updateDispute } },
  actions: { '/v1/disputes/{id}/close': closeDispute },
};
