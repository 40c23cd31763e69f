/**
 * `npm run catalog`: writes the catalog from the installed stripe package. `npm run catalog -- --check`: writes
 * nothing, prints the differences and exits with status 1 if there are any.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { generateCatalog } from './generate.ts';

const ROOT = path.join(process.cwd(), 'shared/catalog');
const generated = generateCatalog();
const checkOnly = process.argv.includes('--check');
const differences: string[] = [];

for (const folder of ['entities', 'actions']) {
  mkdirSync(path.join(ROOT, folder), { recursive: true });
  for (const file of readdirSync(path.join(ROOT, folder))) {
    if (!generated.has(`${folder}/${file}`)) {
      differences.push(`${folder}/${file} is not in the installed package`);
      if (!checkOnly) rmSync(path.join(ROOT, folder, file));
    }
  }
}
for (const [file, text] of generated) {
  const target = path.join(ROOT, file);
  if (existsSync(target) && readFileSync(target, 'utf8') === text) continue;
  differences.push(`${file} differs`);
  if (!checkOnly) writeFileSync(target, text);
}
console.log(
  differences.length === 0
    ? `the catalog matches the installed package: ${generated.size} files`
    : differences.join('\n'),
);
if (checkOnly && differences.length > 0) process.exitCode = 1;
