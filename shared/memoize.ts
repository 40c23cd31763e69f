/** Makes a thing when it is first asked for: an instance that never needs it never pays for it. */
export function lazy<T>(make: () => T): () => T {
  let made: { readonly thing: T } | undefined;
  return () => (made ??= { thing: make() }).thing;
}

/**
 * The same of what takes time to make: a promise until it is there, from then on the thing itself. Under the framework
 * every promise costs microseconds (the context of the request follows each), so a warm instance waits for none that is kept already.
 */
export function lazilyLater<T>(make: () => Promise<T>): () => T | Promise<T> {
  let made: { readonly thing: T } | undefined;
  const making = lazy(() => make().then((thing) => (made = { thing }).thing));
  return () => (made === undefined ? making() : made.thing);
}

/** Makes one for each thing that it is asked for, once: what is worked out of a row of the catalogue is the same in every call. */
export function memoizeByRef<K extends object, T>(make: (of: K) => T): (of: K) => T {
  const made = new WeakMap<K, { readonly thing: T }>();
  return (of) => {
    let cached = made.get(of);
    if (cached === undefined) made.set(of, (cached = { thing: make(of) }));
    return cached.thing;
  };
}
