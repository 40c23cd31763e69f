/** Of the fields of an operation, and of a dead letter. Whoever finds a newer one than it knows stops. */
export const OPERATION_VERSION = 2;
export const DEAD_LETTER_VERSION = 1;
