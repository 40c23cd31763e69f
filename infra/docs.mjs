/**
 * `npm run docs`: builds the documentation site in build/docs/site, if a page or a source changed. `npm start` serves it
 * at /docs.
 */
import path from 'node:path';
import { buildDocs } from './bundles/docs-site.mjs';

try {
  console.log(path.relative(process.cwd(), await buildDocs()));
} catch (error) {
  // The message of the generator, such as the dead link that it found.
  console.error(error.stderr?.trim() || error);
  process.exitCode = 1;
}
