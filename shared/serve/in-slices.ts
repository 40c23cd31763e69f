/** Things that are done before others of the instance are served in between. */
const SLICE = 4;

/** Makes something of each, a few at a time: to describe the whole catalogue takes half a second at its first question. */
export async function inSlices<T, R>(all: readonly T[], make: (one: T) => R): Promise<R[]> {
  const made: R[] = [];
  for (const [index, one] of all.entries()) {
    if (index > 0 && index % SLICE === 0) await new Promise<void>((resolve) => setImmediate(resolve));
    made.push(make(one));
  }
  return made;
}
