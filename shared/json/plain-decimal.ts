/** Maximum absolute value of an exponent that `plainDecimal` expands. */
const MAX_EXPONENT = 400;

/**
 * Returns the canonical decimal of a JSON number: no exponent, no redundant zeros, no `-0`. `1.50` becomes `1.5`,
 * `1e-7` becomes `0.0000001`. A number other than 0 with an exponent beyond `MAX_EXPONENT` is returned unchanged,
 * because the result could have as many zeros as the exponent says.
 */
export function plainDecimal(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const allDigits = whole + fraction;
  const digits = allDigits.replace(/^0+/, '');
  if (digits === '') return '0';
  const point = whole.length + Number(exponent);
  if (Math.abs(Number(exponent)) > MAX_EXPONENT) return text;
  const paddedDigits = point <= 0 ? '0'.repeat(1 - point) + allDigits : allDigits.padEnd(point, '0');
  const integerLength = Math.max(1, point);
  const integer = paddedDigits.slice(0, integerLength).replace(/^0+(?=\d)/, '');
  const decimals = withoutTrailingZeros(paddedDigits.slice(integerLength));
  return `${sign}${integer}${decimals === '' ? '' : `.${decimals}`}`;
}

/** Removes the zeros at the end of the digits. */
function withoutTrailingZeros(digits: string): string {
  let end = digits.length;
  while (end > 0 && digits[end - 1] === '0') end -= 1;
  return digits.slice(0, end);
}
