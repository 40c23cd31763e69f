/**
 * protobufjs generates five functions for a message type at its first use. V8 compiles them from their texts, so no
 * compile cache contains them. A client over REST calls two of the five. This wrapper generates each function at its
 * first call.
 */
const defer = (generator) => (type) => (dependencies) => {
  let generated;
  return function deferred(...args) {
    generated ??= generator(type)(dependencies);
    return generated.apply(this, args);
  };
};

/** Returns a generator of protobufjs, or a module of generators, whose functions are generated at their first call. */
module.exports = (generators) =>
  typeof generators === 'function'
    ? defer(generators)
    : Object.fromEntries(Object.entries(generators).map(([name, generator]) => [name, defer(generator)]));
