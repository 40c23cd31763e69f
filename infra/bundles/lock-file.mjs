import { readFileSync } from 'node:fs';
import path from 'node:path';
import { FRAMEWORK, root } from './bundle.mjs';

/**
 * Extracts the framework and its dependencies from the project's lock file: a deployed folder installs nothing else.
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
  const visit = (wanted, from) => {
    for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('node_modules/') - 1))) {
      const key = `${at === '' ? '' : `${at}/`}node_modules/${wanted}`;
      const found = lock.packages[key];
      if (found !== undefined) {
        if (packages[key] !== undefined) return;
        const { dev: _dev, ...row } = found;
        packages[key] = row;
        for (const inner of Object.keys({ ...found.dependencies, ...found.optionalDependencies })) visit(inner, key);
        return;
      }
      if (at === '') return;
    }
  };
  visit(FRAMEWORK, '');
  const sorted = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1)));
  return { manifest, lock: { name, version: '0.0.0', lockfileVersion: 3, requires: true, packages: sorted } };
}
