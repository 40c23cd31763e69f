/** The priority classes, highest first. */
export const PRIORITIES = ['interactive', 'read', 'bulk'] as const;

/**
 * By default, `interactive` is for writes and for actions that change something, `read` for Get, for actions that only
 * read and for the first page of a List, and `bulk` for what can wait, such as further pages.
 */
export type Priority = (typeof PRIORITIES)[number];

/** True if callers of one class precede those of another. */
export function goesBefore(one: Priority, other: Priority): boolean {
  return PRIORITIES.indexOf(one) < PRIORITIES.indexOf(other);
}
