/**
 * `npm run package`: creates one zip per function, from build/functions to build/packages, for Terraform.
 *   node infra/package.mjs [FROM TO]
 * The zips are deterministic. They contain no source maps and no compiled code, which depends on the version of Node and
 * is generated during the deployment.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { deployedFiles } from './bundles/function-pool.mjs';
import { functionZip } from './bundles/function-zip.mjs';

const build = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../build');
const [, , from = path.join(build, 'functions'), to = path.join(build, 'packages')] = process.argv;

function zipOfFolder(folder) {
  const files = deployedFiles(folder).map((name) => [name, readFileSync(path.join(folder, name))]);
  return functionZip(Object.fromEntries(files));
}

rmSync(to, { recursive: true, force: true });
mkdirSync(to, { recursive: true });
for (const name of readdirSync(from).sort()) {
  const zip = zipOfFolder(path.join(from, name));
  writeFileSync(path.join(to, `${name}.zip`), zip);
  const hash = createHash('sha256').update(zip).digest('hex');
  console.log(`${hash.slice(0, 12)} ${`${(zip.length / 1024).toFixed(0)} KiB`.padStart(9)}  ${name}`);
}
console.log(`in ${path.relative(process.cwd(), to)}`);
