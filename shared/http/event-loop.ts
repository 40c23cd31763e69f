/** Things that are done before others of the instance are served in between. */
const SLICE = 4;

/** Bytes of a body beyond which reading it is a slice of its own. */
const LARGE_BODY = 1_048_576;

/** The framework has just parsed the body, and it is read anew: with a file in it each takes tens of milliseconds. */
export async function afterParsing(bytes: number): Promise<void> {
  if (bytes > LARGE_BODY) await othersServed();
}

/** Characters of a payload beyond which each walk over it is a slice of its own. */
const LARGE_PAYLOAD = 65_536;

/** Between two walks over a large payload the others of the instance have their turn. */
export async function betweenWalks(length: number): Promise<void> {
  if (length > LARGE_PAYLOAD) await othersServed();
}

function othersServed(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Makes something of each, a few at a time: to describe the whole catalogue takes half a second at its first question. */
export async function inSlices<T, R>(all: readonly T[], make: (one: T) => R): Promise<R[]> {
  const made: R[] = [];
  for (const [index, one] of all.entries()) {
    if (index > 0 && index % SLICE === 0) await othersServed();
    made.push(make(one));
  }
  return made;
}
