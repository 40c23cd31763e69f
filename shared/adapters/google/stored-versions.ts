/** Schema versions of the stored documents. A reader that finds a newer version than its own fails. */
export const OPERATION_VERSION = 2;
export const DEAD_LETTER_VERSION = 1;
export const INBOX_VERSION = 1;
export const RING_VERSION = 1;
export const POSITIONS_VERSION = 2;
