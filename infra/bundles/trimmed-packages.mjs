/**
 * The packages as a function needs them. Google's clients: three services over REST, no gRPC, the methods that are called
 * and no others, credentials as the platform and a laptop have them. Stripe's SDK: what sends a request, none of its
 * 150 resources. Whole, they load protocol buffers, transports and kinds of credentials that cost a cold function more than
 * all else together. The protocol of agents: what speaks it, no checkers of schemas. What is left out here fails loudly when it is asked for; WHOLE_PACKAGES=1 builds with everything
 * (workload identity federation, impersonation). This reaches into private paths of exact versions: a test fails
 * where they move.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import protobuf from 'protobufjs/light.js';

const require = createRequire(import.meta.url);
const modules = path.resolve(import.meta.dirname, '../../node_modules');
const at = (file) => path.join(modules, file);

export const GLOBALS = path.resolve(import.meta.dirname, 'fetch-globals.mjs');
const FETCH = path.resolve(import.meta.dirname, 'small-fetch.mjs');

/** Of each package: the one client, and the methods that are called. */
const CLIENTS = {
  '@google-cloud/firestore': {
    file: '@google-cloud/firestore/build/src/v1/firestore_client.js',
    name: 'FirestoreClient',
    protos: '@google-cloud/firestore/build/protos/v1.json',
    service: 'google.firestore.v1.Firestore',
    methods: ['Commit', 'BatchGetDocuments', 'RunAggregationQuery', 'RunQuery'],
    without: [
      'Pipeline',
      'Function',
      'ExplainOptions',
      'ExplainMetrics',
      'TransactionOptions',
      'StructuredQuery.FindNearest',
      'StructuredAggregationQuery.Aggregation.Sum',
      'StructuredAggregationQuery.Aggregation.Avg',
    ].map((name) => `.google.firestore.v1.${name}`),
  },
  '@google-cloud/secret-manager': {
    file: '@google-cloud/secret-manager/build/src/v1/secret_manager_service_client.js',
    name: 'SecretManagerServiceClient',
    protos: '@google-cloud/secret-manager/build/protos/protos.json',
    service: 'google.cloud.secretmanager.v1.SecretManagerService',
    methods: ['AccessSecretVersion'],
  },
  '@google-cloud/pubsub': {
    file: '@google-cloud/pubsub/build/src/v1/publisher_client.js',
    name: 'PublisherClient',
    protos: '@google-cloud/pubsub/build/protos/protos.json',
    service: 'google.pubsub.v1.Publisher',
    methods: ['Publish'],
  },
};

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

/** What the platform's own library does as well. */
const OF_NODE = {
  // The key of a cache of two entries.
  'object-hash': 'module.exports = (text) => text;',
  // Metadata that we ask for holds no number beyond 2^53.
  'json-bigint': 'module.exports = () => JSON; module.exports.parse = JSON.parse;',
  // Log lines go to standard output, never to another thread.
  'thread-stream': 'module.exports = class {};',
  'readable-stream': 'module.exports = require("node:stream");',
};

export function trimmedPackages() {
  return {
    name: 'trimmed-packages',
    setup(builder) {
      builder.onResolve({ filter: /^@google-cloud\/(firestore|secret-manager|pubsub)$/ }, ({ path: name }) => ({
        path: name,
        namespace: 'one-client',
      }));
      builder.onLoad({ filter: /.*/, namespace: 'one-client' }, ({ path: name }) => {
        const { file, name: client } = CLIENTS[name];
        return {
          contents: `const { ${client} } = require(${JSON.stringify(at(file))});\nmodule.exports = { v1: { ${client} }, ${client} };`,
          resolveDir: modules,
        };
      });
      for (const client of Object.values(CLIENTS))
        builder.onLoad({ filter: exactly(client.protos) }, () => ({
          contents: JSON.stringify(needed(client)),
          loader: 'json',
        }));
      for (const [file, contents] of Object.entries({ ...STUBS, ...PROTOCOL }))
        builder.onLoad({ filter: exactly(file) }, () => ({ contents, loader: 'js' }));
      // Clients tell their versions.
      builder.onLoad({ filter: /[\\/]node_modules[\\/].*[\\/]package\.json$/ }, ({ path: file }) => {
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
      builder.onLoad({ filter: /[\\/]stripe[\\/]esm[\\/]resources[\\/].*\.js$/ }, ({ path: file }) => ({
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

function exactly(file) {
  return new RegExp(`${file.replace(/[/.]/g, (sign) => (sign === '/' ? '[\\\\/]' : '\\.'))}$`);
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
    /this\.(encode|decode|verify|fromObject|toObject) = ((?:\w|\.)+\(this\)\(\{[^}]*\}\));/g,
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

/** A package's protocol buffers, cut down to what the methods speak, and of that to what is said here: `without`. */
function needed({ protos, service, methods, without = [] }) {
  const json = JSON.parse(readFileSync(at(protos), 'utf8'));
  const root = protobuf.Root.fromJSON(json).resolveAll();
  const kept = new Set();
  const keep = (type) => {
    if (type === null || type === undefined || kept.has(type.fullName)) return;
    kept.add(type.fullName);
    for (const field of type.fieldsArray ?? [])
      if (!without.includes(field.resolve().resolvedType?.fullName)) keep(field.resolvedType);
  };
  for (const name of methods) {
    const method = root.lookupService(service).methods[name].resolve();
    keep(method.resolvedRequestType);
    keep(method.resolvedResponseType);
  }
  // What an error's details are made of.
  for (const name of ['google.protobuf.Any', 'google.rpc.Status']) keep(root.lookup(name));
  const leftOut = (full, name) =>
    without.includes(root.lookupType(full).fields[name]?.resolve().resolvedType?.fullName);
  return { ...json, nested: pruned(json.nested, '', { kept, service, methods, leftOut }) };
}

/** A type with those of its fields. */
function withFields({ oneofs = {}, ...type }, isKept) {
  const groups = Object.entries(oneofs)
    .map(([name, { oneof }]) => [name, { oneof: oneof.filter(isKept) }])
    .filter(([, { oneof }]) => oneof.length > 0);
  return {
    ...type,
    ...(groups.length === 0 ? {} : { oneofs: Object.fromEntries(groups) }),
    fields: Object.fromEntries(Object.entries(type.fields).filter(([name]) => isKept(name))),
  };
}

function pruned(nested, prefix, choice) {
  const { kept, service, methods, leftOut } = choice;
  const entries = Object.entries(nested ?? {}).flatMap(([name, node]) => {
    const full = `${prefix}.${name}`;
    if (full === `.${service}`)
      return [[name, { ...node, methods: Object.fromEntries(methods.map((one) => [one, node.methods[one]])) }]];
    const inner = pruned(node.nested, full, choice);
    const own = kept.has(full);
    if (!own && inner === undefined) return [];
    const { nested: _nested, ...rest } = node;
    return [
      [
        name,
        {
          ...(node.fields === undefined ? rest : own ? withFields(rest, (one) => !leftOut(full, one)) : { fields: {} }),
          ...(inner === undefined ? {} : { nested: inner }),
        },
      ],
    ];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
