import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

/** Where the documentation site is. */
export interface DocsSource {
  readonly folder: string;
  /** Builds the folder if a page changed. Undefined in the npm package, which has the built site. */
  readonly build?: () => Promise<void>;
}

/** `folder`: that of the built server, `build/local` in a checkout and `dist` in the npm package. */
export function docsSource(folder: string): DocsSource {
  const packed = path.join(folder, 'docs');
  if (existsSync(packed)) return { folder: packed };
  const root = path.resolve(folder, '../..');
  return { folder: path.join(root, 'build/docs/site'), build: () => buildInBackground(root) };
}

/** In a process of its own, so that calls to the functions do not wait. It gets no key of the environment. */
async function buildInBackground(root: string): Promise<void> {
  const { PATH, HOME } = process.env;
  await promisify(execFile)(process.execPath, [path.join(root, 'infra/docs.mjs')], { cwd: root, env: { PATH, HOME } });
}
