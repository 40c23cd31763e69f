/**
 * Bundles one generated client for each Google service. Its protocol buffers are data, reduced to the messages that the
 * connector sends and receives. The source of packages is not changed.
 */
import { readFileSync } from 'node:fs';
import protobuf from 'protobufjs/light.js';
import { modulePath, pathPattern, modules } from './package-files.mjs';

/**
 * For each package: the generated client, its protocol buffers, the methods that the connector calls, and the message
 * types that these methods could use but the connector does not (`without`).
 */
const CLIENTS = {
  '@google-cloud/firestore': {
    client: 'build/src/v1/firestore_client.js',
    name: 'FirestoreClient',
    protos: 'build/protos/v1.json',
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
    client: 'build/src/v1/secret_manager_service_client.js',
    name: 'SecretManagerServiceClient',
    protos: 'build/protos/protos.json',
    service: 'google.cloud.secretmanager.v1.SecretManagerService',
    methods: ['AccessSecretVersion'],
    without: [],
  },
  '@google-cloud/pubsub': {
    client: 'build/src/v1/publisher_client.js',
    name: 'PublisherClient',
    protos: 'build/protos/protos.json',
    service: 'google.pubsub.v1.Publisher',
    methods: ['Publish'],
    without: [],
  },
};

/** An esbuild plugin that replaces each package with one generated client and reduced protocol buffers. */
export const googleClients = {
  name: 'google-clients',
  setup(builder) {
    builder.onResolve({ filter: /^@google-cloud\/(firestore|secret-manager|pubsub)$/ }, ({ path: name }) => ({
      path: name,
      namespace: 'google-client',
    }));
    builder.onLoad({ filter: /.*/, namespace: 'google-client' }, ({ path: name }) => {
      const { client, name: className } = CLIENTS[name];
      const file = JSON.stringify(modulePath(`${name}/${client}`));
      return {
        contents: `const { ${className} } = require(${file});\nmodule.exports = { v1: { ${className} }, ${className} };`,
        resolveDir: modules,
      };
    });
    for (const [name, row] of Object.entries(CLIENTS)) {
      const file = `${name}/${row.protos}`;
      builder.onLoad({ filter: pathPattern(file) }, () => ({
        contents: JSON.stringify(prunedProtos(file, row)),
        loader: 'json',
      }));
    }
  },
};

const EMPTY = '.google.protobuf.Empty';
/** Types that are always kept: those of error details, and `Empty`. */
const ALWAYS_KEPT = ['google.protobuf.Any', 'google.rpc.Status', EMPTY];

/**
 * Returns the protocol buffers with the messages of the called methods only. The other methods of the service get empty
 * messages.
 */
function prunedProtos(file, { service, methods, without }) {
  const json = JSON.parse(readFileSync(modulePath(file), 'utf8'));
  const root = protobuf.Root.fromJSON(json).resolveAll();
  const isLeftOut = (field) => without.includes(field.resolve().resolvedType?.fullName);
  const kept = new Set();
  const keep = (type) => {
    if (type === null || type === undefined || kept.has(type.fullName)) return;
    kept.add(type.fullName);
    for (const field of type.fieldsArray ?? []) if (!isLeftOut(field)) keep(field.resolvedType);
  };
  for (const name of methods) {
    const method = root.lookupService(service).methods[name].resolve();
    keep(method.resolvedRequestType);
    keep(method.resolvedResponseType);
  }
  for (const name of ALWAYS_KEPT) keep(root.lookup(name));
  return {
    ...json,
    nested: prunedNamespace(json.nested, '', { root, kept, service: `.${service}`, methods, isLeftOut }),
  };
}

/**
 * Returns the kept types of a namespace, or undefined if there are none. A type that is kept only because a kept type
 * is nested in it gets no fields.
 */
function prunedNamespace(nested, prefix, choice) {
  const entries = Object.entries(nested ?? {}).flatMap(([name, node]) => {
    const fullName = `${prefix}.${name}`;
    if (fullName === choice.service) return [[name, prunedService(node, choice.methods)]];
    const children = prunedNamespace(node.nested, fullName, choice);
    const isKept = choice.kept.has(fullName);
    if (!isKept && children === undefined) return [];
    const { nested: _nested, ...type } = node;
    const pruned = isKept && type.fields !== undefined ? prunedType(type, fullName, choice) : withoutFields(type);
    return [[name, { ...pruned, ...(children === undefined ? {} : { nested: children }) }]];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function withoutFields(type) {
  return type.fields === undefined ? type : { fields: {} };
}

function prunedService(service, methods) {
  const entries = Object.entries(service.methods).map(([name, method]) => [
    name,
    methods.includes(name) ? method : { requestType: EMPTY, responseType: EMPTY },
  ]);
  return { ...service, methods: Object.fromEntries(entries) };
}

function prunedType(type, fullName, { root, isLeftOut }) {
  const { fields } = root.lookupType(fullName);
  const isKept = (name) => !isLeftOut(fields[name]);
  const oneofs = Object.entries(type.oneofs ?? {})
    .map(([name, { oneof }]) => [name, { oneof: oneof.filter(isKept) }])
    .filter(([, { oneof }]) => oneof.length > 0);
  return {
    ...type,
    ...(type.oneofs === undefined ? {} : { oneofs: Object.fromEntries(oneofs) }),
    fields: Object.fromEntries(Object.entries(type.fields).filter(([name]) => isKept(name))),
  };
}
