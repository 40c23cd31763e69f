/**
 * What a request body may be, checked before the framework's parser sees it: the parser takes up to 1 GiB (after
 * inflation) and any depth.
 */
import type { IncomingMessage } from 'node:http';

/** Nested objects and arrays at most. */
export const DEEPEST = 64;

/** Why a body is refused. */
export type BodyRefusal = 'encoding' | 'too large' | 'too deep';

/** Far over the framework's own limit, so that its parser refuses without reading. */
const REFUSED_LENGTH = String(2 ** 40);

/** Guards one body; what it answers tells, once the body is read, why it was refused. */
export function guardBody(request: IncomingMessage, mostBytes: number): () => BodyRefusal | undefined {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    request.headers['content-encoding'] = 'refused';
    return () => 'encoding';
  }
  if (Number(request.headers['content-length'] ?? 0) > mostBytes) {
    request.headers['content-length'] = REFUSED_LENGTH;
    return () => 'too large';
  }
  return watch(request, mostBytes);
}

/**
 * Counts and measures what comes. From the first byte too many, or the first bracket too deep, the rest is dropped. The
 * answer waits for the body's end, because a connection that is closed while the caller still sends would take the
 * answer with it.
 */
function watch(request: IncomingMessage, mostBytes: number): () => BodyRefusal | undefined {
  const push = request.push.bind(request);
  const nesting = new Nesting();
  let bytes = 0;
  let refusal: BodyRefusal | undefined;
  request.push = (chunk: Buffer | null) => {
    if (chunk !== null && refusal === undefined) {
      bytes += chunk.length;
      if (bytes > mostBytes) refusal = 'too large';
      else if (nesting.deepest(chunk) > DEEPEST) refusal = 'too deep';
    }
    if (refusal === undefined) return push(chunk);
    if (chunk !== null) return true;
    // No JSON ends with this byte: the parser refuses what came before, whole or not.
    push(Buffer.from('\u0000'));
    return push(null);
  };
  return () => refusal;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/** How deep a JSON text is nested, byte by byte as it comes. No byte of a longer UTF-8 character looks like a bracket. */
export class Nesting {
  private depth = 0;
  private deepestYet = 0;
  private inText = false;
  private escaped = false;

  /** The greatest depth so far, this chunk included. */
  deepest(chunk: Uint8Array): number {
    for (const byte of chunk) {
      if (this.escaped) this.escaped = false;
      else if (this.inText) {
        if (byte === BACKSLASH) this.escaped = true;
        else if (byte === QUOTE) this.inText = false;
      } else if (byte === QUOTE) this.inText = true;
      else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) {
        this.depth += 1;
        if (this.depth > this.deepestYet) this.deepestYet = this.depth;
      } else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) this.depth -= 1;
    }
    return this.deepestYet;
  }
}
