/** Secrets by their pattern: keys, webhook secrets, client secrets, card numbers. For texts that we did not write. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/\b(sk|rk|pk)_(test|live)_[A-Za-z0-9*_]+/g, '$1_$2_[redacted]'],
  [/\bwhsec_[A-Za-z0-9+/=]+/g, 'whsec_[redacted]'],
  [/_secret_[A-Za-z0-9]+/g, '_secret_[redacted]'],
  [/\b\d(?:[ -]?\d){12,18}\b/g, '[redacted]'],
  [/[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}/g, '[redacted]'],
];

export function redact(text: string): string {
  return SECRETS.reduce((clean, [pattern, mark]) => clean.replace(pattern, mark), text);
}
