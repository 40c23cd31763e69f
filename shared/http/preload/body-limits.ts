/**
 * What a request body may be, checked before the framework's parser sees it: the parser takes up to 1 GiB (after
 * inflation) and any depth.
 */
import type { IncomingMessage } from 'node:http';
import { MAX_DEPTH, MAX_VALUES } from '../../bounds.ts';
import { Nesting } from '../../json/nesting.ts';

/** Why a body is refused. */
export type BodyRejection = 'encoding' | 'too large' | 'too deep' | 'too many values';

/** Far over the framework's own limit, so that its parser refuses without reading. */
const REFUSED_LENGTH = String(2 ** 40);

/** Guards one body; what it answers tells, once the body is read, why it was refused. */
export function limitBody(request: IncomingMessage, mostBytes: number): () => BodyRejection | undefined {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    request.headers['content-encoding'] = 'refused';
    return () => 'encoding';
  }
  if (!isUtf8(request)) {
    request.headers['content-encoding'] = 'refused';
    return () => 'encoding';
  }
  if (Number(request.headers['content-length'] ?? 0) > mostBytes) {
    request.headers['content-length'] = REFUSED_LENGTH;
    return () => 'too large';
  }
  return watch(request, mostBytes);
}

/** Labels of UTF-8, and of ASCII, which it contains. https://encoding.spec.whatwg.org/#names-and-labels */
const UTF8: ReadonlySet<string> = new Set(['utf-8', 'utf8', 'unicode-1-1-utf-8', 'us-ascii', 'ascii']);

/**
 * Whether the body says that it is UTF-8, or says nothing: JSON is (RFC 8259 8.1). The framework's parser takes UTF-7, 16
 * and 32 too, in which brackets cannot be counted, and does not know every label of UTF-8: it gets the one that it knows.
 */
function isUtf8({ headers }: IncomingMessage): boolean {
  const type = headers['content-type'];
  const match = /;\s*charset\s*=\s*"?([^\s";]{1,40})/i.exec(type ?? '');
  if (type === undefined || match === null) return true;
  if (!UTF8.has((match[1] ?? '').toLowerCase())) return false;
  headers['content-type'] = `${type.slice(0, match.index)}; charset=utf-8`;
  return true;
}

/**
 * Counts and measures what comes. From the first byte or value too many, or the first bracket too deep, the rest is dropped. The
 * answer waits for the body's end, because a connection that is closed while the caller still sends would take the
 * answer with it.
 */
function watch(request: IncomingMessage, mostBytes: number): () => BodyRejection | undefined {
  const push = request.push.bind(request);
  const nesting = new Nesting();
  let bytes = 0;
  let refusal: BodyRejection | undefined;
  request.push = (chunk: Buffer | null) => {
    if (chunk !== null && refusal === undefined) {
      bytes += chunk.length;
      if (bytes > mostBytes) refusal = 'too large';
      else if (nesting.deepest(chunk) > MAX_DEPTH) refusal = 'too deep';
      else if (nesting.separators > MAX_VALUES) refusal = 'too many values';
    }
    if (refusal === undefined) return push(chunk);
    if (chunk !== null) return true;
    // No JSON ends with this byte: the parser refuses what came before, whole or not.
    push(Buffer.from('\u0000'));
    return push(null);
  };
  return () => refusal;
}
