import { base64Length, FILE_NAME_PATTERN, MEDIA_TYPE_PATTERN } from '../../../catalog/file-inputs.ts';
import type { TextForm } from '../../../catalog/types.ts';
import type { RequestLimits } from '../limits.ts';
import { isWellFormed, type ReadScalar } from './scalars.ts';

const FILE_NAME = new RegExp(FILE_NAME_PATTERN, 'u');
const MEDIA_TYPE = new RegExp(MEDIA_TYPE_PATTERN, 'u');

/** Validates a string with a format. Text in another format is an error and is not corrected. */
export function readTextForm(form: TextForm, value: unknown, limits: RequestLimits): ReadScalar {
  switch (form) {
    case 'base64':
      return readBase64(value, limits);
    case 'fileName':
      return readMatching(
        FILE_NAME,
        value,
        'must be a string of 1 to 255 characters without quotes, backslashes and control characters',
      );
    case 'mediaType':
      return readMatching(MEDIA_TYPE, value, 'must be a media type without parameters, such as application/pdf');
  }
}

function readMatching(pattern: RegExp, value: unknown, problem: string): ReadScalar {
  return typeof value === 'string' && isWellFormed(value) && pattern.test(value) ? { value } : { problem };
}

/**
 * Validates base64. The text must equal its decoded bytes encoded again, because Node's decoder skips invalid
 * characters.
 */
function readBase64(value: unknown, { maxFileBytes }: RequestLimits): ReadScalar {
  const tooLarge = { problem: `must have at most ${maxFileBytes} bytes` };
  if (value === '') return { problem: 'must not be empty; a file has at least one byte' };
  if (typeof value !== 'string') return NOT_BASE64;
  if (value.length > base64Length(maxFileBytes)) return tooLarge;
  const bytes = Buffer.from(value, 'base64');
  if (bytes.toString('base64') !== value) return NOT_BASE64;
  return bytes.length > maxFileBytes ? tooLarge : { value };
}

const NOT_BASE64 = {
  problem: 'must be canonical base64: A-Z a-z 0-9 + /, padded with =, without line breaks',
};
