/**
 * The packages as a function needs them. Google's clients: three services over REST, no gRPC, the methods that are called
 * and no others, credentials as the platform and a laptop have them. Stripe's SDK: what sends a request, none of its
 * 150 resources. The protocol of agents: what speaks it, no checkers of schemas. zod: what parses, nothing that writes
 * JSON Schemas. Whole, they load protocol buffers, transports and kinds of credentials that cost a cold function more than
 * all else together. What is left out here fails loudly when it is asked for; WHOLE_PACKAGES=1 builds with everything
 * (workload identity federation, impersonation). This reaches into private paths of exact versions: a test fails where
 * they move.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { trimClients } from './google-clients.mjs';
import { at, exactly, modules } from './package-files.mjs';

const require = createRequire(import.meta.url);

export const GLOBALS = path.resolve(import.meta.dirname, 'fetch-globals.mjs');
const FETCH = path.resolve(import.meta.dirname, 'small-fetch.mjs');

const notHere = (what) => `throw new Error('${what} is not in this build; WHOLE_PACKAGES=1 builds with it')`;
/** Modules that a call never reaches, and what stands in their place. */
const NOTHING = 'module.exports = {};';
const refusing = (...names) =>
  names.map((name) => `exports.${name} = class { getLocation() { ${notHere(name)}; } };`).join('\n');
const AUTH = 'google-auth-library/build/src/auth';
const STUBS = {
  'google-gax/build/protos/iam_service.js': NOTHING,
  'google-gax/build/protos/locations.js': NOTHING,
  'google-gax/build/protos/operations.js': NOTHING,
  'google-gax/build/src/operationsClient.js': refusing('OperationsClient'),
  'google-gax/build/src/iamService.js': refusing('IamClient'),
  'google-gax/build/src/locationService.js': refusing('LocationsClient'),
  'google-gax/build/src/longRunningCalls/longrunning.js': `exports.operation = () => { ${notHere('a long running call')}; };`,
  [`${AUTH}/baseexternalclient.js`]:
    "exports.EXTERNAL_ACCOUNT_TYPE = 'external_account'; exports.BaseExternalAccountClient = class {};",
  [`${AUTH}/externalclient.js`]: `exports.ExternalAccountClient = { fromJSON() { ${notHere('workload identity federation')}; } };`,
  [`${AUTH}/externalAccountAuthorizedUserClient.js`]: `exports.EXTERNAL_ACCOUNT_AUTHORIZED_USER_TYPE = 'external_account_authorized_user'; exports.ExternalAccountAuthorizedUserClient = class { constructor() { ${notHere('an external account')}; } };`,
  [`${AUTH}/impersonated.js`]: `exports.IMPERSONATED_ACCOUNT_TYPE = 'impersonated_service_account'; exports.Impersonated = class { constructor() { ${notHere('impersonation')}; } };`,
};

/** The protocol of agents tells what our own code has checked: it is given no schema to check anything by, and no older zod. */
const REFUSED = (name) => `export const ${name} = () => { ${notHere(name)}; };`;
const PROTOCOL = {
  '@modelcontextprotocol/sdk/dist/esm/validation/ajv-provider.js': `export class AjvJsonSchemaValidator { getValidator() { ${notHere('a JSON Schema')}; } }`,
  'zod/v3/index.js': REFUSED('object'),
  'zod-to-json-schema/dist/esm/index.js': REFUSED('zodToJsonSchema'),
};

/** Every zod schema carries a writer of its JSON Schema; ours are only parsed with. */
const JSON_SCHEMA_WRITERS = ['zod/v4/core/json-schema-processors.js', 'zod/v4/core/to-json-schema.js'];

/** All that a module exports, each refusing when it is asked for. Makers of methods make methods that refuse. */
function refusingModule(file) {
  const names = [...readFileSync(at(file), 'utf8').matchAll(/^export (?:const|function) (\w+)/gm)].map(
    ([, name]) => name,
  );
  if (names.length === 0) throw new Error(`${file} exports nothing that is known`);
  return [
    `const refuse = () => { ${notHere('a JSON Schema of a zod schema')}; };`,
    ...names.map((name) => `export const ${name} = ${name.startsWith('create') ? '() => refuse' : 'refuse'};`),
  ].join('\n');
}

/** What the platform's own library does as well. */
const OF_NODE = {
  // The key of a cache of two entries.
  'object-hash': 'module.exports = (text) => text;',
  // Metadata that we ask for holds no number beyond 2^53.
  'json-bigint': 'module.exports = () => JSON; module.exports.parse = JSON.parse;',
  // The log is written where the function runs.
  worker_threads: 'exports.isMainThread = true;',
  'readable-stream': 'module.exports = require("node:stream");',
};

export function trimmedPackages() {
  return {
    name: 'trimmed-packages',
    setup(builder) {
      trimClients(builder);
      for (const [file, contents] of Object.entries({ ...STUBS, ...PROTOCOL }))
        builder.onLoad({ filter: exactly(file) }, () => ({ contents, loader: 'js' }));
      for (const file of JSON_SCHEMA_WRITERS)
        builder.onLoad({ filter: exactly(file) }, () => ({ contents: refusingModule(file), loader: 'js' }));
      // Clients tell their versions.
      builder.onLoad({ filter: /[\\/]package\.json$/ }, ({ path: file }) => {
        if (!/[\\/]node_modules[\\/]/.test(file)) return undefined;
        const { name, version } = JSON.parse(readFileSync(file, 'utf8'));
        return { contents: JSON.stringify({ name, version }), loader: 'json' };
      });
      builder.onResolve({ filter: /^google-gax$/ }, () => ({ path: 'gax', namespace: 'rest-gax' }));
      builder.onLoad({ filter: /.*/, namespace: 'rest-gax' }, () => ({ contents: GAX, resolveDir: modules }));
      builder.onResolve({ filter: /^google-auth-library$/ }, () => ({ path: 'auth', namespace: 'two-credentials' }));
      builder.onLoad({ filter: /.*/, namespace: 'two-credentials' }, () => ({
        contents: CREDENTIALS,
        resolveDir: modules,
      }));
      for (const [name, contents] of Object.entries(OF_NODE)) {
        builder.onResolve({ filter: exactly(name) }, ({ path: wanted }) =>
          wanted.endsWith(name) ? { path: name, namespace: 'of-node' } : undefined,
        );
        builder.onLoad({ filter: exactly(name), namespace: 'of-node' }, () => ({ contents }));
      }
      builder.onLoad({ filter: /[\\/]stripe[\\/]esm[\\/]resources[\\/]/ }, ({ path: file }) => ({
        contents: named(file),
      }));
      builder.onLoad({ filter: exactly(LONG) }, () => ({
        contents: `${readFileSync(at(LONG), 'utf8')}\nObject.defineProperty(module.exports, 'name', { value: 'Long' });\n`,
      }));
      builder.onLoad({ filter: exactly(TYPE) }, () => ({ contents: writtenWhenUsed(readFileSync(at(TYPE), 'utf8')) }));
      builder.onResolve({ filter: /^node-fetch$/ }, () => ({ path: FETCH }));
      builder.onResolve({ filter: /^protobufjs$/ }, () => ({ path: require.resolve('protobufjs/light.js') }));
      builder.onResolve({ filter: /^protobufjs\/minimal$/ }, () => ({
        path: require.resolve('protobufjs/minimal.js'),
      }));
    },
  };
}

/** The serializer asks for this class by its name, which a bundle shortens. */
const LONG = 'long/umd/index.js';

/**
 * A type of protobufjs writes and compiles five functions when one of them is used first; REST uses two. Each is written
 * when it is used itself, but for the few types whose functions are wrapped.
 */
const TYPE = 'protobufjs/src/type.js';
function writtenWhenUsed(source) {
  let found = 0;
  const changed = source.replace(
    /this\.(encode|decode|verify|fromObject|toObject) = ([\w.]{1,40}\(this\)\(\{[^{}]*\}\));/g,
    (_, name, made) => {
      found += 1;
      return `whenUsed(this, '${name}', () => ${made}, fullName);`;
    },
  );
  if (found !== 5) throw new Error(`${TYPE}: ${found} functions of a type were found, not 5`);
  return `${changed}
function whenUsed(type, name, make, fullName) {
  if (wrappers[fullName]) return void (type[name] = make());
  type[name] = function () {
    type[name] = make();
    return type[name].apply(this, arguments);
  };
}`;
}

/** REST alone, and the names that clients read at load. */
const GAX = `
const fallback = require('google-gax/fallback');
const silent = new Proxy(function () {}, { get: () => silent, apply: () => undefined });
module.exports = { ...fallback, fallback, loggingUtils: { log: () => silent }, decodeAnyProtosInArray: () => {} };
`;

const CREDENTIALS = `
exports.GoogleAuth = require(${JSON.stringify(at(`${AUTH}/googleauth.js`))}).GoogleAuth;
exports.Compute = require(${JSON.stringify(at(`${AUTH}/computeclient.js`))}).Compute;
exports.PassThroughClient = require(${JSON.stringify(at(`${AUTH}/passthrough.js`))}).PassThroughClient;
`;

/** A resource of Stripe's SDK by its name alone: requests are sent without one. */
function named(file) {
  const names = [...readFileSync(file, 'utf8').matchAll(/^export class (\w+)/gm)].map(([, name]) => name);
  return names.map((name) => `export class ${name} {}`).join('\n');
}
