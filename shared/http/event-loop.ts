/** Items that are processed before the event loop may serve other requests. */
const SLICE = 4;

/**
 * Size in bytes (body) or characters (payload) from which each pass over it runs in a turn of the event loop of its
 * own.
 */
const LARGE = 65_536;

/**
 * Lets other requests of the instance run before another pass over a large payload: parsing, redaction and
 * serialization take tens of milliseconds each.
 */
export async function yieldIfLarge(length: number): Promise<void> {
  if (length > LARGE) await nextTurn();
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/**
 * Maps a list in small chunks and lets other requests run in between. The first description of the whole catalog takes
 * half a second.
 */
export async function writeInChunks<T, R>(all: readonly T[], make: (value: T) => R): Promise<R[]> {
  const made: R[] = [];
  for (const [index, value] of all.entries()) {
    if (index > 0 && index % SLICE === 0) await nextTurn();
    made.push(make(value));
  }
  return made;
}
