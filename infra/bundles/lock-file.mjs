import { readFileSync } from 'node:fs';
import path from 'node:path';
import { FRAMEWORK, root } from './bundle.mjs';

/**
 * Returns the `package.json` (`manifest`) and `package-lock.json` (`lock`) of a deployed folder. They contain the
 * framework and its dependencies, with the versions of the project's lock file.
 */
export function frameworkLock(name) {
  const lock = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
  const version = lock.packages[`node_modules/${FRAMEWORK}`].version;
  const manifest = {
    name,
    version: '0.0.0',
    private: true,
    main: 'index.cjs',
    engines: { node: '>=20' },
    scripts: { 'gcp-build': 'node build-compile-cache.cjs' },
    dependencies: { [FRAMEWORK]: version },
  };
  const packages = { '': { name, version: '0.0.0', dependencies: manifest.dependencies, engines: manifest.engines } };
  const addPackage = (dependency, from) => {
    const key = installedPath(lock, dependency, from);
    if (key === undefined || packages[key] !== undefined) return;
    const { dev: _dev, ...entry } = lock.packages[key];
    packages[key] = entry;
    for (const inner of Object.keys({ ...entry.dependencies, ...entry.optionalDependencies })) addPackage(inner, key);
  };
  addPackage(FRAMEWORK, '');
  const sorted = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1)));
  return { manifest, lock: { name, version: '0.0.0', lockfileVersion: 3, requires: true, packages: sorted } };
}

/**
 * Returns the path at which the package in the folder `from` finds a dependency: in its own `node_modules`, or in the
 * `node_modules` of a package that contains it. Undefined for an optional dependency that is not installed.
 */
function installedPath(lock, dependency, from) {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))) {
    const key = `${folder === '' ? '' : `${folder}/`}node_modules/${dependency}`;
    if (lock.packages[key] !== undefined) return key;
    if (folder === '') return undefined;
  }
}
