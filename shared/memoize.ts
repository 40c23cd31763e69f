/** Creates a value on the first call and keeps it. An instance that never needs it does not pay for it. */
export function lazy<T>(make: () => T): () => T {
  let made: { readonly thing: T } | undefined;
  return () => (made ??= { thing: make() }).thing;
}

/**
 * Returns an object of asynchronous methods that is loaded on the first call of any method: a cold instance only parses
 * the files that its calls use. It is not a promise, so it has no `then`.
 */
export function lazyProxy<T extends object>(load: () => Promise<T>): T {
  const loaded = lazy(load);
  return new Proxy({} as T, {
    get: (_, name) => (name === 'then' ? undefined : async (...args: unknown[]) => invoke(await loaded(), name, args)),
  });
}

function invoke(target: object, name: PropertyKey, args: unknown[]): unknown {
  const method: unknown = Reflect.get(target, name);
  if (typeof method !== 'function') throw new TypeError(`${String(name)} is not a method`);
  return Reflect.apply(method, target, args);
}

/** Computes a value once per object: what depends on a catalog entry only is the same in every call. */
export function memoizeByRef<K extends object, T>(make: (of: K) => T): (of: K) => T {
  const made = new WeakMap<K, { readonly thing: T }>();
  return (of) => {
    let cached = made.get(of);
    if (cached === undefined) made.set(of, (cached = { thing: make(of) }));
    return cached.thing;
  };
}
