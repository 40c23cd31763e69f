import { inPath, make, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import { bad } from '../refusal.ts';
import { isHash, type Stored } from '../store.ts';
import { formatOf, MIME_TYPES, PURPOSES, type PurposeRule } from './file-purposes.ts';
import { DAY } from '../seconds.ts';

/** POST /v1/files. https://docs.stripe.com/api/files/create */
export function createFile(context: Context): Stored {
  const { content, file_name: name, content_type: _said, file_link_data: link, ...params } = context.params;
  if (typeof content !== 'string')
    throw bad('Missing required param: file.', { code: 'parameter_missing', param: 'file' });
  const bytes = Buffer.from(content, 'base64');
  const purpose = String(params['purpose']);
  const rule = PURPOSES[purpose] ?? {};
  checkUpload(bytes, purpose, rule);
  const linked = isHash(link) && link['create'] === true ? link : undefined;
  if (linked !== undefined && rule.linked !== true)
    throw bad(`A file link cannot be created for a file with the purpose ${purpose}.`, {
      param: 'file_link_data[create]',
    });
  const file = make(context, 'File', params);
  Object.assign(file, {
    expires_at: rule.expiresAfterDays === undefined ? null : context.now + rule.expiresAfterDays * DAY,
    filename: name ?? null,
    size: bytes.length,
    title: null,
    type: formatOf(bytes) ?? 'txt',
    url: `https://files.stripe.com/v1/files/${file.id}/contents`,
  });
  if (linked !== undefined) {
    const { create: _create, ...rest } = linked;
    Object.assign(make(context, 'FileLink', rest), { file: file.id });
  }
  return file;
}

/** Stripe's words of a format: https://github.com/stripe/stripe-dotnet/issues/1278 */
function checkUpload(bytes: Buffer, purpose: string, { formats, mostBytes }: PurposeRule): void {
  if (bytes.length === 0) throw bad('The file is empty.', { param: 'file' });
  if (mostBytes !== undefined && bytes.length > mostBytes)
    throw bad(`The file is larger than ${mostBytes} bytes, the most for the purpose ${purpose}.`, { param: 'file' });
  const format = formatOf(bytes);
  if (formats === undefined || (format !== undefined && formats.includes(format))) return;
  const types = formats.map((one) => MIME_TYPES[one]).join(', ');
  throw bad(
    `We don't currently support that file type. Try uploading a file with one of the following mimetypes: ${types}.`,
    { param: 'file' },
  );
}

/** GET /v1/quotes/{id}/pdf: of a quote that is finalized. https://docs.stripe.com/api/quotes/pdf */
export function quotePdf(context: Context, id: string): Buffer {
  const quote = inPath(context, 'quote', id, 'quote');
  if (quote['number'] === null) throw bad('A quote must be finalized before its PDF can be downloaded.');
  return pdf(`Quote ${String(quote['number'])}`);
}

/** A PDF of one page with one line. ISO 32000-1 */
function pdf(text: string): Buffer {
  const shown = `BT /F1 24 Tf 72 720 Td (${text.replace(/[()\\]/g, '\\$&')}) Tj ET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${shown.length} >>\nstream\n${shown}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  // Bytes beyond ASCII in the second line mark a binary file.
  let body = '%PDF-1.4\n%\xe2\xe3\xcf\xd3\n';
  const offsets = objects.map((object, index) => {
    const at = body.length;
    body += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(at).padStart(10, '0')} 00000 n \n`;
  });
  const table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${offsets.join('')}`;
  const trailer = `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${body.length}\n%%EOF\n`;
  return Buffer.from(body + table + trailer, 'latin1');
}

export const files: Feature = {
  entities: { File: { create: createFile } },
  actions: { '/v1/quotes/{id}/pdf': quotePdf },
};
