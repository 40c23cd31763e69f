import { build } from 'esbuild';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { out, root } from './bundle.mjs';

const EXPLORER = 'explorer.html';

/**
 * Builds the explorer as one HTML page with its script and style inside: one request, and readable. Returns the files
 * that it is made of.
 */
export async function buildExplorer() {
  const source = path.join(root, 'shared/explorer');
  const inputs = [];
  const bundled = async (entry) => {
    const { outputFiles, metafile } = await build({
      entryPoints: [path.join(source, entry)],
      bundle: true,
      format: 'iife',
      target: 'es2022',
      charset: 'utf8',
      tsconfig: path.join(source, 'tsconfig.json'),
      logLevel: 'error',
      absWorkingDir: root,
      write: false,
      metafile: true,
    });
    inputs.push(...Object.keys(metafile.inputs));
    return outputFiles[0].text;
  };
  const parts = { '/* main.tsx */': await bundled('main.tsx'), '/* style.css */': await bundled('style.css') };
  const page = Object.entries(parts).reduce(
    (text, [mark, part]) => text.replace(mark, () => part),
    readFileSync(path.join(source, 'explorer.html'), 'utf8'),
  );
  mkdirSync(out, { recursive: true });
  writeFileSync(path.join(out, EXPLORER), page);
  return inputs;
}

export function copyExplorer(folder) {
  cpSync(path.join(out, EXPLORER), path.join(folder, EXPLORER));
}
