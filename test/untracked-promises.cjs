/**
 * Node 20's test runner follows every promise of a test (`async_hooks` with `destroy`), to know which test an error
 * without a handler came from. That takes up to a third of the processor time of tests with many promises. It also
 * needs the hook to know in which `describe` a test is defined, so the hook stays until the test file is loaded. An
 * error without a handler still fails the file: it is reported for the file in place of its test.
 *   node --require ./test/untracked-promises.cjs FILE
 */
const asyncHooks = require('node:async_hooks');

const { createHook } = asyncHooks;

/** The runner's hook is the first one: `node:test` creates it when a test file loads it. */
asyncHooks.createHook = (callbacks) => {
  asyncHooks.createHook = createHook;
  const hook = createHook(callbacks);
  setImmediate(() => hook.disable());
  return hook;
};
