/**
 * Modules that replace modules of packages to shorten cold starts (`npm run bench -- cold`). The source of packages is
 * never changed.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathPattern } from './package-files.mjs';

const alias = (name) => path.resolve(import.meta.dirname, 'aliases', name);

export const FETCH_GLOBALS = alias('fetch-globals.mjs');

/** The replacement file by the name of the package in an import. */
const PACKAGES = {
  // The main entry of google-gax loads gRPC.
  'google-gax': 'gax-rest.cjs',
  'readable-stream': 'stream.cjs',
};

/** The replacement file by the path of the replaced file in `node_modules`. */
const FILES = {
  'google-gax/build/protos/iam_service.js': 'empty.cjs',
  'google-gax/build/protos/locations.js': 'empty.cjs',
  'google-gax/build/protos/operations.js': 'empty.cjs',
  'google-gax/build/src/operationsClient.js': 'gax-mixins.cjs',
  'google-gax/build/src/iamService.js': 'gax-mixins.cjs',
  'google-gax/build/src/locationService.js': 'gax-mixins.cjs',
};

/** The files of protobufjs that generate code, as `type.js` requires them. */
const GENERATORS = /^\.\/(encoder|decoder|verifier|converter)$/;
const TYPE_FILE = pathPattern('protobufjs/src/type.js');

export const aliases = {
  name: 'aliases',
  setup(builder) {
    builder.onResolve({ filter: /^(google-gax|readable-stream)$/ }, ({ path: name }) => ({
      path: alias(PACKAGES[name]),
    }));
    for (const [file, name] of Object.entries(FILES))
      builder.onLoad({ filter: pathPattern(file) }, () => ({
        contents: readFileSync(alias(name), 'utf8'),
        loader: 'js',
      }));
    builder.onResolve({ filter: GENERATORS }, ({ path: name, resolveDir, importer }) =>
      TYPE_FILE.test(importer)
        ? { path: path.join(resolveDir, `${name}.js`), namespace: 'deferred-codegen' }
        : undefined,
    );
    builder.onLoad({ filter: /.*/, namespace: 'deferred-codegen' }, ({ path: file }) => ({
      contents: `module.exports = require(${JSON.stringify(alias('deferred-codegen.cjs'))})(require(${JSON.stringify(file)}));`,
      resolveDir: path.dirname(file),
    }));
    // A client reads the version from its package.json. The bundle contains only the name and the version.
    builder.onLoad({ filter: /[\\/]package\.json$/ }, ({ path: file }) => {
      if (!file.split(path.sep).includes('node_modules')) return undefined;
      const { name, version } = JSON.parse(readFileSync(file, 'utf8'));
      return { contents: JSON.stringify({ name, version }), loader: 'json' };
    });
  },
};
