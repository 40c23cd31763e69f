import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const NAMESPACE = 'react-as-esm';

/**
 * Wraps React's CommonJS modules in ECMAScript modules. esbuild then writes a call of React as `f(...)`. Without the
 * wrapper it writes `(0, module.jsx)(...)` with a variable for each file, and the compressed page is 5 KB larger.
 */
export const reactAsEsm = {
  name: NAMESPACE,
  setup(builder) {
    builder.onResolve({ filter: /^react(\/jsx-runtime)?$/ }, ({ path: module, namespace, kind, resolveDir }) => {
      const isCommonJs = namespace === NAMESPACE || kind === 'require-call';
      return isCommonJs ? undefined : { path: module, namespace: NAMESPACE, pluginData: resolveDir };
    });
    builder.onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ path: module, pluginData: resolveDir }) => {
      const names = Object.keys(require(module)).filter((name) => !name.startsWith('__'));
      const contents = `import react from '${module}'; export default react; export const { ${names.join(', ')} } = react;`;
      return { contents, resolveDir };
    });
  },
};

/** Returns whether an input of a build is a wrapper of `reactAsEsm`, not a file. */
export const isWrapper = (input) => input.startsWith(`${NAMESPACE}:`);
