/** Schema versions of a stored operation and of a dead letter. A reader that finds a newer version fails. */
export const OPERATION_VERSION = 2;
export const DEAD_LETTER_VERSION = 1;
