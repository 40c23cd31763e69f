/** Maximum length of a clause that is shown on one line of a terminal. */
const MAX_SHOWN_CLAUSE = 160;

/**
 * Returns the clause with a caret under the position that the message names. Empty if the message names no position, or
 * if the clause does not fit on one line.
 */
export function clauseWithCaret(message: string, clause: unknown): string {
  const [, position] = message.startsWith('--where: ') ? (/ at (\d{1,6})$/.exec(message) ?? []) : [];
  if (position === undefined || typeof clause !== 'string' || clause.length > MAX_SHOWN_CLAUSE) return '';
  // A control character would move the caret.
  if (/\p{Cc}/u.test(clause)) return '';
  return `\n  ${clause}\n  ${' '.repeat(Number(position) - 1)}^`;
}
