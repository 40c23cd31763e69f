/**
 * Returns the first match of a global pattern. Calls of `pattern.exec` return the next matches. This is faster than
 * `matchAll`, which first copies the pattern. In a short text, half of the time would be spent on the copy.
 */
export function firstMatch(pattern: RegExp, text: string): RegExpExecArray | null {
  pattern.lastIndex = 0;
  return pattern.exec(text);
}
