/**
 * Limits a request body before the framework parses it. The framework's parser accepts up to 1 GiB (after inflation)
 * and any depth.
 */
import type { IncomingMessage } from 'node:http';
import { MAX_DEPTH, MAX_VALUES } from '../../bounds.ts';
import { Nesting } from '../../json/nesting.ts';

/** Why a body is rejected. */
export type BodyRejection = 'encoding' | 'too large' | 'too deep' | 'too many values';

/** A length above the framework's own limit, so that its parser rejects the body without reading it. */
const REJECTED_LENGTH = String(2 ** 40);

/** Limits a body. After the body was read, the returned function returns why it was rejected, or undefined. */
export function limitBody(request: IncomingMessage, maxBytes: number): () => BodyRejection | undefined {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    request.headers['content-encoding'] = 'rejected';
    return () => 'encoding';
  }
  if (!normalizeCharset(request)) {
    request.headers['content-encoding'] = 'rejected';
    return () => 'encoding';
  }
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) {
    request.headers['content-length'] = REJECTED_LENGTH;
    return () => 'too large';
  }
  return limitChunks(request, maxBytes);
}

/** Labels of UTF-8 and of ASCII. Every ASCII text is also UTF-8. https://encoding.spec.whatwg.org/#names-and-labels */
const UTF8: ReadonlySet<string> = new Set(['utf-8', 'utf8', 'unicode-1-1-utf-8', 'us-ascii', 'ascii']);

/**
 * Replaces a label of UTF-8 in the content type by `utf-8`, because the framework's parser does not recognize every
 * label. JSON without a charset is UTF-8 (RFC 8259 8.1).
 *
 * @returns false if the charset is not UTF-8. The framework's parser also accepts UTF-7, UTF-16 and UTF-32, in which
 *   brackets cannot be counted by bytes.
 */
function normalizeCharset({ headers }: IncomingMessage): boolean {
  const type = headers['content-type'];
  const match = /;\s*charset\s*=\s*"?([^\s";]{1,40})/i.exec(type ?? '');
  if (type === undefined || match === null) return true;
  if (!UTF8.has((match[1] ?? '').toLowerCase())) return false;
  headers['content-type'] = `${type.slice(0, match.index)}; charset=utf-8`;
  return true;
}

/**
 * Counts bytes, values and depth of the incoming chunks. After the first violation it drops the rest of the body.
 *
 * The response is sent after the end of the body. If the server closed the connection earlier, a caller that still
 * sends would not receive the response.
 */
function limitChunks(request: IncomingMessage, maxBytes: number): () => BodyRejection | undefined {
  const push = request.push.bind(request);
  const nesting = new Nesting();
  let bytes = 0;
  let rejection: BodyRejection | undefined;
  request.push = (chunk: Buffer | null) => {
    if (chunk !== null && rejection === undefined) {
      bytes += chunk.length;
      if (bytes > maxBytes) rejection = 'too large';
      else if (nesting.addChunk(chunk) > MAX_DEPTH) rejection = 'too deep';
      else if (nesting.separators > MAX_VALUES) rejection = 'too many values';
    }
    if (rejection === undefined) return push(chunk);
    if (chunk !== null) return true;
    // No valid JSON ends with this byte, so the parser rejects the body even if the part before is complete.
    push(Buffer.from('\u0000'));
    return push(null);
  };
  return () => rejection;
}
