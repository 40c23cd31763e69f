/**
 * Writes the documentation site to a folder, and prints the source files of its scripts and styles as a JSON array.
 * `infra/bundles/docs-site.mjs` runs this program in the root of the repository.
 */
import { readFileSync } from 'node:fs';
import { buildSite } from './build-site.ts';
import { sitePages } from './site-pages.ts';

async function writeSite(out: string | undefined): Promise<void> {
  if (out === undefined) throw new Error('pass the folder of the site as the argument');
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  const pages = sitePages({ root: '.', descriptions: 'build/descriptions.json' });
  console.log(JSON.stringify(await buildSite({ root: '.', out, pages, version })));
}

writeSite(process.argv[2]).catch((error: unknown) => {
  console.error(error instanceof RangeError ? error.message : error);
  process.exit(1);
});
