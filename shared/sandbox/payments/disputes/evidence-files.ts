import type { Context } from '../../context.ts';
import { badRequest, noSuchObject } from '../../api-error.ts';

/** Maximum total size of the files of a dispute. https://docs.stripe.com/disputes/responding */
const MAX_EVIDENCE_BYTES = 4.5 * 1024 * 1024;

/** Maximum total length of the texts of a dispute. https://docs.stripe.com/api/disputes/update#update_dispute-evidence */
const MAX_EVIDENCE_TEXT = 150_000;

/** Rejects evidence whose texts exceed the maximum total length. */
export function checkTexts(context: Context, evidence: Readonly<Record<string, unknown>>): void {
  const files = fileFields(context);
  const texts = Object.entries(evidence).flatMap(([name, value]) =>
    typeof value === 'string' && !files.includes(name) ? [value] : [],
  );
  const characters = texts.reduce((sum, text) => sum + text.length, 0);
  if (characters > MAX_EVIDENCE_TEXT)
    throw badRequest(
      `The combined character count of all evidence fields is limited to ${MAX_EVIDENCE_TEXT}, and is ${characters}.`,
      { param: 'evidence' },
    );
}

/** Checks that the files of the evidence exist, have the right purpose, and do not exceed the maximum total size. */
export function checkFiles(context: Context, evidence: Readonly<Record<string, unknown>>): void {
  const files = fileFields(context).flatMap((name) => {
    const id = evidence[name];
    if (typeof id !== 'string' || id === '') return [];
    const file = context.account.get('file', id);
    if (file === undefined) throw noSuchObject('file', id, `evidence[${name}]`, true);
    if (file['purpose'] !== 'dispute_evidence' && file['purpose'] !== name)
      throw badRequest(`The file ${id} has the purpose ${String(file['purpose'])}, not dispute_evidence.`, {
        param: `evidence[${name}]`,
      });
    return [file];
  });
  const bytes = files.reduce((sum, file) => sum + Number(file['size']), 0);
  // https://github.com/Automattic/woocommerce-payments/issues/559
  if (bytes > MAX_EVIDENCE_BYTES)
    throw badRequest(
      "The files you've attached to this dispute as evidence will exceed the limit for a dispute's total size. Try using smaller files as evidence. Hint: if you've attached images, you might want to try providing them in lower resolutions.",
      { param: 'evidence' },
    );
}

/** Returns the fields of the evidence that contain the id of a file. */
function fileFields({ entity }: Context): readonly string[] {
  const type = entity('Dispute').fields['evidence']?.type;
  if (typeof type !== 'object' || !('object' in type)) return [];
  return Object.entries(type.object).flatMap(([name, { type: fieldType }]) =>
    typeof fieldType === 'object' && 'reference' in fieldType && fieldType.reference === 'File' ? [name] : [],
  );
}
