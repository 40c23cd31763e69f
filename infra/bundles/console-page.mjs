import { build } from 'esbuild';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { out, root } from './bundle.mjs';
import { isWrapper, reactAsEsm } from './react-as-esm.mjs';

const CONSOLE = 'console.html';

/**
 * Builds the console as one HTML page that contains its script and style. Returns the source files of the page.
 */
export async function buildConsole() {
  const source = path.join(root, 'shared/console');
  const inputs = [];
  const bundle = async (entry) => {
    const { outputFiles, metafile } = await build({
      entryPoints: [path.join(source, entry)],
      bundle: true,
      minify: true,
      format: 'iife',
      target: 'es2022',
      charset: 'utf8',
      jsx: 'automatic',
      // Without the hook, React does not connect to the developer tools of browsers.
      define: { 'process.env.NODE_ENV': '"production"', __REACT_DEVTOOLS_GLOBAL_HOOK__: 'undefined' },
      tsconfig: path.join(source, 'tsconfig.json'),
      plugins: [reactAsEsm],
      logLevel: 'error',
      absWorkingDir: root,
      write: false,
      metafile: true,
    });
    inputs.push(...Object.keys(metafile.inputs).filter((input) => !isWrapper(input)));
    // A `</script` in a string of the script would end the `script` element.
    return outputFiles[0].text.replaceAll('</script', '<\\/script').trim();
  };
  const parts = { '/* main.tsx */': await bundle('main.tsx'), '/* style.css */': await bundle('style.css') };
  let page = readFileSync(path.join(source, 'console.html'), 'utf8');
  for (const [placeholder, part] of Object.entries(parts)) page = page.replace(placeholder, () => part);
  mkdirSync(out, { recursive: true });
  writeFileSync(path.join(out, CONSOLE), page);
  return inputs;
}

export function copyConsole(folder) {
  cpSync(path.join(out, CONSOLE), path.join(folder, CONSOLE));
}
