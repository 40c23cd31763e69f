/** Credentials by their pattern: keys, webhook secrets, client secrets. For texts that we did not write. */
const CREDENTIALS: readonly (readonly [RegExp, string])[] = [
  [/\b(sk|rk|pk)_(test|live)_[A-Za-z0-9*_]+/g, '$1_$2_[redacted]'],
  [/\bwhsec_[A-Za-z0-9+/=]+/g, 'whsec_[redacted]'],
  [/_secret_[A-Za-z0-9]+/g, '_secret_[redacted]'],
];
const CARD = /\b\d(?:[ -]?\d){12,18}\b/g;
const EMAIL = /[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}/g;

/** The text without credentials, card numbers and e-mail addresses. */
export function redact(text: string): string {
  return CREDENTIALS.reduce((clean, [pattern, mark]) => clean.replace(pattern, mark), text)
    .replace(CARD, (digits) => (isCard(digits) ? '[redacted]' : digits))
    .replace(EMAIL, '[redacted]');
}

/** Whether a text holds what must be kept nowhere: credentials or card numbers. */
export function carriesSecret(text: string): boolean {
  return (
    CREDENTIALS.some(([pattern]) => text.search(pattern) >= 0) ||
    [...text.matchAll(CARD)].some(([digits]) => isCard(digits))
  );
}

/** Luhn's check: the last digit of a card number is told from the others. ISO/IEC 7812-1 */
function isCard(digits: string): boolean {
  const reversed = (digits.match(/\d/g) ?? []).reverse().map(Number);
  const sum = reversed.reduce((total, digit, index) => {
    if (index % 2 === 0) return total + digit;
    return total + (digit > 4 ? digit * 2 - 9 : digit * 2);
  }, 0);
  return sum % 10 === 0;
}
