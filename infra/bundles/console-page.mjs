import { build } from 'esbuild';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { out, root } from './bundle.mjs';

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
      define: { 'process.env.NODE_ENV': '"production"' },
      tsconfig: path.join(source, 'tsconfig.json'),
      logLevel: 'error',
      absWorkingDir: root,
      write: false,
      metafile: true,
    });
    inputs.push(...Object.keys(metafile.inputs));
    // A `</script` in a string of the program would end the `script` element.
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
