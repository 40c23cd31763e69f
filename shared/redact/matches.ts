/** Every match of a global pattern in a text. `matchAll` would copy the pattern each time: that is half the cost of a short text. */
export function matches(pattern: RegExp, text: string): readonly RegExpExecArray[] {
  pattern.lastIndex = 0;
  const first = pattern.exec(text);
  if (first === null) return NONE;
  const all = [first];
  for (let next = pattern.exec(text); next !== null; next = pattern.exec(text)) all.push(next);
  return all;
}
const NONE: readonly RegExpExecArray[] = [];
