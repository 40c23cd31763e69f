/** Makes a thing when it is first asked for: an instance that never needs it never pays for it. */
export function lazily<T>(make: () => T): () => T {
  let made: { readonly thing: T } | undefined;
  return () => (made ??= { thing: make() }).thing;
}
