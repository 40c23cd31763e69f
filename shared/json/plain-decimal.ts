/** A number with a larger exponent is no amount, percentage or quantity. */
const MAX_DIGITS = 400;

/**
 * Returns the canonical decimal of a JSON number: no exponent, no redundant zeros, no `-0`. `1.50` becomes `1.5`,
 * `1e-7` becomes `0.0000001`. A number with an exponent beyond `MAX_DIGITS` is returned unchanged: no double is that
 * large or small.
 */
export function plainDecimal(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const all = whole + fraction;
  const digits = all.replace(/^0+/, '');
  if (digits === '') return '0';
  const point = whole.length + Number(exponent);
  if (Math.abs(Number(exponent)) > MAX_DIGITS) return text;
  const padded = point <= 0 ? '0'.repeat(1 - point) + all : all.padEnd(point, '0');
  const at = Math.max(1, point);
  const integer = padded.slice(0, at).replace(/^0+(?=\d)/, '');
  const rest = withoutEndingZeros(padded.slice(at));
  return `${sign}${integer}${rest === '' ? '' : `.${rest}`}`;
}

function withoutEndingZeros(digits: string): string {
  let end = digits.length;
  while (end > 0 && digits[end - 1] === '0') end -= 1;
  return digits.slice(0, end);
}
