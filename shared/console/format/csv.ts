/**
 * A spreadsheet runs a text that begins like this as a formula, which can send other cells to a server or start a program.
 * https://owasp.org/www-community/attacks/CSV_Injection
 */
const FORMULA_START = /^[=+\-@\t\r\n＝＋－＠]/;
/** A number with a sign, or an amount with its currency: `-12.50`, `-12.50 USD`. It is no formula. */
const SIGNED_NUMBER = /^[+-]\d+(\.\d+)?( [A-Z]{3})?$/;

/**
 * Returns a field of CSV as in RFC 4180. A text that a spreadsheet would run is preceded by an apostrophe, unless the
 * field is `raw`. Numbers stay as they are.
 */
export function csvField(value: unknown, raw = false): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  const isFormula = typeof value === 'string' && FORMULA_START.test(text) && !SIGNED_NUMBER.test(text);
  const shown = isFormula && !raw ? `'${text}` : text;
  return /[",\r\n]|^\s|\s$/.test(shown) ? `"${shown.replaceAll('"', '""')}"` : shown;
}
