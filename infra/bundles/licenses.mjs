/** The licenses of the packages whose code is in a bundle. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './bundle.mjs';

/** Returns the folders of the packages that the files belong to: `node_modules/zod`. */
export function packagesIn(files) {
  const folders = files.flatMap((file) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []);
  return [...new Set(folders.map((folder) => folder.slice(folder.indexOf('node_modules'))))].sort();
}

/**
 * Returns the text of a license for a package that has no license file: for MIT the license itself, for Apache 2.0 a
 * reference to the file LICENSE. Throws for any other license. https://spdx.org/licenses/MIT.html
 */
function standardText(license, author) {
  if (license === 'Apache-2.0') return `Apache License 2.0, by ${author}. Its text is in the file LICENSE.`;
  if (license !== 'MIT') throw new Error(`${license} of ${author} has no text; add it`);
  return `MIT License

Copyright (c) ${author}

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;
}

/**
 * Returns one text with the license and the notice of each package. Throws if a package has neither a license file nor
 * a license in its package.json that `standardText` supports.
 */
export function thirdPartyLicenses(folders) {
  const parts = folders.map((folder) => {
    const packageFolder = path.join(root, folder);
    const { name, version, license, author } = JSON.parse(
      readFileSync(path.join(packageFolder, 'package.json'), 'utf8'),
    );
    const texts = readdirSync(packageFolder)
      .filter((file) => /^(licen[cs]e|notice|copying)([.-]|$)/i.test(file))
      .sort()
      .map((file) => readFileSync(path.join(packageFolder, file), 'utf8').trim());
    if (texts.length === 0 && typeof license !== 'string') throw new Error(`${folder} has no license`);
    const authorName = (typeof author === 'object' ? author?.name : author) ?? `the authors of ${name}`;
    return [`${name} ${version}`, ...(texts.length === 0 ? [standardText(license, authorName)] : texts)].join('\n\n');
  });
  return `${parts.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}
