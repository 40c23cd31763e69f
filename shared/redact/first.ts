/**
 * Returns the first match of a global pattern. Calls of `pattern.exec` return the other matches. This is faster than
 * `matchAll`, which copies the pattern: in a short text, the copy takes half the time of the search.
 */
export function firstMatch(pattern: RegExp, text: string): RegExpExecArray | null {
  pattern.lastIndex = 0;
  return pattern.exec(text);
}
