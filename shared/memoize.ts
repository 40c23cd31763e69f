/** Returns a function that creates a value on its first call and returns the same value on every call. */
export function lazy<T>(create: () => T): () => T {
  let cached: { readonly value: T } | undefined;
  return () => (cached ??= { value: create() }).value;
}

/**
 * Returns a proxy of an object whose methods are all asynchronous. The first call of any method loads the object, so
 * that a cold instance only loads the files that it uses. The proxy has no member `then`, because `await` treats an
 * object with `then` as a promise.
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

/** Returns a function that calls `create` once for each object, for example once for each entry of the catalog. */
export function memoizeByRef<K extends object, T>(create: (object: K) => T): (object: K) => T {
  const cache = new WeakMap<K, { readonly value: T }>();
  return (object) => {
    const cached = cache.get(object);
    if (cached !== undefined) return cached.value;
    const value = create(object);
    cache.set(object, { value });
    return value;
  };
}
