import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { packOf } from '../../adapters/packed-folder.ts';

/** The built documentation site, and how to build it. */
export interface DocsSource {
  /**
   * The folder of the site. In the npm package this folder does not exist: one file, the pack, contains all its files.
   */
  readonly folder: string;
  /** Builds the folder if a page or a source changed. Absent in the npm package, which has the built site. */
  readonly build?: () => Promise<void>;
}

/** Returns the site for a server that was built to `folder`: `build/local` in a checkout, `dist` in the npm package. */
export function docsSource(folder: string): DocsSource {
  const packagedSite = path.join(folder, 'docs');
  if (existsSync(packOf(packagedSite))) return { folder: packagedSite };
  const root = path.resolve(folder, '../..');
  return { folder: path.join(root, 'build/docs/site'), build: () => buildInBackground(root) };
}

/**
 * Builds the site in another process, so that calls to the functions do not wait. The process gets no API key: its
 * environment has only PATH and HOME.
 */
async function buildInBackground(root: string): Promise<void> {
  const { PATH, HOME } = process.env;
  await promisify(execFile)(process.execPath, [path.join(root, 'infra/docs.mjs')], { cwd: root, env: { PATH, HOME } });
}
