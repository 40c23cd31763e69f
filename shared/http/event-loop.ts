/** Number of items that are processed before the event loop may serve other requests. */
const CHUNK_SIZE = 4;

/** A body with more bytes, or a payload with more characters, is large. */
const MIN_LARGE_LENGTH = 65_536;

/**
 * Lets other requests of the instance run before the next pass over a large payload, because parsing, redaction and
 * serialization take tens of milliseconds each.
 */
export async function yieldIfLarge(length: number): Promise<void> {
  if (length > MIN_LARGE_LENGTH) await nextTurn();
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/**
 * Maps a list in small chunks and lets other requests run in between. Without this, the first description of the whole
 * catalog would block them for half a second.
 */
export async function mapInChunks<T, R>(all: readonly T[], convert: (value: T) => R): Promise<R[]> {
  const results: R[] = [];
  for (const [index, value] of all.entries()) {
    if (index > 0 && index % CHUNK_SIZE === 0) await nextTurn();
    results.push(convert(value));
  }
  return results;
}
