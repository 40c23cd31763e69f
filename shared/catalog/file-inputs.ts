/**
 * How a file stands in a JSON body. Stripe takes it as a part of a multipart form (`FileData` of the SDK); here it is three
 * inputs. Sources: https://docs.stripe.com/api/files/create, https://docs.stripe.com/file-upload
 */
import type { Fields } from './types.ts';

/** Bytes of a file at most. */
export const MAX_FILE_BYTES = 10 * 1024 * 1024;

/** Characters of base64 that hold so many bytes. RFC 4648 section 4 */
export const MAX_BASE64_LENGTH = 4 * Math.ceil(MAX_FILE_BYTES / 3);

/**
 * Canonical base64: padded, and without bits that say nothing. RFC 4648 sections 3.5 and 4. That its length is a multiple of
 * four is checked apart: a pattern that counts by a group runs out of stack in a text of some megabytes.
 */
export const BASE64_PATTERN = '^[A-Za-z0-9+/]*(?:[AQgw]==|[AEIMQUYcgkosw048]=)?$';

/** What may stand between the quotes of `filename="..."` as it is, in every parser. RFC 7578 section 4.2 */
export const FILE_NAME_PATTERN = '^[^"\\\\\\u0000-\\u001f\\u007f-\\u009f]{1,255}$';

/** A type and a subtype without parameters. RFC 6838 section 4.2 */
export const MEDIA_TYPE_PATTERN = '^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}$';

/** In place of the one parameter that carries the file at Stripe. */
export const FILE_INPUTS: Fields = {
  content: { type: { text: 'base64' }, required: true },
  file_name: { type: { text: 'fileName' } },
  content_type: { type: { text: 'mediaType' } },
};

/** What the SDK sends where the caller does not say. */
export const UNNAMED_FILE = { name: 'blob', type: 'application/octet-stream' } as const;
