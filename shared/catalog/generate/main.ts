/**
 * `npm run catalog`: writes the catalog from the installed stripe package. `npm run catalog -- --check`: writes
 * nothing, prints the differences and exits with status 1 if there are any.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { generateCatalog } from './generate.ts';

const ROOT = path.join(process.cwd(), 'shared/catalog');
const wanted = generateCatalog();
const checkGenerated = process.argv.includes('--check');
const different: string[] = [];

for (const folder of ['entities', 'actions']) {
  mkdirSync(path.join(ROOT, folder), { recursive: true });
  for (const file of readdirSync(path.join(ROOT, folder))) {
    if (!wanted.has(`${folder}/${file}`)) {
      different.push(`${folder}/${file} is not in the installed package`);
      if (!checkGenerated) rmSync(path.join(ROOT, folder, file));
    }
  }
}
for (const [file, text] of wanted) {
  const target = path.join(ROOT, file);
  if (existsSync(target) && readFileSync(target, 'utf8') === text) continue;
  different.push(`${file} differs`);
  if (!checkGenerated) writeFileSync(target, text);
}
console.log(
  different.length === 0 ? `the catalog matches the installed package: ${wanted.size} files` : different.join('\n'),
);
if (checkGenerated && different.length > 0) process.exitCode = 1;
