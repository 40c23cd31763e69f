/** Schema versions of the stored documents. Reading a document of a newer version throws an error. */
export const OPERATION_VERSION = 2;
export const DEAD_LETTER_VERSION = 1;
export const INBOX_VERSION = 1;
export const RING_VERSION = 1;
export const POSITIONS_VERSION = 2;
