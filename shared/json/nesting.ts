const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * Measures depth and number of values of a JSON text, chunk by chunk. It compares bytes: no byte of a multi-byte UTF-8
 * character equals a bracket.
 */
export class Nesting {
  private depth = 0;
  private deepestYet = 0;
  private inText = false;
  private escaped = false;
  private commas = 0;

  /** Commas between values so far. An object or array of n values has n - 1. */
  get separators(): number {
    return this.commas;
  }

  /**
   * Returns the greatest depth so far, including this chunk. Local variables hold the state, because a chunk may be
   * megabytes.
   */
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

/** Returns whether a JSON text is nested deeper than `max`, without parsing it. */
export function isDeeper(text: string, max: number): boolean {
  // Most texts are too short for that depth.
  if (text.length <= max) return false;
  return new Nesting().deepest(Buffer.from(text)) > max;
}
