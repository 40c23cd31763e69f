/**
 * Google's clients, each with the methods that are called and no others: of its class, of its settings, of its protocol
 * buffers. A method that was left out is none; one that a new version moves is an error of the build.
 */
import { readFileSync } from 'node:fs';
import protobuf from 'protobufjs/light.js';
import { at, exactly, modules } from './package-files.mjs';

/** Of each package: the one client, and the methods that are called. */
const CLIENTS = {
  '@google-cloud/firestore': {
    client: '@google-cloud/firestore/build/src/v1/firestore_client',
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
    client: '@google-cloud/secret-manager/build/src/v1/secret_manager_service_client',
    name: 'SecretManagerServiceClient',
    protos: '@google-cloud/secret-manager/build/protos/protos.json',
    service: 'google.cloud.secretmanager.v1.SecretManagerService',
    methods: ['AccessSecretVersion'],
  },
  '@google-cloud/pubsub': {
    client: '@google-cloud/pubsub/build/src/v1/publisher_client',
    name: 'PublisherClient',
    protos: '@google-cloud/pubsub/build/protos/protos.json',
    service: 'google.pubsub.v1.Publisher',
    methods: ['Publish'],
  },
};

export function trimClients(builder) {
  builder.onResolve({ filter: /^@google-cloud\/(firestore|secret-manager|pubsub)$/ }, ({ path: name }) => ({
    path: name,
    namespace: 'one-client',
  }));
  builder.onLoad({ filter: /.*/, namespace: 'one-client' }, ({ path: name }) => {
    const { client, name: one } = CLIENTS[name];
    return {
      contents: `const { ${one} } = require(${JSON.stringify(at(`${client}.js`))});\nmodule.exports = { v1: { ${one} }, ${one} };`,
      resolveDir: modules,
    };
  });
  for (const { client, service, methods, ...protos } of Object.values(CLIENTS)) {
    const own = methods.map((name) => name[0].toLowerCase() + name.slice(1));
    builder.onLoad({ filter: exactly(`${client}.js`) }, ({ path: file }) => ({
      contents: classOf(readFileSync(file, 'utf8'), own),
    }));
    builder.onLoad({ filter: exactly(`${client}_config.json`) }, ({ path: file }) => ({
      contents: settingsOf(JSON.parse(readFileSync(file, 'utf8')), service, methods),
      loader: 'json',
    }));
    builder.onLoad({ filter: exactly(protos.protos) }, () => ({
      contents: JSON.stringify(needed({ service, methods, ...protos })),
      loader: 'json',
    }));
  }
}

/** What every client has beside its methods. */
const ALWAYS = ['constructor', 'initialize', 'close', 'getProjectId'];

/**
 * The class with these methods. The others go, with what makes a call of each and the templates of names, which nobody
 * uses.
 */
function classOf(source, methods) {
  const kept = new Set();
  const ofMethods = eachBlock(source, METHOD, '    }\n', (whole, name) => {
    if (!ALWAYS.includes(name) && !methods.includes(name)) return '';
    kept.add(name);
    return whole;
  });
  const trimmed = eachBlock(ofMethods, TEMPLATES, '        };\n', () => '').replace(STUBS, (_, begin) => {
    kept.add('calls');
    return `${begin}${JSON.stringify(methods)};`;
  });
  for (const name of ['calls', ...ALWAYS, ...methods])
    if (!kept.has(name)) throw new Error(`a client of Google's has no ${name}`);
  return trimmed;
}

const METHOD = /^ {4}(\w+)\(.*\) \{\n$/;
const TEMPLATES = /^ {8}this\.pathTemplates = (\{)\n$/;
const STUBS = /(const [a-zA-Z]{1,60}StubMethods = )\[[^[\]]*\];/;

/** The source with each block, from a line that begins one to the next line that ends it, as `write` has it. */
function eachBlock(source, begins, end, write) {
  let block;
  const parts = [];
  for (const line of source.split(/(?<=\n)/)) {
    const name = block === undefined ? begins.exec(line)?.[1] : undefined;
    if (name !== undefined) block = { name, lines: [] };
    if (block === undefined) parts.push(line);
    else if (block.lines.push(line) && line === end) {
      parts.push(write(block.lines.join(''), block.name));
      block = undefined;
    }
  }
  return [...parts, ...(block?.lines ?? [])].join('');
}

/** Deadlines and retries of these methods. */
function settingsOf({ interfaces }, service, methods) {
  const { methods: all, ...rest } = interfaces[service];
  return JSON.stringify({
    interfaces: { [service]: { ...rest, methods: Object.fromEntries(methods.map((name) => [name, all[name]])) } },
  });
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
