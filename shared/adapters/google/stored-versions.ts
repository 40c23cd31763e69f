/** Schema versions of a stored operation, a dead letter, an event, and the ring and the positions of endpoints. A reader that finds a newer version fails. */
export const OPERATION_VERSION = 2;
export const DEAD_LETTER_VERSION = 1;
export const INBOX_VERSION = 1;
export const RING_VERSION = 1;
export const POSITIONS_VERSION = 2;
