import { inPath, make, type Context } from '../context.ts';
import { bad } from '../refusal.ts';
import { isPlain, type Stored } from '../store.ts';

/** What a file of each type begins with; Stripe looks at the content, not at what the caller says of it. */
const TYPES: readonly (readonly [begins: string, type: string])[] = [
  ['%PDF-', 'pdf'],
  ['\x89PNG', 'png'],
  ['\xff\xd8\xff', 'jpg'],
];

/** POST /v1/files. https://docs.stripe.com/api/files/create */
export function createFile(context: Context): Stored {
  const { content, file_name: name, content_type: _said, file_link_data: link, ...params } = context.params;
  if (typeof content !== 'string')
    throw bad('Missing required param: file.', { code: 'parameter_missing', param: 'file' });
  const bytes = Buffer.from(content, 'base64');
  const begins = bytes.toString('latin1', 0, 8);
  const file = make(context, 'File', params);
  Object.assign(file, {
    filename: name ?? null,
    size: bytes.length,
    title: null,
    type: TYPES.find(([magic]) => begins.startsWith(magic))?.[1] ?? 'txt',
    url: `https://files.stripe.com/v1/files/${file.id}/contents`,
  });
  if (isPlain(link) && link['create'] === true) {
    const { create: _create, ...rest } = link;
    Object.assign(make(context, 'FileLink', rest), { file: file.id });
  }
  return file;
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
