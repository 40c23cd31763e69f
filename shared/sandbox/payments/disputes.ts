import type { DisputeKind } from '../cards/card-row.ts';
import { inPath, make, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import { DISPUTE_FEE } from '../ledger/fees.ts';
import { postTransaction, settled } from '../ledger/ledger.ts';
import { bad } from '../refusal.ts';
import { isHash, type Stored } from '../store.ts';
import { checkFiles, checkTexts } from './evidence-files.ts';

/** Days to respond. https://docs.stripe.com/disputes/how-disputes-work */
const RESPONSE_DAYS = 9;

const CLOSED_STATUSES: readonly unknown[] = ['won', 'lost', 'warning_closed', 'prevented'];

interface DisputeCase {
  readonly reason: string;
  readonly networkReasonCode: string;
  /** An inquiry takes no money. https://docs.stripe.com/disputes/how-disputes-work#inquiries */
  readonly isInquiry?: true;
  /** Disputes of bank debits cannot be answered. https://docs.stripe.com/payments/ach-direct-debit#disputed-payments */
  readonly isFinal?: true;
  readonly eligibility?: readonly string[];
  /** Parts of the charge, each with a dispute of its own. */
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

/** The payer of a test card disputes the charge at once, or its issuer warns of fraud. */
export function disputeCharge(context: Context, charge: Stored, kind: DisputeKind): void {
  if (kind === 'early_fraud_warning') {
    Object.assign(make(context, 'Radar.EarlyFraudWarning'), {
      actionable: true,
      charge: charge.id,
      fraud_type: 'made_with_stolen_card',
      payment_intent: charge['payment_intent'],
    });
    return;
  }
  const rule = DISPUTE_CASES[kind];
  const total = Number(charge['amount_captured']);
  const parts = rule.parts ?? 1;
  for (let part = 0; part < parts; part += 1)
    openDispute(
      context,
      charge,
      rule,
      part === 0 ? total - Math.floor(total / parts) * (parts - 1) : Math.floor(total / parts),
    );
}

function openDispute(context: Context, charge: Stored, rule: DisputeCase, amount: number): void {
  charge['disputed'] = true;
  const dispute = make(context, 'Dispute');
  Object.assign(dispute, {
    amount,
    balance_transactions: [],
    charge: charge.id,
    currency: charge['currency'],
    enhanced_eligibility_types: rule.eligibility ?? [],
    is_charge_refundable: rule.isInquiry === true,
    metadata: {},
    network_reason_code: rule.networkReasonCode,
    payment_intent: charge['payment_intent'],
    payment_method_details: disputedMethod(charge, rule),
    reason: rule.reason,
    status: rule.isFinal === true ? 'lost' : rule.isInquiry === true ? 'warning_needs_response' : 'needs_response',
  });
  Object.assign(dispute['evidence_details'] as object, {
    due_by: context.now + RESPONSE_DAYS * 86_400,
    has_evidence: false,
    past_due: false,
    submission_count: 0,
    submission_method: 'not_submitted',
  });
  if (rule.isInquiry !== true) withdraw(context, dispute);
}

/** https://docs.stripe.com/api/disputes/object#dispute_object-payment_method_details */
function disputedMethod(charge: Stored, rule: DisputeCase): object {
  const { type, card } = charge['payment_method_details'] as { type: string; card?: { brand?: string } };
  if (type !== 'card') return { type };
  const brand = card?.brand ?? 'visa';
  const caseType = rule.isInquiry === true ? 'inquiry' : rule.reason === 'noncompliant' ? 'compliance' : 'chargeback';
  return { card: { brand, case_type: caseType, network: brand, network_reason_code: rule.networkReasonCode }, type };
}

/** The amount and the fee leave the balance. https://docs.stripe.com/disputes/how-disputes-work */
function withdraw(context: Context, dispute: Stored): void {
  move(context, dispute, -1, 'dispute', `Chargeback withdrawal for ${String(dispute['charge'])}`);
}

function reinstate(context: Context, dispute: Stored): void {
  move(context, dispute, 1, 'dispute_reversal', `Chargeback reversal for ${String(dispute['charge'])}`);
}

function move(context: Context, dispute: Stored, sign: 1 | -1, category: string, description: string): void {
  const own = settled(context, Number(dispute['amount']), String(dispute['currency']));
  const transaction = postTransaction(context, {
    ...own,
    amount: sign * own.amount,
    type: 'adjustment',
    reporting_category: category,
    fees: [{ amount: -sign * DISPUTE_FEE, type: 'stripe_fee', description: 'Dispute fee' }],
    source: dispute.id,
    description,
  });
  dispute['balance_transactions'] = [...(dispute['balance_transactions'] as Stored[]), structuredClone(transaction)];
}

/** POST /v1/disputes/{id}: evidence is submitted unless `submit` is false. https://docs.stripe.com/api/disputes/update */
function updateDispute(context: Context, dispute: Stored): void {
  const { evidence, submit } = context.params;
  if (evidence === undefined && submit !== true) return;
  if (CLOSED_STATUSES.includes(dispute['status'])) throw bad('This dispute is already closed', { param: 'evidence' });
  const given = isHash(evidence) ? evidence : {};
  const all = { ...(dispute['evidence'] as Record<string, unknown>), ...given };
  checkFiles(context, all);
  checkTexts(context, all);
  const details = dispute['evidence_details'] as Record<string, unknown>;
  details['has_evidence'] = true;
  if (submit === false) return;
  Object.assign(details, {
    submission_count: Number(details['submission_count']) + 1,
    submission_method: 'manual',
  });
  decide(context, dispute, String(all['uncategorized_text']));
}

/** Decides a test dispute by the text of its evidence. https://docs.stripe.com/testing#evidence */
function decide(context: Context, dispute: Stored, text: string): void {
  const isInquiry = String(dispute['status']).startsWith('warning_');
  if (text === 'winning_evidence') return win(context, dispute, isInquiry);
  if (text === 'losing_evidence') return lose(dispute, isInquiry);
  if (text === 'escalate_inquiry_evidence' && isInquiry) {
    const charge = context.account.get('charge', String(dispute['charge']));
    const left = Number(charge?.['amount']) - Number(charge?.['amount_refunded']);
    const amount = Math.min(Number(dispute['amount']), left);
    Object.assign(dispute, { amount, is_charge_refundable: false, status: 'needs_response' });
    return withdraw(context, dispute);
  }
  dispute['status'] = isInquiry ? 'warning_under_review' : 'under_review';
}

function win(context: Context, dispute: Stored, isInquiry: boolean): void {
  dispute['status'] = isInquiry ? 'warning_closed' : 'won';
  if (!isInquiry) reinstate(context, dispute);
}

function lose(dispute: Stored, isInquiry: boolean): void {
  dispute['status'] = isInquiry ? 'warning_closed' : 'lost';
}

/**
 * A charge that is refunded in full needs no answer to an inquiry or to a fraud warning.
 * https://docs.stripe.com/disputes/how-disputes-work#inquiries, https://docs.stripe.com/api/radar/early_fraud_warnings/object
 */
export function closeInquiries({ account }: Context, charge: Stored): void {
  if (charge['refunded'] !== true) return;
  for (const warning of account.all('radar.early_fraud_warning'))
    if (warning['charge'] === charge.id) warning['actionable'] = false;
  for (const dispute of account.all('dispute'))
    if (dispute['charge'] === charge.id && String(dispute['status']).startsWith('warning_')) lose(dispute, true);
}

/** POST /v1/disputes/{id}/close: it is lost permanently. https://docs.stripe.com/api/disputes/close */
function closeDispute(context: Context, id: string): Stored {
  const dispute = inPath(context, 'dispute', id, 'dispute');
  if (CLOSED_STATUSES.includes(dispute['status'])) throw bad('This dispute is already closed');
  lose(dispute, String(dispute['status']).startsWith('warning_'));
  return dispute;
}

export const disputes: Feature = {
  entities: { Dispute: { update: updateDispute } },
  actions: { '/v1/disputes/{id}/close': closeDispute },
};
