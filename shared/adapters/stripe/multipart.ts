import { hash } from 'node:crypto';
import type { FilePart, Params } from '../../stripe/transport.ts';
import { toPairs } from './param-pairs.ts';

/** An encoded multipart form. */
export interface Multipart {
  /** Value of the Content-Type header. */
  readonly type: string;
  readonly body: Buffer;
}

/**
 * Encodes the parameters and the file as `multipart/form-data`.
 *
 * The SDK's encoder changes quotes in names, and does not check its random boundary against the content. This encoder
 * chooses a boundary that no part contains, and encodes equal requests as the same bytes. The caller must reject names
 * that are not allowed in a quoted string. RFC 7578, RFC 2046 section 5.1.1
 */
export function multipart(params: Params, file: FilePart): Multipart {
  const fields = toPairs(params).map(([name, value]) => encodePart(`name="${name}"`, [], Buffer.from(value)));
  const upload = encodePart(`name="${file.part}"; filename="${file.name}"`, [`Content-Type: ${file.type}`], file.bytes);
  const formParts = [...fields, upload];
  const boundary = boundaryFor(formParts.flat(), file.sha256);
  const delimiter = Buffer.from(`--${boundary}\r\n`);
  const chunks = formParts.flatMap((part) => [delimiter, ...part, END_OF_LINE]);
  return {
    type: `multipart/form-data; boundary=${boundary}`,
    body: Buffer.concat([...chunks, Buffer.from(`--${boundary}--\r\n`)]),
  };
}

const END_OF_LINE = Buffer.from('\r\n');

/** Returns the chunks of one part: its headers and its content. */
function encodePart(disposition: string, otherHeaders: readonly string[], content: Uint8Array): readonly Uint8Array[] {
  const headers = [`Content-Disposition: form-data; ${disposition}`, ...otherHeaders, '', ''].join('\r\n');
  return [Buffer.from(headers), content];
}

/**
 * Returns the first candidate boundary that no part contains. A candidate is a hash of the seed, so a part hardly ever
 * contains the first one.
 */
export function boundaryFor(contents: readonly Uint8Array[], seed: string): string {
  for (let attempt = 0; ; attempt += 1) {
    const boundary = `stripe-connector-${hash('sha256', `${seed} ${attempt}`).slice(0, 40)}`;
    if (
      !contents.some((content) =>
        Buffer.from(content.buffer, content.byteOffset, content.byteLength).includes(boundary),
      )
    )
      return boundary;
  }
}
