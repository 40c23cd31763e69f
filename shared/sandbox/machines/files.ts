import { objectInPath, makeObject, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import { badRequest, missingParam } from '../api-error.ts';
import { isHash, type StoredObject } from '../store.ts';
import { formatOf, MIME_TYPES, PURPOSES, type PurposeRule } from './file-purposes.ts';
import { DAY } from '../seconds.ts';

/** POST /v1/files. https://docs.stripe.com/api/files/create */
export function createFile(context: Context): StoredObject {
  const { content, file_name: name, content_type: _contentType, file_link_data: link, ...params } = context.params;
  if (typeof content !== 'string') throw missingParam('file');
  const bytes = Buffer.from(content, 'base64');
  const purpose = String(params['purpose']);
  const rule = PURPOSES[purpose] ?? {};
  checkUpload(bytes, purpose, rule);
  const linkParams = isHash(link) && link['create'] === true ? link : undefined;
  if (linkParams !== undefined && rule.allowsLink !== true)
    throw badRequest(`A file link cannot be created for a file with the purpose ${purpose}.`, {
      param: 'file_link_data[create]',
    });
  const file = makeObject(context, 'File', params);
  Object.assign(file, {
    expires_at: rule.expiresAfterDays === undefined ? null : context.now + rule.expiresAfterDays * DAY,
    filename: name ?? null,
    size: bytes.length,
    title: null,
    type: formatOf(bytes) ?? 'txt',
    url: `https://files.stripe.com/v1/files/${file.id}/contents`,
  });
  if (linkParams !== undefined) {
    const { create: _create, ...linkFields } = linkParams;
    Object.assign(makeObject(context, 'FileLink', linkFields), { file: file.id });
  }
  return file;
}

/** Checks the size and the content of a file. The text of the last error is from https://github.com/stripe/stripe-dotnet/issues/1278. */
function checkUpload(bytes: Buffer, purpose: string, { formats, maxBytes }: PurposeRule): void {
  if (bytes.length === 0) throw badRequest('The file is empty.', { param: 'file' });
  if (maxBytes !== undefined && bytes.length > maxBytes)
    throw badRequest(`The file is larger than ${maxBytes} bytes, the maximum for the purpose ${purpose}.`, {
      param: 'file',
    });
  const format = formatOf(bytes);
  if (formats === undefined || (format !== undefined && formats.includes(format))) return;
  const types = formats.map((candidate) => MIME_TYPES[candidate]).join(', ');
  throw badRequest(
    `We don't currently support that file type. Try uploading a file with one of the following mimetypes: ${types}.`,
    { param: 'file' },
  );
}

/** GET /v1/quotes/{id}/pdf. The quote must be finalized. https://docs.stripe.com/api/quotes/pdf */
export function quotePdf(context: Context, id: string): Buffer {
  const quote = objectInPath(context, 'quote', id, 'quote');
  if (quote['number'] === null) throw badRequest('A quote must be finalized before its PDF can be downloaded.');
  return onePagePdf(`Quote ${String(quote['number'])}`);
}

/** Returns a PDF of one page with one line of text. ISO 32000-1 */
function onePagePdf(text: string): Buffer {
  const pageContent = `BT /F1 24 Tf 72 720 Td (${text.replace(/[()\\]/g, '\\$&')}) Tj ET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${pageContent.length} >>\nstream\n${pageContent}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  // Bytes beyond ASCII in the second line mark a binary file.
  let body = '%PDF-1.4\n%\xe2\xe3\xcf\xd3\n';
  const offsets = objects.map((object, index) => {
    const offset = body.length;
    body += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(offset).padStart(10, '0')} 00000 n \n`;
  });
  const table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${offsets.join('')}`;
  const trailer = `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${body.length}\n%%EOF\n`;
  return Buffer.from(body + table + trailer, 'latin1');
}

export const files: Feature = {
  entities: { File: { create: createFile } },
  actions: { '/v1/quotes/{id}/pdf': quotePdf },
};
