/** The priority classes, highest first. */
export const PRIORITIES = ['interactive', 'read', 'bulk'] as const;

/** `interactive`: writes and actions; `read`: Get and the first page of a List; `bulk`: what can wait. */
export type Priority = (typeof PRIORITIES)[number];

/** True if callers of one class precede those of another. */
export function goesBefore(one: Priority, other: Priority): boolean {
  return PRIORITIES.indexOf(one) < PRIORITIES.indexOf(other);
}
