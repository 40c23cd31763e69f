/** Returns a function that creates a value on its first call and then returns it. */
export function lazy<T>(create: () => T): () => T {
  let cache: { readonly thing: T } | undefined;
  return () => (cache ??= { thing: create() }).thing;
}

/**
 * Returns an object of asynchronous methods that is loaded on the first call of a method, so that a cold instance only
 * loads the files that it uses. It has no `then`, because it is not a promise.
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

/** Returns a function that computes its result once per object, such as a catalog entry. */
export function memoizeByRef<K extends object, T>(create: (object: K) => T): (object: K) => T {
  const cache = new WeakMap<K, { readonly thing: T }>();
  return (object) => {
    let cached = cache.get(object);
    if (cached === undefined) cache.set(object, (cached = { thing: create(object) }));
    return cached.thing;
  };
}
