/** Things that are done before others of the instance are served in between. */
const SLICE = 4;

/** Bytes of a body, or characters of a payload, beyond which each walk over it is a slice of its own. */
const LARGE = 65_536;

/**
 * Serves the other requests of the instance before a large payload is walked again: to parse it, redact it or write it
 * takes tens of milliseconds each.
 */
export async function betweenWalks(length: number): Promise<void> {
  if (length > LARGE) await othersServed();
}

function othersServed(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Makes something of each, a few at a time: to describe the whole catalogue takes half a second at its first question. */
export async function writeInChunks<T, R>(all: readonly T[], make: (value: T) => R): Promise<R[]> {
  const made: R[] = [];
  for (const [index, value] of all.entries()) {
    if (index > 0 && index % SLICE === 0) await othersServed();
    made.push(make(value));
  }
  return made;
}
