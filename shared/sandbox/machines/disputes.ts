import { inPath, make, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import { bad, missing } from '../refusal.ts';
import { isPlain, type Stored } from '../store.ts';

/** Bytes of all files of a dispute at most. https://docs.stripe.com/disputes/responding */
const MOST_EVIDENCE = 4.5 * 1024 * 1024;

const CLOSED: readonly unknown[] = ['won', 'lost', 'warning_closed', 'prevented'];

/** What becomes of a test dispute by its text. https://docs.stripe.com/testing#disputes */
const OUTCOMES: Readonly<Record<string, string>> = { winning_evidence: 'won', losing_evidence: 'lost' };

/** The payer of a test card disputes the charge at once. */
export function dispute(context: Context, charge: Stored, reason: string): void {
  charge['disputed'] = true;
  const made = make(context, 'Dispute');
  Object.assign(made, {
    amount: charge['amount'],
    charge: charge.id,
    currency: charge['currency'],
    payment_intent: charge['payment_intent'],
    reason,
    status: 'needs_response',
    is_charge_refundable: false,
    metadata: {},
  });
  Object.assign(made['evidence_details'] as object, {
    due_by: context.now + 9 * 86_400,
    submission_method: 'not_submitted',
  });
}

/** POST /v1/disputes/{id}: evidence is handed in unless `submit` is false. https://docs.stripe.com/api/disputes/update */
export function updateDispute(context: Context, object: Stored): void {
  const { evidence, submit } = context.params;
  if (evidence === undefined && submit !== true) return;
  if (CLOSED.includes(object['status'])) throw bad('This dispute is already closed', { param: 'evidence' });
  const given = isPlain(evidence) ? evidence : {};
  const all = { ...(object['evidence'] as Record<string, unknown>), ...given };
  checkFiles(context, all);
  const details = object['evidence_details'] as Record<string, unknown>;
  details['has_evidence'] = true;
  if (submit === false) return;
  Object.assign(details, {
    submission_count: Number(details['submission_count']) + 1,
    submission_method: 'manual',
  });
  object['status'] = OUTCOMES[String(all['uncategorized_text'])] ?? 'under_review';
}

/** Every file of the evidence is there, was uploaded as evidence, and all are small enough. */
function checkFiles(context: Context, evidence: Readonly<Record<string, unknown>>): void {
  const files = fileFields(context).flatMap((name) => {
    const id = evidence[name];
    if (typeof id !== 'string' || id === '') return [];
    const file = context.account.get('file', id);
    if (file === undefined) throw missing('file', id, `evidence[${name}]`, true);
    if (file['purpose'] !== 'dispute_evidence' && file['purpose'] !== name)
      throw bad(`The file ${id} has the purpose ${String(file['purpose'])}, not dispute_evidence.`, {
        param: `evidence[${name}]`,
      });
    return [file];
  });
  const bytes = files.reduce((sum, file) => sum + Number(file['size']), 0);
  // https://github.com/Automattic/woocommerce-payments/issues/559
  if (bytes > MOST_EVIDENCE)
    throw bad(
      "The files you've attached to this dispute as evidence will exceed the limit for a dispute's total size. Try using smaller files as evidence. Hint: if you've attached images, you might want to try providing them in lower resolutions.",
      { param: 'evidence' },
    );
}

/** The fields of the evidence that hold a file's id. */
function fileFields({ entity }: Context): readonly string[] {
  const type = entity('Dispute').fields['evidence']?.type;
  if (typeof type !== 'object' || !('object' in type)) return [];
  return Object.entries(type.object).flatMap(([name, { type: inner }]) =>
    typeof inner === 'object' && 'reference' in inner && inner.reference === 'File' ? [name] : [],
  );
}

/** POST /v1/disputes/{id}/close: it is lost for good. https://docs.stripe.com/api/disputes/close */
export function closeDispute(context: Context, id: string): Stored {
  const object = inPath(context, 'dispute', id, 'dispute');
  if (CLOSED.includes(object['status'])) throw bad('This dispute is already closed');
  return Object.assign(object, { status: 'lost' });
}

export const disputes: Feature = {
  entities: { Dispute: { update: updateDispute } },
  actions: { '/v1/disputes/{id}/close': closeDispute },
};
