/**
 * Reads `multipart/form-data` as a server does: by the boundary alone. RFC 7578, RFC 2046 section 5.1.1. Written apart from
 * the connector's encoder, so that one mistake does not hide the other.
 */
import { bad } from '../../refusal.ts';

export interface FormPart {
  readonly name: string;
  readonly fileName: string | undefined;
  readonly type: string | undefined;
  readonly content: Buffer;
}

/** In quotes, a boundary may contain spaces. RFC 2046 section 5.1.1 */
export function boundaryOf(contentType: string | undefined): string | undefined {
  const match = /^multipart\/form-data\s*;\s*boundary=(?:"([^"]{1,70})"|([^\s";]{1,70}))\s*$/i.exec(contentType ?? '');
  return match?.[1] ?? match?.[2];
}

export function parseParts(body: Buffer, boundary: string): FormPart[] {
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  // The first delimiter may stand at the very beginning, without a line break before it.
  const whole = Buffer.concat([Buffer.from('\r\n'), body]);
  const parts: FormPart[] = [];
  let at = whole.indexOf(delimiter);
  for (;;) {
    const after = at + delimiter.length;
    if (at < 0) throw bad('Invalid multipart body: the closing boundary is missing');
    if (whole.toString('latin1', after, after + 2) === '--') return parts;
    if (whole.toString('latin1', after, after + 2) !== '\r\n') throw bad('Invalid multipart body: bad boundary line');
    const next = whole.indexOf(delimiter, after);
    if (next < 0) throw bad('Invalid multipart body: the closing boundary is missing');
    parts.push(partOf(whole.subarray(after + 2, next)));
    at = next;
  }
}

function partOf(bytes: Buffer): FormPart {
  const cut = bytes.indexOf('\r\n\r\n');
  if (cut < 0) throw bad('Invalid multipart body: a part has no head');
  const heads = bytes.toString('utf8', 0, cut).split('\r\n');
  const disposition = heads.find((line) => /^content-disposition:/i.test(line)) ?? '';
  const name = /[;\s]name="([^"]*)"/i.exec(disposition)?.[1];
  if (name === undefined) throw bad('Invalid multipart body: a part has no name');
  return {
    name,
    fileName: /[;\s]filename="([^"]*)"/i.exec(disposition)?.[1],
    type: heads
      .find((line) => /^content-type:/i.test(line))
      ?.slice('content-type:'.length)
      .trim(),
    content: bytes.subarray(cut + 4),
  };
}

/** The form unchanged: a file is base64 under its part's name. */
export function formAsSent(parts: readonly FormPart[]): string {
  return encoded(
    parts.map(({ name, fileName, content }) => [name, content.toString(fileName === undefined ? 'utf8' : 'base64')]),
  );
}

/**
 * The form that the routes take. The catalog has the inputs `content`, `file_name` and `content_type` in place of the
 * part `file`, so the sandbox's routes take those.
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
  return encoded(pairs);
}

function encoded(pairs: readonly (readonly string[])[]): string {
  return pairs.map((pair) => pair.map((one) => encodeURIComponent(one)).join('=')).join('&');
}
