const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/** How deep a JSON text is nested, and of how many values it is, byte by byte as it comes. No byte of a longer UTF-8 character looks like a bracket. */
export class Nesting {
  private depth = 0;
  private deepestYet = 0;
  private inText = false;
  private escaped = false;
  private commas = 0;

  /** Commas between values so far: an object or array of n has n - 1. */
  get separators(): number {
    return this.commas;
  }

  /** The greatest depth so far, this chunk included. The state is in variables meanwhile: a chunk may be a file of megabytes. */
  deepest(chunk: Uint8Array): number {
    let { depth, deepestYet, inText, escaped, commas } = this;
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at];
      if (escaped) escaped = false;
      else if (inText) {
        if (byte === BACKSLASH) escaped = true;
        else if (byte === QUOTE) inText = false;
      } else if (byte === QUOTE) inText = true;
      else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) {
        depth += 1;
        if (depth > deepestYet) deepestYet = depth;
      } else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) depth -= 1;
      else if (byte === COMMA) commas += 1;
    }
    Object.assign(this, { depth, deepestYet, inText, escaped, commas });
    return deepestYet;
  }
}

/** Whether a text of JSON is nested deeper than `most`, told before it is parsed. */
export function isDeeper(text: string, max: number): boolean {
  // Most texts are no JSON, or not enough of it.
  if (text.length <= max) return false;
  return new Nesting().deepest(Buffer.from(text)) > max;
}
