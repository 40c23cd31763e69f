/**
 * Parses `multipart/form-data` by its boundary. RFC 7578, RFC 2046 section 5.1.1. The parser shares no code with the
 * connector's encoder, so that a bug in one does not hide a bug in the other.
 */
import { badRequest } from '../../api-error.ts';

export interface FormPart {
  readonly name: string;
  readonly fileName: string | undefined;
  readonly type: string | undefined;
  readonly content: Buffer;
}

/** Returns the boundary of a content type. A quoted boundary may contain spaces. RFC 2046 section 5.1.1 */
export function boundaryOf(contentType: string | undefined): string | undefined {
  const match = /^multipart\/form-data\s*;\s*boundary=(?:"([^"]{1,70})"|([^\s";]{1,70}))\s*$/i.exec(contentType ?? '');
  return match?.[1] ?? match?.[2];
}

/** Splits a body into its parts. Throws if the body is malformed. */
export function parseParts(body: Buffer, boundary: string): FormPart[] {
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  // The first delimiter may be at the beginning of the body, without a line break before it.
  const fullBody = Buffer.concat([Buffer.from('\r\n'), body]);
  const parts: FormPart[] = [];
  let start = fullBody.indexOf(delimiter);
  for (;;) {
    const after = start + delimiter.length;
    if (start < 0) throw badRequest('Invalid multipart body: the closing boundary is missing');
    if (fullBody.toString('latin1', after, after + 2) === '--') return parts;
    if (fullBody.toString('latin1', after, after + 2) !== '\r\n')
      throw badRequest('Invalid multipart body: bad boundary line');
    const next = fullBody.indexOf(delimiter, after);
    if (next < 0) throw badRequest('Invalid multipart body: the closing boundary is missing');
    parts.push(partOf(fullBody.subarray(after + 2, next)));
    start = next;
  }
}

/** Parses one part of a body: its headers, an empty line, and the content. */
function partOf(bytes: Buffer): FormPart {
  const headerEnd = bytes.indexOf('\r\n\r\n');
  if (headerEnd < 0) throw badRequest('Invalid multipart body: a part has no headers');
  const headerLines = bytes.toString('utf8', 0, headerEnd).split('\r\n');
  const disposition = headerLines.find((line) => /^content-disposition:/i.test(line)) ?? '';
  const name = /[;\s]name="([^"]*)"/i.exec(disposition)?.[1];
  if (name === undefined) throw badRequest('Invalid multipart body: a part has no name');
  return {
    name,
    fileName: /[;\s]filename="([^"]*)"/i.exec(disposition)?.[1],
    type: headerLines
      .find((line) => /^content-type:/i.test(line))
      ?.slice('content-type:'.length)
      .trim(),
    content: bytes.subarray(headerEnd + 4),
  };
}

/** Encodes the parts as a form with the names that the client sent. The content of a file is encoded as base64. */
export function formAsSent(parts: readonly FormPart[]): string {
  return formEncoded(
    parts.map(({ name, fileName, content }) => [name, content.toString(fileName === undefined ? 'utf8' : 'base64')]),
  );
}

/**
 * Encodes the parts as the form that the routes accept. The part with the file becomes the parameters `content`,
 * `file_name` and, if the part has a type, `content_type`, which are the inputs in the catalog.
 */
export function formOf(parts: readonly FormPart[]): string {
  const pairs = parts.flatMap(({ name, fileName, type, content }) =>
    fileName === undefined
      ? [[name, content.toString('utf8')]]
      : [
          ['content', content.toString('base64')],
          ['file_name', fileName],
          ...(type === undefined ? [] : [['content_type', type]]),
        ],
  );
  return formEncoded(pairs);
}

function formEncoded(pairs: readonly (readonly string[])[]): string {
  return pairs.map((pair) => pair.map((text) => encodeURIComponent(text)).join('=')).join('&');
}
