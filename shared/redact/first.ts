/**
 * Returns the first match of a global pattern; its `exec` finds the others. `matchAll` would copy the pattern each
 * time, which is half the cost of a short text.
 */
export function firstMatch(pattern: RegExp, text: string): RegExpExecArray | null {
  pattern.lastIndex = 0;
  return pattern.exec(text);
}
