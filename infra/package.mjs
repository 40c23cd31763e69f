/**
 * `npm run package`: creates one zip per function, from build/functions to build/packages, for Terraform.
 *   node infra/package.mjs [FROM TO]
 * The same files give the same bytes on any machine at any time: sorted names, a fixed date, one compression level, no
 * owner. A plan therefore only shows real changes. Source maps and this Node's compiled code are left out: the
 * function's own Node compiles it during the deployment.
 */
import { zipSync } from 'fflate';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const build = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../build');
const [, , from = path.join(build, 'functions'), to = path.join(build, 'packages')] = process.argv;

/** The first date that a zip can store. Zip stores local time, so the date is local too. */
const DATE = new Date(1980, 0, 1);

function filesOf(folder, prefix = '') {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const name = prefix + entry.name;
    if (entry.isDirectory()) return filesOf(path.join(folder, entry.name), `${name}/`);
    return name.endsWith('.map') ? [] : [name];
  });
}

function packed(folder) {
  const files = filesOf(folder).sort();
  return zipSync(Object.fromEntries(files.map((name) => [name, readFileSync(path.join(folder, name))])), {
    level: 9,
    mtime: DATE,
  });
}

rmSync(to, { recursive: true, force: true });
mkdirSync(to, { recursive: true });
for (const name of readdirSync(from).sort()) {
  const zip = packed(path.join(from, name));
  writeFileSync(path.join(to, `${name}.zip`), zip);
  const hash = createHash('sha256').update(zip).digest('hex');
  console.log(`${hash.slice(0, 12)} ${`${(zip.length / 1024).toFixed(0)} KiB`.padStart(9)}  ${name}`);
}
console.log(`in ${path.relative(process.cwd(), to)}`);
