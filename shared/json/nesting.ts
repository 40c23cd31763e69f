const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * Measures the depth and the number of values of a JSON text, chunk by chunk. It compares bytes. This is safe, because
 * no byte of a multi-byte UTF-8 character equals an ASCII character such as a bracket.
 */
export class Nesting {
  private depth = 0;
  private maxDepth = 0;
  private inString = false;
  private escaped = false;
  private commas = 0;

  /** Number of commas between values so far. An object or array of n values has n - 1 commas. */
  get separators(): number {
    return this.commas;
  }

  /**
   * Reads the next chunk and returns the greatest depth so far. The loop uses local variables, which are faster than
   * fields: a chunk may have megabytes.
   */
  addChunk(chunk: Uint8Array): number {
    let { depth, maxDepth, inString, escaped, commas } = this;
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at];
      if (escaped) escaped = false;
      else if (inString) {
        if (byte === BACKSLASH) escaped = true;
        else if (byte === QUOTE) inString = false;
      } else if (byte === QUOTE) inString = true;
      else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) {
        depth += 1;
        if (depth > maxDepth) maxDepth = depth;
      } else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) depth -= 1;
      else if (byte === COMMA) commas += 1;
    }
    Object.assign(this, { depth, maxDepth, inString, escaped, commas });
    return maxDepth;
  }
}

/** Returns whether a JSON text is nested deeper than `max`, without parsing it. */
export function isNestedDeeper(text: string, max: number): boolean {
  // Each level needs a bracket, so a text that is not longer than `max` cannot be deeper.
  if (text.length <= max) return false;
  return new Nesting().addChunk(Buffer.from(text)) > max;
}
