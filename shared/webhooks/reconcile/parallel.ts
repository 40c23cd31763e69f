/**
 * Runs a task for each item, at most `max` at a time, in the order of the items. A failed task does not stop the
 * others: when all have ended, the first error is thrown.
 */
export async function forEachParallel<T>(
  items: readonly T[],
  max: number,
  task: (item: T) => Promise<void>,
): Promise<void> {
  const errors: unknown[] = [];
  const queue = items.values();
  const drain = async (): Promise<void> => {
    // All workers share one iterator, so each item is processed once.
    for (const item of queue) await task(item).catch((cause: unknown) => void errors.push(cause));
  };
  await Promise.all(Array.from({ length: Math.min(max, items.length) }, drain));
  if (errors.length > 0) throw errors[0];
}
