/**
 * `npm run catalogue`: writes the catalog from the installed stripe package. `npm run catalogue -- --check`: writes
 * nothing, prints the differences and exits with status 1 if there are any.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { generateCatalogue } from './generate.ts';

const root = path.join(process.cwd(), 'shared/catalog');
const wanted = generateCatalogue();
const check = process.argv.includes('--check');
const different: string[] = [];

for (const folder of ['entities', 'actions']) {
  mkdirSync(path.join(root, folder), { recursive: true });
  for (const file of readdirSync(path.join(root, folder))) {
    if (!wanted.has(`${folder}/${file}`)) {
      different.push(`${folder}/${file} is not in the installed package`);
      if (!check) rmSync(path.join(root, folder, file));
    }
  }
}
for (const [file, text] of wanted) {
  const target = path.join(root, file);
  if (existsSync(target) && readFileSync(target, 'utf8') === text) continue;
  different.push(`${file} differs`);
  if (!check) writeFileSync(target, text);
}
console.log(
  different.length === 0 ? `the catalog matches the installed package: ${wanted.size} files` : different.join('\n'),
);
if (check && different.length > 0) process.exitCode = 1;
