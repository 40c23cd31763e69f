import { objectInPath, type Context } from '../../context.ts';
import type { Feature } from '../../feature.ts';
import { badRequest } from '../../api-error.ts';
import { isHash, type StoredObject } from '../../store.ts';
import { reinstateDisputedAmount, withdrawDisputedAmount } from './disputed-amounts.ts';
import { checkFiles, checkTexts } from './evidence-files.ts';

const CLOSED_STATUSES: readonly unknown[] = ['won', 'lost', 'warning_closed', 'prevented'];

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

/**
 * POST /v1/disputes/{id}/close accepts the dispute. The dispute is then lost, or an inquiry is closed.
 * https://docs.stripe.com/api/disputes/close
 */
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
