/**
 * The three inputs with which a caller sends a file in a JSON body. Stripe itself accepts a file only as a part of a
 * multipart form (the SDK's type `FileData`). Sources: https://docs.stripe.com/api/files/create,
 * https://docs.stripe.com/file-upload
 */
import type { Fields } from './types.ts';

/** Returns the length of the base64 text of a file. RFC 4648 section 4 */
export function base64Length(bytes: number): number {
  return 4 * Math.ceil(bytes / 3);
}

/**
 * Pattern of canonical base64: padded, with unused bits set to zero. RFC 4648 sections 3.5 and 4. The pattern does not
 * check that the length is a multiple of four, because a pattern that repeats a group of four exhausts the stack on
 * megabytes of text. The connector checks the length separately.
 */
export const BASE64_PATTERN = '^[A-Za-z0-9+/]*(?:[AQgw]==|[AEIMQUYcgkosw048]=)?$';

/** Pattern of a file name that every parser reads unchanged in `filename="..."`. RFC 7578 section 4.2 */
export const FILE_NAME_PATTERN = '^[^"\\\\\\u0000-\\u001f\\u007f-\\u009f]{1,255}$';

/** Pattern of a media type without parameters: a type and a subtype. RFC 6838 section 4.2 */
export const MEDIA_TYPE_PATTERN = '^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}$';

/** The inputs that replace Stripe's file parameter. */
export const FILE_INPUTS: Fields = {
  content: { type: { text: 'base64' }, required: true },
  file_name: { type: { text: 'fileName' } },
  content_type: { type: { text: 'mediaType' } },
};

/** The SDK's defaults for the name and type of a file. */
export const UNNAMED_FILE = { name: 'blob', type: 'application/octet-stream' } as const;
